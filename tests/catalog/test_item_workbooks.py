"""A hospital's list as Excel and by API: checked whole, errors by row and column, written once."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from catalog.models import HospitalItem, ItemMapping
from catalog.operations.hospital_items import upload as uploading
from catalog.tasks import run_check_items, run_write_items
from core.jobs.context import JobContext
from core.jobs.kinds import KINDS, JobRefused
from core.jobs.models import Job
from organisations.models import User
from tests.catalog.item_workbooks import HEAD, workbook
from tests.catalog.test_hospital_items import CODE, product
from tests.factories import hospital_items as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
GOOD = ("Y1", "阿托伐他汀钙片", "20mg", "片", "江右华康", CODE, 28, None, None)


@pytest.fixture
def clerk(settings: Any, tmp_path: Any) -> User:
    settings.FILES_DIR = tmp_path
    product()
    return people.person(people.organisation(), "clerk")


@pytest.fixture
def desk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def upload(client: Client, content: bytes, name: str = "院内.xlsx") -> HttpResponse:
    answer: Any = client.post("/catalog/items-upload/", {"file": SimpleUploadedFile(name, content)})
    return answer


def hidden(answer: HttpResponse) -> dict[str, str]:
    text = answer.content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', text)[1]  # type: ignore[index]
        for name in ("upload", "shown")
    }


def row(**cells: Any) -> list[Any]:
    """A good row with these cells by heading."""
    return [cells.get(label, value) for label, value in zip(HEAD, GOOD, strict=True)]


def test_previewed_then_confirmed_then_there(desk: Client) -> None:
    shown = upload(
        desk, workbook([GOOD, row(院内编码="Y2", 国家医保编码=None, 每包装院内单位数=None)])
    )
    assert shown.status_code == 200 and "新增 <strong>2</strong> 行" in shown.content.decode()
    assert not HospitalItem.objects.exists()
    done: Any = desk.post("/catalog/items-upload/apply/", hidden(shown))
    assert done.status_code == 302
    assert {i.his_code: i.standing for i in HospitalItem.objects.all()} == {"Y1": "mapped", "Y2": "unmapped"}  # fmt: skip


def test_a_long_workbook_is_a_job_whose_result_lasts(
    desk: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "DIRECT_ROWS", 1)
    rows = [GOOD, row(院内编码="Y2")]
    shown = hidden(upload(desk, workbook(rows)))
    asked: Any = desk.post("/catalog/items-upload/apply/", shown)
    again: Any = desk.post("/catalog/items-upload/apply/", shown)
    job = Job.objects.get(kind="write_hospital_items")
    assert asked["Location"] == again["Location"] == f"/jobs/{job.pk}/"
    assert not HospitalItem.objects.exists()
    ran = run_write_items(context_of(job), job.arguments)
    assert (ran["created"], HospitalItem.objects.count()) == (2, 2)
    # Run a second time, as after the death of a worker: nothing more, and no complaint.
    assert run_write_items(context_of(job), job.arguments)["unchanged"] == 2


def test_a_long_workbook_is_checked_by_a_job_and_its_preview_is_found_again(
    desk: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "DIRECT_CHECKS", 1)
    pages = []
    for unit in (None, "盒"):
        asked: Any = upload(desk, workbook([GOOD, row(院内编码="Y2", 院内单位=unit)]))
        job = Job.objects.get(kind="check_hospital_items", state="queued")
        assert asked["Location"] == f"/jobs/{job.pk}/"
        page = f"/catalog/items-upload/checked/{job.pk}/"
        assert desk.get(page).status_code == 404
        job.result, job.state = run_check_items(context_of(job), job.arguments), "done"
        job.save()
        pages.append(page)
    assert not HospitalItem.objects.exists()
    wrong, right = (desk.get(page) for page in pages)
    text = wrong.content.decode()
    assert "缺少院内单位" in text and '<td class="zc-num">3</td>' in text and "/marked/" in text
    assert "新增 <strong>2</strong> 行" in right.content.decode()
    desk.post("/catalog/items-upload/apply/", hidden(right))
    assert HospitalItem.objects.count() == 2
    desk.force_login(people.person(clerk.organisation, "clerk"))
    assert [desk.get(page).status_code for page in pages] == [404, 404]


def test_what_moved_before_the_job_ran_is_not_written(
    desk: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "DIRECT_ROWS", 0)
    desk.post("/catalog/items-upload/apply/", hidden(upload(desk, workbook([GOOD]))))
    make.hospital_item(clerk.organisation, his_code="Y1", name="别的")
    job = Job.objects.get(kind="write_hospital_items")
    with pytest.raises(JobRefused, match="预览之后"):
        run_write_items(context_of(job), job.arguments)
    assert HospitalItem.objects.get().name == "别的"


def context_of(job: Job) -> JobContext:
    """A job's voice whose words are not written anywhere."""
    return JobContext(job, KINDS[job.kind])


