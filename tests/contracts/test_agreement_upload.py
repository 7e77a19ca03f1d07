"""Agreed quantities as a sheet, a renewal's too: what is wrong is named by row and column, all or nothing."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.models import Agreement, AgreementLine
from tests.contracts.test_agreements import certify, generate, relate, rows, sign
from tests.contracts.world import Trade

HEADS = (
    "批次代码", "采购年度序号", "医疗机构编码", "国家医保编码", "约定采购量", "价格",
    "配送企业信用代码", "说明",
)  # fmt: skip
ADDRESS = "/agreements/upload/"


@pytest.fixture
def trade(db: None) -> Trade:
    """陕西: a renewal asks for the year before at least (renewal_min_ratio 1); year 1 is in force."""
    made = Trade("shaanxi-2024")
    relate(made, made.d1, made.product, made.other)
    certify(made, made.a, made.maker, made.d1)
    generate(made, rows(made, made.a)[:1])
    sign(made, Agreement.objects.get(), made.a, made.maker, made.d1)
    return made


def sheet(*lines: tuple[Any, ...]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in (HEADS, *lines):
        page.append(line)
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile("续签.xlsx", out.getvalue())


def test_a_wrong_sheet_names_row_and_column_and_writes_nothing(trade: Trade) -> None:
    client = Client()
    client.force_login(trade.user(trade.bureau))
    good = (trade.batch.code, 2, trade.a.code, trade.product.code, 1000, 12.5, trade.d1.code, "")
    cases: list[tuple[int, Any, str, str]] = [
        (0, "XX", "批次代码", "没有这个批次代码"), (1, "abc", "采购年度序号", "整数"),
        (1, 9, "采购年度序号", "没有第 9 采购年度"), (2, "NOBODY", "医疗机构编码", "没有这个"),
        (3, "XX", "国家医保编码", "没有这个"), (4, "-5", "约定采购量", "不能小于 0.0001"),
        (4, "1e3", "约定采购量", "请填写数字"), (4, "１０００", "约定采购量", "请填写数字"),
        (4, "1_000", "约定采购量", "请填写数字"), (4, "", "约定采购量", "请填写这一项"),
        (5, "12,5", "价格", "请填写数字"), (6, "NOBODY", "配送企业信用代码", "没有这个"),
        (4, 999, "国家医保编码", "说明"),
    ]  # fmt: skip
    for place, value, column, words in cases:
        line = (*good[:place], value, *good[place + 1 :])
        answer = client.post(ADDRESS, {"file": sheet(line)})
        told = _told(answer)
        assert answer.status_code == 400, (value, told)
        assert [name for name, _ in told] == [column] and words in told[0][1], (value, told)
    twice = client.post(ADDRESS, {"file": sheet(good, good)})
    assert (twice.status_code, "多次" in twice.content.decode()) == (400, True)
    assert Agreement.objects.count() == 1


def test_a_renewal_below_the_ratio_says_why_and_is_made_once(trade: Trade) -> None:
    client = Client()
    client.force_login(trade.user(trade.bureau))
    line = (trade.batch.code, 2, trade.a.code, trade.product.code, "1,000.5", 12.5, "", "")
    less = (*line[:4], 999, *line[5:7], "科室撤并")
    shown = client.post(ADDRESS, {"file": sheet(less)})
    assert shown.status_code == 200 and not Agreement.objects.filter(year_no=2).exists()
    made = client.post(ADDRESS, {"token": shown.context["token"]})
    assert made.status_code == 302
    row = Agreement.objects.get(year_no=2)
    assert (row.basis, row.state, row.distributor_id) == ("renewal", "unsigned", trade.d1.pk)
    assert AgreementLine.objects.get(agreement=row).agreed_qty == 999
    again = client.post(ADDRESS, {"file": sheet(line)})
    assert (again.status_code, "已有这个产品的协议" in again.content.decode()) == (400, True)
    hospital = Client()
    hospital.force_login(trade.user(trade.a))
    assert hospital.get(ADDRESS).status_code in (403, 404)


def _told(answer: Any) -> list[tuple[str, str]]:
    return [(each["column"], each["message"]) for each in answer.context["file_errors"]]
