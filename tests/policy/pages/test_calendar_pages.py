"""The working-day calendar: read by all, entered by the province's bureau after a preview."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.audit.models import AuditEvent
from core.workdays.models import CalendarDay, CalendarYear
from organisations.models import User
from organisations.queries.scope import scope_of
from policy.queries.calendar_page import days_of, year_page
from tests.factories import organisations as make

UPLOAD, APPLY = "/calendar/upload/", "/calendar/upload/apply/"
SOURCE = "国办发明电〔2026〕7号"


def _lines(year: int = 2027, **changes: str) -> list[str]:
    """`date,is_workday,name` of every day; changes by d0201="2027-02-01,0,春节"."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    return [changes.get(f"d{day:%m%d}", f"{day},{int(day.weekday() < 5)},") for day in days]


def _csv(lines: list[str]) -> SimpleUploadedFile:
    text = "\r\n".join(["date,is_workday,name", *lines])
    return SimpleUploadedFile("2027.csv", text.encode("utf-8-sig"))


def _post(client: Client, file: SimpleUploadedFile, year: str = "2027", source: str = SOURCE):  # type: ignore[no-untyped-def]
    return client.post(UPLOAD, {"year": year, "source": source, "file": file})


GOOD = {"d0101": "2027-01-01,0,元旦", "d0109": "2027-01-09,1,元旦调休上班"}


def test_year_page_marks_swapped_days(reviewer: User) -> None:
    page = year_page(2026, days_of(scope_of(reviewer, date(2026, 6, 1)), 2026))
    assert (page.workdays, page.rest_days, page.swapped) == (248, 117, 6)
    cells = {
        cell.day: cell for month in page.months for week in month.weeks for cell in week if cell
    }
    assert len(cells) == 365
    assert [cells[date(2026, 2, day)].mark for day in (14, 16, 21, 24, 28)] == [
        "班",
        "休",
        "休",
        "",
        "班",
    ]
    festival = next(span for span in page.holidays if span.name == "春节")
    assert (festival.days, festival.swapped) == (9, [date(2026, 2, 14), date(2026, 2, 28)])


def test_unpublished_year_is_called_provisional(hospital: Client) -> None:
    page = hospital.get("/calendar/2027/").content.decode()
    assert "暂定" in page and "2027 年为暂定" in page
    assert "2026 年为暂定" not in hospital.get("/calendar/2026/").content.decode()
    assert hospital.get("/calendar/2031/").status_code == 404


def test_reader_sees_why_the_button_is_grey(hospital: Client) -> None:
    assert "工作日历由省级医保局录入" in hospital.get("/calendar/").content.decode()
    assert hospital.get(UPLOAD).status_code == 403


@pytest.mark.parametrize(
    ("kind", "level", "roles"),
    [
        ("bureau", "province", ("clerk",)),
        ("bureau", "county", ("leader",)),
        ("health_commission", "province", ("leader",)),
        ("institution", "county", ("leader",)),
    ],
)
def test_others_cannot_upload(
    db: None, client: Client, kind: str, level: str, roles: tuple[str, ...]
) -> None:
    region = make.region() if level == "province" else make.county()
    client.force_login(make.person(make.organisation(kind, region=region), *roles))
    assert _post(client, _csv(_lines(**GOOD))).status_code == 403
    assert client.post(APPLY, {"token": "x"}).status_code == 403
    assert client.post("/api/v1/calendar-years/", {"year": "2027"}).status_code == 403
    assert not CalendarDay.objects.filter(year_id=2027).exists()


def test_upload_is_shown_before_it_is_written(bureau: Client, reviewer: User) -> None:
    answer = _post(bureau, _csv(_lines(**GOOD)))
    assert answer.status_code == 200
    change = answer.context["change"]
    shifted = {each.day: (each.before, each.after) for each in change.changes if each.counts}
    assert shifted[date(2027, 1, 9)] == ("休息", "上班 · 元旦调休上班")
    assert not CalendarDay.objects.filter(year_id=2027).exists()
    done = bureau.post(APPLY, {"token": answer.context["token"]})
    assert done.headers["Location"] == "/calendar/2027/"
    year = CalendarYear.objects.get(year=2027)
    assert (year.status, year.source, year.uploaded_by_name) == (
        "published",
        SOURCE,
        reviewer.audit_name,
    )
    assert CalendarDay.objects.get(date=date(2027, 1, 9)).is_workday
    assert AuditEvent.objects.latest("id").action == "calendar.upload_year"
    assert CalendarYear.objects.get(year=2028).status == "provisional"


def test_workbook_is_read_like_the_file(bureau: Client) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["date", "is_workday", "name"])
    for line in _lines(**GOOD):
        day, is_workday, name = line.split(",")
        sheet.append([date.fromisoformat(day), int(is_workday), name or None])
    kept = io.BytesIO()
    book.save(kept)
    answer = _post(bureau, SimpleUploadedFile("2027.xlsx", kept.getvalue()))
    assert answer.status_code == 200
    plain = _post(bureau, _csv(_lines(**GOOD)))
    assert answer.context["change"] == plain.context["change"]


