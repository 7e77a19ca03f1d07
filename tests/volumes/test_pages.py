"""The pages and endpoints of 报量 as their people use them, with 60 wrong cells and workbooks."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.transitions import Refusal
from organisations.models import User
from tests.factories.organisations import standing
from tests.volumes.cast import NOW, Cast, build, filled, inputs, opened, report_of, scope, who
from tests.volumes.test_flow import PDF, before_leader, signed
from volumes.models import CommitmentLetter, MemberSheet, ReportLineSplit, ReportTask, VolumeReport
from volumes.operations.reports import inside
from volumes.operations.reports.member_sheets import hand_in_sheet, save_member_figures
from volumes.operations.reports.save import save_figures

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return build()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: object, status: int = 200) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def workbook(client: Client, report: VolumeReport) -> Any:
    answer = client.get(reverse("volume-report-workbook", args=[report.report_no]))
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def sent(client: Client, report: VolumeReport, content: bytes, name: str = "报量.xlsx") -> Any:
    file = SimpleUploadedFile(name, content, XLSX)
    return client.post(reverse("volume-report-upload", args=[report.report_no]), {"file": file})


def saved(book: Any) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_office_makes_and_opens_a_task_by_form(cast: Cast) -> None:
    client = client_of(cast.user(cast.bureau, "clerk"))
    page(client, "report-task-new")
    body = {
        "title": "第二年报量", "kind": "renewal", "batch_code": cast.batch.code, "year_no": "2",
        "opens_at": "2026-04-02T08:00", "closes_at": "2026-04-20T18:00", "group_codes": "G-V1 G-V2\nG-V3",
        "review_levels": ["county", "city", "province"], "ownerships": ["public"], "others_may": "on",
    }  # fmt: skip
    wrong = client.post(reverse("report-task-new"), body | {"group_codes": "没有"})
    assert wrong.status_code == 400 and "没有品种" in wrong.content.decode()
    assert client.post(reverse("report-task-new"), body).status_code == 302
    task = ReportTask.objects.get()
    assert "草稿" in page(client, "report-task", task.task_no)
    edit = reverse("report-task-edit", args=[task.task_no])
    assert client.get(edit).status_code == 200
    assert client.post(edit, body | {"version": "1", "title": "改过"}).status_code == 302
    assert client.post(edit, body | {"version": "1"}).status_code == 409
    act = reverse("report-task-act", args=[task.task_no, "open"])
    assert client.post(act, {"version": "2"}).status_code == 302
    text = page(client, "report-task", task.task_no)
    assert "0 / 3" in text and "须提交" in text
    page(client, "report-tasks"), page(client, "volume-reports")
    hospital = client_of(cast.user(cast.hospital, "clerk"))
    assert "甲医院" in page(hospital, "report-task", task.task_no)
    page(client_of(cast.user(cast.county_bureau, "clerk")), "report-task", task.task_no)
    assert hospital.get(reverse("report-task-new")).status_code == 404


def test_sheet_by_page_from_typing_to_submission(cast: Cast) -> None:
    standing(cast.maker, kind="report_risk", reason="配送及时率低")
    task = opened(cast)
    report = report_of(task, cast.hospital)
    clerk, number = client_of(cast.user(cast.hospital, "clerk")), report.report_no
    text = page(clerk, "volume-report", number)
    assert "报量风险提示" in text and "配送及时率低" in text and 'name="quantity"' in text
    body: dict[str, Any] = {
        "group": ["G-V1", "G-V2", "G-V3"], "quantity": ["90", "300", ""], "reason_code": ["", "", ""],
        "explanation": ["", "", ""], "version": "1",
    }  # fmt: skip
    address = reverse("volume-report", args=[number])
    assert clerk.post(address, body | {"quantity": ["90", "abc", ""]}).status_code == 400
    assert clerk.post(address, body | {"quantity": ["90"]}).status_code == 400
    assert clerk.post(address, body).status_code == 302
    later = clerk.post(address, body | {"quantity": ["70", "300", ""]})
    assert (
        later.status_code == 409
        and "70" in later.content.decode()
        and "90" in later.content.decode()
    )
    page(clerk, "volume-report-purchases", number, "G-V1")
    page(clerk, "volume-report-purchases", number, "无", status=404)

    def act(client: Client, verb: str, **more: str) -> int:
        version = VolumeReport.objects.get(pk=report.pk).row_version
        url = reverse("volume-report-act", args=[number, verb])
        return client.post(url, {"version": str(version), **more}).status_code

    refused = clerk.post(reverse("volume-report-act", args=[number, "hand_in"]), {})
    assert refused.status_code == 400 and "还没有填报" in refused.content.decode()
    mended = body | {
        "quantity": ["90", "300", "0"], "reason_code": ["", "new_service", ""],
        "explanation": ["", "新开病区用量增加", ""], "version": str(VolumeReport.objects.get(pk=report.pk).row_version),
    }  # fmt: skip
    assert clerk.post(address, mended).status_code == 302
    reviewer, leader = (
        client_of(cast.user(cast.hospital, role)) for role in ("reviewer", "leader")
    )
    assert act(reviewer, "hand_in") == 403
    assert act(clerk, "hand_in") == 302
    assert act(reviewer, "hand_back") == 400
    assert act(reviewer, "hand_back", opinion="请核对") == 302
    assert "请核对" in page(clerk, "volume-report", number)
    assert (act(clerk, "hand_in"), act(reviewer, "endorse"), act(leader, "submit")) == (
        302,
        302,
        409,
    )
    assert act(leader, "letter") == 302
    letter = CommitmentLetter.objects.get()
    file = clerk.get(reverse("volume-report-file", args=[number, letter.document_id]))
    assert b"".join(file.streaming_content).startswith(b"%PDF-")
    sign = reverse("volume-report-letter-sign", args=[number, 1])
    paper = {"signer_name": "王院长", "signer_post": "president", "signed_on": "2026-04-02"}
    assert leader.post(sign, paper).status_code == 400
    assert (
        leader.post(sign, paper | {"files": SimpleUploadedFile("承诺函.pdf", PDF)}).status_code
        == 302
    )
    assert act(leader, "submit") == 302
    text = page(clerk, "volume-report", number)
    assert "已提交" in text and "县医保局" in text and "王院长" in text
    assert 'name="quantity"' not in text
    bureau = client_of(cast.user(cast.county_bureau, "reviewer"))
    page(bureau, "volume-report", number)
    # Whoever reviews opens the letter and the purchases behind last year's actual from there.
    text = page(bureau, "report-review", number)
    signed = CommitmentLetter.objects.get().signed_document_id
    assert "王院长" in text and reverse("volume-report-file", args=[number, signed]) in text
    purchases = reverse("volume-report-purchases", args=[number, "G-V1"])
    assert purchases in text and bureau.get(purchases).status_code == 200
    # A return takes a reason; it is not marked as optional, though a pass takes none.
    assert 'name="opinion"' in text and "意见<span" not in text and "填报单位会看到" in text
    empty = bureau.post(reverse("report-review-act", args=[number, "return"]), {"version": "1"})
    assert empty.status_code in (400, 409)
    page(client_of(cast.user(cast.lead, "clerk")), "volume-report", number, status=404)
    officer = client_of(cast.user(cast.bureau, "clerk"))
    late = report_of(task, cast.other)
    extend = reverse("volume-report-extend", args=[late.report_no])
    assert officer.post(extend, {"until": "2026-04-01T08:00", "reason": "x"}).status_code == 400
    assert officer.post(extend, {"until": "2026-04-28T08:00", "reason": "洪灾"}).status_code == 302
    assert "延期" in page(officer, "volume-report", late.report_no)


def test_member_sheet_by_page(cast: Cast) -> None:
    task = opened(cast)
    sheet = report_of(task, cast.lead).sheets.get(institution=cast.member)
    member, lead = (client_of(cast.user(of, "clerk")) for of in (cast.member, cast.lead))
    address = reverse("member-sheet", args=[sheet.pk])
    body = {"group": ["G-V1", "G-V2", "G-V3"], "quantity": ["10", "20", "30"], "reason_code": [""] * 3,
            "explanation": [""] * 3, "version": "1"}  # fmt: skip
    page(member, "member-sheet", sheet.pk)
    assert lead.post(address, body).status_code == 403
    assert member.post(address, body).status_code == 302
    assert member.post(address, body).status_code == 409
    assert (
        member.post(reverse("member-sheet-act", args=[sheet.pk, "hand_in"]), {}).status_code == 302
    )
    assert lead.post(reverse("member-sheet-act", args=[sheet.pk, "return"]), {}).status_code == 400
    page(lead, "member-sheet", sheet.pk), page(member, "volume-report", sheet.report.report_no)
    compiled = lead.post(reverse("volume-report-act", args=[sheet.report.report_no, "compile"]), {})
    assert compiled.status_code == 302
    # The lead's own sheet is still empty: who is not in the sum is named.
    text = page(lead, "volume-report", sheet.report.report_no)
    assert f"1 家没有报来，没有计入：{cast.lead.name}" in text
    assert "1 家没有报来，成员合计中没有它们的数字" in text
    page(client_of(cast.user(cast.hospital, "clerk")), "member-sheet", sheet.pk, status=404)


def test_workbook_goes_out_locked_and_comes_back_whole(cast: Cast) -> None:
    report = filled(cast, opened(cast))
    clerk = client_of(cast.user(cast.hospital, "clerk"))
    book = workbook(clerk, report)
    sheet = book.worksheets[0]
    assert sheet.protection.sheet and [c.protection.locked for c in sheet[2]] == [True] * 6 + [
        False,
        True,
        False,
        False,
    ]
    assert {str(v.sqref) for v in sheet.data_validations.dataValidation} == {
        "G2:G4",
        "I2:I4",
        "J2:J4",
    }
    sheet["G2"], sheet["I2"], sheet["J2"] = 50, "临床需求变化", "科室调整"
    shown = sent(clerk, report, saved(book))
    text = shown.content.decode()
    assert shown.status_code == 200 and "科室调整" in text and "1 个品种有变化" in text
    assert report.lines.get(group=cast.groups[0]).reported_qty == 90
    upload = shown.context["apply_form"].initial
    apply = reverse("volume-report-apply", args=[report.report_no])
    assert clerk.post(apply, {}).status_code == 400
    assert clerk.post(apply, {"upload": upload["upload"], "version": "1"}).status_code == 409
    assert clerk.post(apply, upload).status_code == 302
    assert report.lines.get(group=cast.groups[0]).reported_qty == 50


def test_a_leads_workbook_lists_its_members_and_takes_its_notes(cast: Cast) -> None:
    task = opened(cast)
    for sheet in MemberSheet.objects.filter(report__task=task).select_related("institution"):
        who_fills = cast.user(sheet.institution, "clerk")
        acting: dict[str, Any] = {"by": who_fills, "scope": scope(who_fills), "at": NOW}
        save_member_figures(sheet=sheet, inputs=inputs(cast, "100", "110", "5"), **acting)
        hand_in_sheet(sheet=sheet, **acting)
    report, clerk = report_of(task, cast.lead), client_of(cast.user(cast.lead, "clerk"))
    book = workbook(clerk, report)
    first, members, reasons = book["报量"], book["成员填报"], book["原因"]
    assert [c.value for c in first[2]][10:] == [200, ""] and reasons["A1"].value
    assert [(row[0].value, row[1].value, row[6].value) for row in members.iter_rows(min_row=2)] == [
        (name, "已报牵头机构", figure) for name in ("乙医院", "丙卫生院") for figure in (100, 110, 5)
    ]  # fmt: skip
    for line, figure in ((2, 207), (3, 220), (4, 10)):
        first[f"G{line}"], first[f"I{line}"], first[f"J{line}"] = figure, "临床需求变化", "增加"
    first["L2"] = "长" * 301
    wrong = sent(clerk, report, saved(book))
    assert wrong.status_code == 400 and "汇总说明" in wrong.content.decode()
    marked = clerk.get(wrong.context["marked_url"])
    noted = openpyxl.load_workbook(io.BytesIO(b"".join(marked.streaming_content)))["报量"]
    assert noted["M1"].value == "错误说明" and "汇总说明" in noted["M2"].value
    assert not report.lines.exists()
    first["L2"] = "新增一个分院"
    shown = sent(clerk, report, saved(book))
    assert shown.status_code == 200 and "汇总：新增一个分院" in shown.content.decode()
    apply = reverse("volume-report-apply", args=[report.report_no])
    assert clerk.post(apply, shown.context["apply_form"].initial).status_code == 302
    kept = report.lines.order_by("group__code").values_list("reported_qty", "compile_note")
    assert [*kept] == [(207, "新增一个分院"), (220, ""), (10, "")]
    # A member reads the lead's file with its own figures only, and writes nothing.
    reader = client_of(cast.user(cast.member, "clerk"))
    own = workbook(reader, report)["成员填报"]
    assert {row[0].value for row in own.iter_rows(min_row=2)} == {"丙卫生院"}
    assert sent(reader, report, saved(book)).status_code == 403
    # A file without the lead's columns is not this report's.
    first.delete_cols(12)
    assert sent(clerk, report, saved(book)).status_code == 400


def test_a_line_is_split_by_manufacturer_in_the_file_both_ways(cast: Cast) -> None:
    report = filled(cast, opened(cast, split_by_manufacturer=True))
    clerk = client_of(cast.user(cast.hospital, "clerk"))
    original = saved(workbook(clerk, report))
    parts = openpyxl.load_workbook(io.BytesIO(original))["厂牌拆分"]
    assert parts.protection.sheet and [c.protection.locked for c in parts[2]] == [True] * 6 + [
        False
    ]
    listed = [(row[1].value, row[4].value) for row in parts.iter_rows(min_row=2)]
    assert ("G-V1", cast.maker.code) in listed and len(listed) == len(set(listed))
    line = 2 + listed.index(("G-V1", cast.maker.code))

    def upload(edit: Edit) -> Any:
        book = openpyxl.load_workbook(io.BytesIO(original))
        edit(book["厂牌拆分"])
        return sent(clerk, report, saved(book))

    for edit, told in (
        (cell(f"G{line}", 80), "不等于报量"), (cell(f"G{line}", "八十"), "不是数字"),
        (cell(f"E{line}", "91000000"), "不是品种 G-V1 的中选企业"),
        (cell(f"A{line}", "BL-别的"), "不是这份报量的表"), (lambda sheet: sheet.delete_rows(line), "缺少品种 G-V1"),
        (lambda sheet: sheet.append([c.value for c in sheet[line]]), "出现了两次"),
        (cell("G1", "数量"), "表头"), (lambda sheet: setattr(sheet, "title", "改名"), "缺少工作表"),
    ):  # fmt: skip
        answer = upload(edit)
        assert answer.status_code == 400 and told in answer.content.decode(), told
    wrong = upload(cell(f"A{line}", "BL-别的"))
    assert {(item["sheet"], item["line"]) for item in wrong.context["file_errors"]} >= {
        ("厂牌拆分", line)
    }
    marked = clerk.get(wrong.context["marked_url"])
    noted = openpyxl.load_workbook(io.BytesIO(b"".join(marked.streaming_content)))["厂牌拆分"]
    assert "不是这份报量的表" in noted[f"H{line}"].value
    assert not ReportLineSplit.objects.exists()
    shown = upload(cell(f"G{line}", 90))
    assert shown.status_code == 200 and cast.maker.name in shown.content.decode()
    apply = reverse("volume-report-apply", args=[report.report_no])
    assert clerk.post(apply, shown.context["apply_form"].initial).status_code == 302
    kept = ReportLineSplit.objects.get()
    assert (kept.line.group.code, kept.manufacturer, kept.quantity) == ("G-V1", cast.maker, 90)
    # It goes out again with what stands, and the same file changes nothing.
    again = workbook(clerk, report)
    assert again["厂牌拆分"][f"G{line}"].value == 90
    assert "没有变化" in sent(clerk, report, saved(again)).content.decode()


Edit = Callable[[Any], None]


def cell(place: str, value: Any) -> Edit:
    def edit(sheet: Any) -> None:
        sheet[place] = value

    return edit


def row_gone(sheet: Any) -> None:
    sheet.delete_rows(3)


def row_twice(sheet: Any) -> None:
    sheet.append([c.value for c in sheet[2]])


BAD_CELLS: list[tuple[str, Edit, str]] = [
    *((f"quantity {value!r}", cell("G3", value), "3") for value in (
        -1, "-5", "abc", "10片", "1e5", "1.23456", "9" * 15, "十", "１２", "=1+1", "NaN", "Infinity", "1.2.3",
        "一千", "5-6", "约100", "100盒", "1/2", "50%", "￥5", "--", "0x10", "true", "12 34a", "±3", True,
    )),
    *((f"reason {value!r}", cell("I3", value), "3") for value in (
        "随便", "clinical", "其它", "1", "第一条", "临床", 7, "临床需求变化、其他", "无", "x" * 80,
    )),
    ("explanation too long", cell("J3", "长" * 501), "3"),
    ("emptied", cell("G3", None), "3"), ("emptied with words", cell("G2", ""), "2"),
    ("other report", cell("A2", "BL000000-0000-X"), "2"), ("report missing", cell("A3", ""), "3"),
    *((f"code {value!r}", cell("B3", value), "3") for value in ("G-V9", "", "g-v2", "G-V1", 5)),
    ("name changed", cell("C3", "别的品种"), "3"), ("name missing", cell("C3", ""), "3"),
    ("unit changed", cell("D3", "盒"), "3"), ("unit missing", cell("D3", ""), "3"),
    ("row gone", row_gone, "缺少品种"), ("row twice", row_twice, "两次"),
    ("head changed", cell("G1", "数量"), "表头"), ("head twice", cell("F1", "说明"), "表头"),
    ("head gone", cell("J1", None), "表头"), ("stray column", cell("N3", "x"), "表头"),
]  # fmt: skip
BAD_FILES = [b"", b"x", b"PK\x03\x04broken", b"%PDF-1.4", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0old xls"]


def test_sixty_wrong_workbooks_change_nothing(cast: Cast) -> None:
    report = filled(cast, opened(cast))
    clerk = client_of(cast.user(cast.hospital, "clerk"))
    before = list(report.lines.order_by("pk").values())
    assert len(BAD_CELLS) + len(BAD_FILES) >= 60
    original = saved(workbook(clerk, report))
    for label, edit, told in BAD_CELLS:
        book = openpyxl.load_workbook(io.BytesIO(original))
        edit(book.worksheets[0])
        answer = sent(clerk, report, saved(book))
        assert answer.status_code == 400, label
        items = answer.context.get("file_errors")
        if told.isdigit():
            assert told in {str(item["line"]) for item in items}, (label, items)
            marked = clerk.get(answer.context["marked_url"])
            assert marked.status_code == 200
            assert b"".join(marked.streaming_content)[:2] == b"PK"
        else:
            assert told in answer.content.decode(), label
    for content in BAD_FILES:
        assert sent(clerk, report, content).status_code == 400
    assert list(report.lines.order_by("pk").values()) == before
    stranger = client_of(cast.user(cast.hospital, "reviewer"))
    assert sent(stranger, report, original).status_code == 403


def test_api_does_what_the_pages_do(cast: Cast) -> None:
    task = opened(cast)
    report = report_of(task, cast.hospital)
    clerk = client_of(cast.user(cast.hospital, "clerk"))

    def post(
        name: str, body: dict[str, Any], client: Client = clerk, key: str = report.report_no
    ) -> Any:
        return client.post(
            reverse(name, args=[key]), json.dumps(body), content_type="application/json"
        )

    lines = [
        {"group": g.code, "quantity": q}
        for g, q in zip(cast.groups, ("90", "110", "0"), strict=True)
    ]
    wrong = post("api-report-figures", {"lines": [*lines[:2], {"group": "G-V3", "quantity": "x"}]})
    assert wrong.status_code == 400 and "不是数字" in wrong.content.decode()
    assert post("api-report-figures", {"lines": lines, "version": 1}).json()["state"] == "drafting"
    assert post("api-report-figures", {"lines": lines, "version": 1}).status_code == 409
    assert post("api-report-hand-in", {}).json()["figures_digest"]
    leader = client_of(cast.user(cast.hospital, "leader"))
    assert post("api-report-endorse", {}, leader).json()["state"] == "leader_review"
    assert post("api-report-submit", {}, leader).status_code == 409
    assert post("api-report-letters", {}).json()["letters"][0]["state"] == "made"
    sign = clerk.post(
        reverse("api-report-letter-sign", args=[report.report_no, 1]),
        {"signer_name": "王", "signer_post": "party_secretary", "signed_on": "2026-04-02",
         "files": SimpleUploadedFile("a.pdf", PDF)},
    )  # fmt: skip
    assert sign.status_code == 200 and sign.json()["letters"][0]["state"] == "signed"
    done = post("api-report-submit", {}, leader).json()
    assert done["state"] == "submitted" and done["lines"][0]["prior_year_qty"] == "100.0000"
    officer = client_of(cast.user(cast.bureau, "clerk"))
    progress = officer.get(reverse("api-report-task-progress", args=[task.task_no])).json()
    assert sum(row["submitted"] for row in progress) == 1
    assert (
        clerk.get(reverse("api-report-list")).json()["results"][0]["report_no"] == report.report_no
    )
    stranger = client_of(cast.user(cast.lead, "clerk"))
    assert post("api-report-withdraw", {}, stranger).status_code == 404
    other = report_of(task, cast.other)
    assert (
        post(
            "api-report-extend",
            {"until": "2026-05-01T00:00:00Z", "reason": "灾"},
            officer,
            other.report_no,
        ).status_code
        == 200
    )
    sheet = report_of(task, cast.lead).sheets.get(institution=cast.lead)
    assert (
        post("api-member-sheet-figures", {"lines": lines}, stranger, str(sheet.pk)).json()["state"]
        == "drafting"
    )
    assert (
        post("api-member-sheet-hand-in", {}, stranger, str(sheet.pk)).json()["state"] == "handed_in"
    )
    created = officer.post(reverse("api-report-task-list"), json.dumps({
        "title": "接口任务", "batch_code": cast.batch.code, "year_no": 1, "kind": "new",
        "opens_at": "2026-04-02T00:00:00Z", "closes_at": "2026-04-09T00:00:00Z", "review_levels": ["province"],
    }), content_type="application/json")  # fmt: skip
    assert created.status_code == 201 and [g["group"] for g in created.json()["groups"]] == [
        "G-V1",
        "G-V2",
    ]
    assert (
        post("api-report-task-open", {"version": 1}, officer, created.json()["task_no"]).json()[
            "state"
        ]
        == "open"
    )


@pytest.mark.django_db(transaction=True)
def test_two_at_once_hand_in_once() -> None:
    cast = build()
    report = before_leader(cast, opened(cast))
    signed(cast, report)
    leaders = [cast.user(cast.hospital, "leader"), cast.user(cast.hospital, "leader", "clerk")]
    version = VolumeReport.objects.get(pk=report.pk).row_version
    both, said = threading.Barrier(2), []

    def submit(user: User) -> None:
        try:
            both.wait()
            inside.submit_report(
                report=report, seen_version=version, by=user, scope=scope(user), at=NOW
            )
            said.append("done")
        except Refusal as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    def save(user: User) -> None:
        try:
            both.wait()
            save_figures(
                report=report,
                inputs=inputs(cast, "1"),
                seen_version=version,
                by=user,
                scope=scope(user),
                at=NOW,
            )
            said.append("done")
        except Refusal as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    for act in (submit, save):
        said.clear()
        if act is save:
            report = inside.withdraw_report(report=report, **who(leaders[0]))  # type: ignore[arg-type]
            version = report.row_version
            leaders = [cast.user(cast.hospital, "clerk"), leaders[1]]
        threads = [threading.Thread(target=act, args=(user,)) for user in leaders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(said) == ["StaleVersion", "done"], act
