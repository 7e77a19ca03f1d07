"""列名对照: an organisation's own layout is named once; its files are read by it, others as before."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter
from django.test import Client

from core.lists.sheet import SheetRefused, read_sheet
from core.transitions import MissingInput, NotYours, StaleVersion
from procurement.operations.column_names import save_columns
from procurement.queries.column_names import own_columns, saved_names, visible_column_mappings
from procurement.rules.column_names import FIELDS, NATIONAL, names_fault
from procurement.views.cart_upload import CartUploadView
from procurement.views.receipt_upload import ReceiptUploadView
from tests.procurement.order_world import Market

pytestmark = pytest.mark.django_db
NAMES = {"product_code": "药品编码", "packs": "purcCnt"}
SIZES: dict[str, Any] = {"max_bytes": 10**6, "max_rows": 10}


def sheet(*rows: list[str]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    for line, row in enumerate(rows):
        page.write_row(line, 0, row)
    book.close()
    return buffer.getvalue()


def test_own_headings_are_read_and_other_columns_passed_over() -> None:
    market = Market()
    save_columns(kind="orders", names=NAMES, **market.acting(market.a))
    scope = market.scope(market.a)
    columns = own_columns(scope, "orders", CartUploadView.own_sheet_columns)
    assert [c.heading for c in columns] == ["药品编码", "purcCnt", "临床理由"]
    file = sheet(["ordId", "purcCnt", "药品编码"], ["7", "12", "XP1"])
    (row,) = read_sheet(file, columns, mapped=saved_names(scope, "orders"), **SIZES)
    assert row.cells == {"packs": "12", "product_code": "XP1"}
    with pytest.raises(SheetRefused, match="purcCnt"):
        read_sheet(sheet(["药品编码"], ["XP1"]), columns, mapped=NAMES, **SIZES)
    # Without a layout of one's own a strange column is a mistake, as before.
    with pytest.raises(SheetRefused, match="没有这个表头"):
        read_sheet(file, columns, **SIZES)
    assert saved_names(market.scope(market.b), "orders") == {}
    assert not visible_column_mappings(market.scope(market.b)).exists()


def test_layout_of_the_national_system_is_offered_and_saved_only_by_hand(client: Client) -> None:
    market = Market()
    for kind, names in NATIONAL.items():
        assert names_fault(kind, names) == ""
    save_columns(kind="orders", names={"packs": "采购数量"}, **market.acting(market.a))
    client.force_login(market.user(market.a))
    plain, offered = (
        client.get(f"/supply/columns/{query}").content.decode() for query in ("", "?names=national")
    )
    assert 'value="manuLotnum"' not in plain
    assert 'value="manuLotnum"' in offered
    # What was saved stays.
    assert 'id="orders-packs" name="name-packs" value="采购数量"' in offered
    assert 'id="plans-packs" name="name-packs" value="purcCnt"' in offered
    assert saved_names(market.scope(market.a), "receipts") == {}
    file = sheet(
        ["ordCode", "行号", "shpId", "shpCnt", "shppCnt", "manuLotnum", "addrId"],
        ["DD1", "1", "PS1", "5", "4", "L1", "7"],
    )
    named = {field: f"name-{field}" for field in FIELDS["receipts"]}
    given = {html: NATIONAL["receipts"].get(field, "") for field, html in named.items()}
    saved = client.post("/supply/columns/", {"kind": "receipts", "version": "", **given})
    assert saved.status_code == 302
    scope = market.scope(market.a)
    columns = own_columns(scope, "receipts", ReceiptUploadView.own_sheet_columns)
    (row,) = read_sheet(file, columns, mapped=saved_names(scope, "receipts"), **SIZES)
    assert (row.cells["accepted"], row.cells["delivery_no"]) == ("4", "PS1")


def test_headings_that_cannot_be_told_apart_and_others_files_are_refused() -> None:
    market = Market()
    acting = market.acting(market.a)
    for names in ({"packs": "国家医保编码"}, {"packs": "列" * 61}, {"price": "单价"}):
        with pytest.raises(MissingInput):
            save_columns(kind="orders", names=names, **acting)
    with pytest.raises(MissingInput):
        save_columns(kind="shipments", names={}, **acting)
    with pytest.raises(NotYours):
        save_columns(kind="orders", names=NAMES, **market.acting(market.a, "accountant"))
    with pytest.raises(NotYours):
        save_columns(kind="orders", names=NAMES, **market.acting(market.maker))
    save_columns(kind="orders", names=NAMES, **acting)
    save_columns(kind="orders", names={}, seen_version=1, **acting)
    with pytest.raises(StaleVersion):
        save_columns(kind="orders", names=NAMES, seen_version=1, **acting)
    assert saved_names(market.scope(market.a), "orders") == {}