def test_bad_lines_are_listed_with_column_and_content(bureau: Client) -> None:
    lines = _lines(
        d0104="2027-1-4,1,", d0301="2027-03-01,是,", d0505="2026-05-05,1,", d0601="2027-06-01,1"
    )
    answer = _post(bureau, _csv(lines))
    assert answer.status_code == 400
    assert [
        (each["line"], each["column"], each["value"]) for each in answer.context["file_errors"]
    ] == [
        (5, "date", "2027-1-4"),
        (61, "is_workday", "是"),
        (126, "date", "2026-05-05"),
        (153, "", "2027-06-01,1"),
    ]
    assert "文件未写入" in answer.content.decode()
    assert not CalendarDay.objects.filter(year_id=2027).exists()


def test_workbook_errors_name_the_sheets_lines(bureau: Client) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in ["date,is_workday,name", *_lines(d0104="2027-01-04,maybe,多\n行")]:
        sheet.append(line.split(","))
    sheet.insert_rows(3)
    kept = io.BytesIO()
    book.save(kept)
    answer = _post(bureau, SimpleUploadedFile("2027.xlsx", kept.getvalue()))
    (error,) = answer.context["file_errors"]
    assert (error["line"], error["column"], error["value"]) == (6, "is_workday", "maybe")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "文件是空的"),
        ("a.csv", b"\xff\xfe\x00", "不是文本"),
        ("a.csv", "日期,上班".encode("gbk"), "UTF-8"),
        ("a.xlsx", b"PK\x03\x04 nothing", "XLSX"),
        ("a.csv", b"a,b,c\n1,2,3", "表头须为"),
        ("a.csv", b"x" * 1_000_001, "超过 1 MB"),
    ],
)
def test_what_is_no_calendar_is_refused(
    bureau: Client, name: str, content: bytes, message: str
) -> None:
    answer = _post(bureau, SimpleUploadedFile(name, content))
    assert answer.status_code == 400
    assert message in answer.content.decode()


@pytest.mark.parametrize(
    ("year", "source", "message"),
    [
        ("2029", SOURCE, "请先上传 2028 年的日历"),
        ("abc", SOURCE, "年份须为四位数字"),
        ("99999", SOURCE, "年份须在"),
        ("2027", "", "请填写依据文件"),
        ("2027", "x\x00yz", "空字符"),
    ],
)
def test_bad_form_is_refused(bureau: Client, year: str, source: str, message: str) -> None:
    answer = _post(bureau, _csv(_lines()), year, source)
    assert answer.status_code == 400
    assert message in answer.content.decode()


def test_unusual_year_is_pointed_out(bureau: Client) -> None:
    answer = _post(bureau, _csv(_lines()))
    notes = answer.context["change"].notes
    assert "1 月 1 日（元旦）标为上班" in notes
    assert any("调休" in note for note in notes)


def test_preview_of_another_account_or_age_is_refused(bureau: Client, reviewer: User) -> None:
    token = _post(bureau, _csv(_lines(**GOOD))).context["token"]
    assert bureau.post(APPLY, {"token": token[:-2]}).status_code == 400
    assert bureau.post(APPLY, {}).status_code == 400
    bureau.force_login(make.person(reviewer.organisation, "leader"))
    assert bureau.post(APPLY, {"token": token}).status_code == 400
    assert not CalendarDay.objects.filter(year_id=2027).exists()


def test_year_entered_meanwhile_is_not_overwritten(bureau: Client) -> None:
    token = _post(bureau, _csv(_lines(**GOOD))).context["token"]
    other = _post(bureau, _csv(_lines(d0101="2027-01-01,0,元旦"))).context["token"]
    assert bureau.post(APPLY, {"token": other}).status_code == 302
    refused = bureau.post(APPLY, {"token": token})
    assert refused.status_code == 409
    assert "已被更改" in refused.content.decode()
    assert not CalendarDay.objects.get(date=date(2027, 1, 9)).is_workday


def test_published_year_downloads_and_uploads_without_change(bureau: Client) -> None:
    content = bureau.get("/calendar/2026/file/").content
    answer = _post(bureau, SimpleUploadedFile("2026.csv", content), "2026")
    assert answer.status_code == 200
    assert answer.context["change"].changes == []


def test_upload_by_api(bureau: Client) -> None:
    body = {"year": "2027", "source": SOURCE, "dry_run": "true", "file": _csv(_lines(**GOOD))}
    preview = bureau.post("/api/v1/calendar-years/", body)
    assert preview.status_code == 200
    assert {"date": "2027-01-09", "before": "休息", "after": "上班 · 元旦调休上班"} in (
        preview.json()["changes"]
    )
    body |= {"dry_run": "false", "file": _csv(_lines(**GOOD))}
    done = bureau.post("/api/v1/calendar-years/", body)
    assert done.status_code == 201
    assert (done.json()["status"], done.json()["workdays"]) == ("published", 261)
    wrong = body | {"file": _csv(_lines(d0104="2027-1-4,1,"))}
    refused = bureau.post("/api/v1/calendar-years/", wrong)
    assert refused.status_code == 400
    assert "第 5 行" in refused.content.decode()
