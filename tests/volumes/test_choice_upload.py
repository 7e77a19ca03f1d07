"""Shares by product as a workbook: out with what stands, back whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.lists.workbook import XLSX
from tests.volumes.land import IN_TIME, LATE, Land
from volumes.models import AllotmentChoice
from volumes.operations.agreed.rounds import open_round
from volumes.views import choice_upload

Edit = Callable[[Any], None]


@pytest.fixture
def land(db: None) -> Land:
    return Land()


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice_upload.timezone, "now", lambda: moment)


def cell(place: str, value: Any) -> Edit:
    def edit(sheet: Any) -> None:
        sheet[place] = value

    return edit


WRONG: list[tuple[Edit, str]] = [
    (cell("F2", "一半"), "0 至 100 的整数"), (cell("F2", 50.5), "0 至 100 的整数"),
    (cell("F2", -1), "不能小于 0"), (cell("F2", 101), "不能大于 100"),
    (cell("F2", 90), "合计应为 100，现为 90"), (cell("A2", "G9"), "没有可选择的品种 G9"),
    (cell("A2", None), "请填写品种代码"), (cell("C2", "XC"), "不是本地区这个品种的中选产品"),
    (cell("C2", "XB"), "出现了两次"), (lambda sheet: sheet.delete_rows(2), "缺少这个产品的一行"),
    (cell("F1", "份额"), "没有这个表头"),
]  # fmt: skip


def test_the_file_goes_out_prefilled_and_replaces_the_choice_whole(
    land: Land, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    land.up(land.report(land.a, (land.g1, 1000, 1000), (land.g2, 101, 101)))
    row = open_round(
        batch=land.batch, year_no=1, choice_until=LATE, unbound_levels=[], unbound_clause="",
        **land.office("province"),
    )  # fmt: skip
    at(IN_TIME, monkeypatch)
    person = land.user(land.a, "clerk")
    client.force_login(person)
    here = f"/agreed/{row.round_no}/choice/upload/"
    assert here in client.get(f"/agreed/{row.round_no}/choice/").content.decode()

    def template() -> Any:
        return openpyxl.load_workbook(io.BytesIO(client.get(f"{here}?template=1").content))

    def sent(edit: Edit) -> Any:
        book = template()
        edit(book.worksheets[0])
        kept = io.BytesIO()
        book.save(kept)
        return client.post(here, {"file": SimpleUploadedFile("选择.xlsx", kept.getvalue(), XLSX)})

    lines = [[c.value for c in line] for line in template().worksheets[0].iter_rows(min_row=2)]
    assert [(line[0], line[2], line[5]) for line in lines] == [
        ("G1", "XA", None), ("G1", "XB", None), ("G2", "XC", None),
    ]  # fmt: skip
    for edit, told in WRONG:
        answer = sent(edit)
        assert answer.status_code == 400 and told in answer.content.decode(), told
    assert not AllotmentChoice.objects.exists()
    # A share that cannot be read is one mistake: neither is its row missing nor the sum wrong.
    assert len(sent(cell("F2", "一半")).context["file_errors"]) == 1
    marked = client.post(here, {"token": sent(cell("F2", 90)).context["marked_token"]})
    noted = openpyxl.load_workbook(io.BytesIO(marked.content)).worksheets[0]
    assert "现为 90" in noted["G2"].value

    def both(sheet: Any) -> None:
        sheet["F2"], sheet["F3"] = 70, 30

    shown = sent(both)
    assert shown.status_code == 200 and not AllotmentChoice.objects.exists()
    token = shown.context["token"]
    assert client.post(here, {"token": f"{token}x"}).status_code == 400
    assert client.post(here, {"token": token}).status_code == 302
    kept = AllotmentChoice.objects.order_by("product__code").values_list("product__code", "share")
    assert list(kept) == [("XA", 70), ("XB", 30)]
    assert [line[5].value for line in template().worksheets[0].iter_rows(min_row=2)] == [
        70,
        30,
        None,
    ]
    # The last moment of the window is the operation's: what was shown before is refused after it.
    at(LATE, monkeypatch)
    client.force_login(person)
    refused = client.post(here, {"token": token})
    assert refused.status_code == 409 and "截止" in refused.content.decode()