def test_the_template_uploaded_as_it_is_changes_nothing(desk: Client) -> None:
    desk.post("/catalog/items-upload/apply/", hidden(upload(desk, workbook([GOOD]))))
    template: Any = desk.get("/catalog/items-template/")
    shown = upload(desk, template.content).content.decode()
    assert "0 行有变化" in shown and ItemMapping.objects.count() == 1


def test_what_moved_after_the_preview_is_not_written(desk: Client, clerk: User) -> None:
    shown = hidden(upload(desk, workbook([GOOD])))
    make.hospital_item(clerk.organisation, his_code="Y1", unit="瓶")
    answer: Any = desk.post("/catalog/items-upload/apply/", shown)
    assert answer.status_code == 409 and HospitalItem.objects.get().unit == "瓶"


def test_anothers_upload_is_not_confirmed(desk: Client, clerk: User) -> None:
    shown = hidden(upload(desk, workbook([GOOD])))
    colleague = people.person(clerk.organisation, "clerk")
    stranger = people.person(people.organisation(), "clerk")
    for other in (colleague, stranger):
        desk.force_login(other)
        answer: Any = desk.post("/catalog/items-upload/apply/", shown)
        assert answer.status_code == 400 and not HospitalItem.objects.exists()


BAD_CELLS = {
    "code missing": ({"院内编码": None}, "院内编码", "缺少院内编码"),
    "code too long": ({"院内编码": "甲" * 65}, "院内编码", "最长 64 个字"),
    "name missing": ({"院内名称": " "}, "院内名称", "缺少院内名称"),
    "unit missing": ({"院内单位": None}, "院内单位", "缺少院内单位"),
    "unit too long": ({"院内单位": "盒" * 21}, "院内单位", "最长 20 个字"),
    "line break": ({"院内名称": "甲\n乙"}, "院内名称", "换行或控制字符"),
    "formula error": ({"院内规格": "#N/A"}, "院内规格", "公式错误"),
    "unknown product": ({"国家医保编码": "XA10ADM080B002010107999"}, "国家医保编码", "第 19–23 位（企业码）"),
    "short product": ({"国家医保编码": "XA10ADM080"}, "国家医保编码", "只有 10 位"),
    "strange product": ({"国家医保编码": "阿托伐他汀"}, "国家医保编码", "不该出现的字符"),
    "no conversion": ({"每包装院内单位数": None}, "每包装院内单位数", "就要填换算"),
    "no product": ({"国家医保编码": None}, "每包装院内单位数", "两项都填"),
    "zero": ({"每包装院内单位数": 0}, "每包装院内单位数", "须大于 0"),
    "text": ({"每包装院内单位数": "28片"}, "每包装院内单位数", "不是数字"),
    "five places": ({"每包装院内单位数": "0.00001"}, "每包装院内单位数", "最多 4 位小数"),
    "huge": ({"每包装院内单位数": 10_000_000}, "每包装院内单位数", "不能超过"),
    "no day": ({"对照生效日期": "明天"}, "对照生效日期", "不是日期"),
    "too early": ({"对照生效日期": "1999-12-31"}, "对照生效日期", "不能早于"),
    "too late": ({"对照生效日期": "2099-01-01"}, "对照生效日期", "不能晚于"),
    "stopped unclear": ({"院内停用": "暂停"}, "院内停用", "只能填“是”或“否”"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_wrong_cell_is_named_by_row_and_column(name: str, desk: Client) -> None:
    cells, column, said = BAD_CELLS[name]
    answer = upload(desk, workbook([row(院内编码="Y9"), row(**cells)]))
    text = answer.content.decode()
    assert answer.status_code == 400 and said in text and column in text
    assert '<td class="zc-num">3</td>' in text
    assert not HospitalItem.objects.exists()


def test_a_code_twice_is_named_with_the_first(desk: Client) -> None:
    text = upload(desk, workbook([GOOD, GOOD])).content.decode()
    assert "与第 2 行重复" in text


def test_every_wrong_cell_of_a_row_is_named(desk: Client) -> None:
    """A code that stands twice, a code that no product has, and cells that cannot be read."""
    bad = row(
        院内名称=None, 院内单位="盒" * 21, 国家医保编码="XA10ADM080", 每包装院内单位数="28片",
        对照生效日期="明天", 院内停用="暂停",
    )  # fmt: skip
    text = upload(desk, workbook([GOOD, bad])).content.decode()
    for said in (
        "与第 2 行重复", "缺少院内名称", "最长 20 个字", "只有 10 位", "不是数字", "不是日期",
        "只能填“是”或“否”",
    ):  # fmt: skip
        assert said in text, said
    assert not HospitalItem.objects.exists()


BAD_BOOKS: dict[str, tuple[bytes, str]] = {
    "not a workbook": (b"hello", "不是能打开的 XLSX"),
    "broken zip": (b"PK\x03\x04" + b"\x00" * 50, "不是能打开的 XLSX"),
    "no rows": (workbook([]), "没有数据行"),
    "only blanks": (workbook([[None] * 9, [" "] * 9]), "没有数据行"),
    "column missing": (workbook([GOOD[:-1]], HEAD[:-1]), "表头缺少“院内停用”"),
    "column unknown": (workbook([[*GOOD, 1]], [*HEAD, "备注"]), "不认识的列“备注”"),
    "column twice": (workbook([[*GOOD, 1]], [*HEAD, HEAD[0]]), "出现两次"),
    "no heading": (workbook([GOOD], list(GOOD)), "表头"),
    "stray cells": (workbook([[*GOOD, None, "多余"]]), "表头之外的列"),
    "too many": (workbook([row(院内编码=f"N{n}") for n in range(5_001)]), "一次最多 5,000 行"),
}


@pytest.mark.parametrize("name", BAD_BOOKS)
def test_what_is_no_such_workbook_is_refused_as_a_whole(name: str, desk: Client) -> None:
    content, said = BAD_BOOKS[name]
    answer = upload(desk, content)
    assert answer.status_code == 400 and said in answer.content.decode()
    assert not HospitalItem.objects.exists()


def test_another_kind_of_file_is_refused(desk: Client) -> None:
    answer = upload(desk, b"a,b", "院内.csv")
    assert answer.status_code == 400 and "请上传 .xlsx" in answer.content.decode()


def test_the_marked_copy_says_what_is_wrong_and_can_be_mended(desk: Client, clerk: User) -> None:
    answer = upload(desk, workbook([GOOD, row(院内编码="Y2", 院内单位=None)]))
    url = re.search(r'href="([^"]+/marked/\d+/)"', answer.content.decode())[1]  # type: ignore[index]
    copy: Any = desk.get(url)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(copy.streaming_content)))
    sheet = book.worksheets[0]
    assert sheet.cell(1, 10).value == "错误说明" and sheet.cell(2, 10).value is None
    assert sheet.cell(3, 10).value == "院内单位：缺少院内单位"
    assert sheet.cell(3, 4).fill.fgColor.rgb == "00FFD6D6"
    sheet.cell(3, 4).value = "盒"
    mended = io.BytesIO()
    book.save(mended)
    assert upload(desk, mended.getvalue()).status_code == 200
    desk.force_login(people.person(clerk.organisation, "clerk"))
    assert desk.get(url).status_code == 404


def test_the_api_answers_row_by_row_and_again_changes_nothing(desk: Client, clerk: User) -> None:
    rows = [
        {"his_code": "Y1", "name": "阿托伐他汀钙片", "unit": "片", "specification": "20mg",
         "product_code": CODE, "units_per_pack": "28"},
        {"his_code": "Y2", "name": "某药", "unit": ""},
    ]  # fmt: skip
    send = {"data": {"items": rows}, "content_type": "application/json"}
    first: Any = desk.post("/api/v1/hospital-items/", **send)
    assert [each["outcome"] for each in first.json()["results"]] == ["created", "refused"]
    assert first.json()["results"][1]["problems"][0]["column"] == "unit"
    again: Any = desk.post("/api/v1/hospital-items/", **send)
    assert [each["outcome"] for each in again.json()["results"]] == ["unchanged", "refused"]
    listed = desk.get("/api/v1/item-mappings/", {"his_code": "Y1"}).json()["results"]
    assert [(each["product"], each["units_per_pack"]) for each in listed] == [(CODE, "28.0000")]


def test_the_api_takes_a_thousand_rows_and_no_more(desk: Client) -> None:
    rows = [{"his_code": f"N{n}", "name": f"项目{n}", "unit": "盒"} for n in range(1_001)]
    too_many: Any = desk.post(
        "/api/v1/hospital-items/", {"items": rows}, content_type="application/json"
    )
    assert too_many.status_code == 400 and not HospitalItem.objects.exists()
    done: Any = desk.post(
        "/api/v1/hospital-items/", {"items": rows[:-1]}, content_type="application/json"
    )
    assert done.status_code == 200 and HospitalItem.objects.count() == 1_000


def test_the_form_shows_both_versions_to_who_saves_second(desk: Client, clerk: User) -> None:
    item = make.hospital_item(clerk.organisation, his_code="Y/1 甲")
    url = f"/catalog/items/edit/{item.key}/"
    values = {"his_code": "Y/1 甲", "name": "新名", "unit": "盒", "version": "1"}
    assert desk.post(url, values).status_code == 302
    second: Any = desk.post(url, values | {"name": "另一个名"})
    assert second.status_code == 409
    text = second.content.decode()
    assert "新名" in text and "另一个名" in text


def test_pages_of_an_item(desk: Client, clerk: User) -> None:
    own = make.hospital_item(clerk.organisation, name="院内某药", standing="doubtful")
    make.item_mapping(own, doubts=["factor"])
    text = desk.get(f"/catalog/items/of/{own.key}/").content.decode()
    assert "同一产品的其他院内编码换算不同" in text and "核对无误" in text
    assert "院内某药" in desk.get("/catalog/items/", {"standing": "doubtful"}).content.decode()
    assert "院内某药" not in desk.get("/catalog/items/", {"standing": "mapped"}).content.decode()
