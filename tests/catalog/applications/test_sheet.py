"""Many applications from one workbook: what is wrong is named by row and column, all or nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter

from catalog.models import ProductApplication
from catalog.operations.applications.sheet_drafts import (
    SheetRefused,
    check_sheet,
    draft_from_sheet,
)
from catalog.queries.application_sheet import columns_of, template_rows
from core.transitions import NotYours
from tests.catalog.applications.cast import NOW, TODAY, Cast, the_cast
from tests.factories import catalog as make

pytestmark = pytest.mark.django_db
HEAD = [column.label for column in columns_of("renewal")]
GOOD = {
    "产品编码": "XA10ADM080B002010107103", "注册证号（批准文号）": "国药准字H20210001",
    "注册人/持有人": "甲公司", "批准日期": "2026-06-01", "有效期至": "2031-05-31",
}  # fmt: skip


@pytest.fixture
def cast(db: None) -> Cast:
    return the_cast()


def book(rows: list[list[Any]], head: list[str] | None = None) -> bytes:
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    page = made.add_worksheet()
    for number, cells in enumerate([HEAD if head is None else head, *rows]):
        for index, value in enumerate(cells):
            page.write(number, index, value)
    made.close()
    return target.getvalue()


def row(**changes: object) -> list[object]:
    return [(GOOD | changes).get(label, "") for label in HEAD]


def errors(cast: Cast, content: bytes, kind: str = "renewal") -> list[tuple[int, str]]:
    sheet = check_sheet(content, kind=kind, scope=cast.scope(cast.clerk), at=NOW)
    return [(error.line, error.column) for error in sheet.errors]


BAD: dict[str, tuple[list[list[object]] | bytes, list[str] | None, tuple[int, str]]] = {
    "empty file": (b"", None, (0, "")),
    "no workbook": (b"code,name", None, (0, "")),
    "broken workbook": (b"PK\x03\x04broken", None, (0, "")),
    "no rows": ([], None, (2, "")),
    "column missing": ([row()[:-2]], HEAD[:5] + HEAD[6:], (1, HEAD[5])),
    "foreign column": ([row()], [*HEAD, "备注"], (1, "备注")),
    "column twice": ([row()], [*HEAD, "批准日期"], (1, "批准日期")),
    "no code": ([row(产品编码="")], None, (2, "产品编码")),
    "unknown code": ([row(产品编码="X1")], None, (2, "产品编码")),
    "same product twice": ([row(), row()], None, (3, "产品编码")),
    "number of another form": (
        [row(**{"注册证号（批准文号）": "国械字1"})], None, (2, "注册证号（批准文号）"),
    ),
    "no number": ([row(**{"注册证号（批准文号）": ""})], None, (2, "注册证号（批准文号）")),
    "no holder": ([row(**{"注册人/持有人": " "})], None, (2, "注册人/持有人")),
    "holder too long": ([row(**{"注册人/持有人": "甲" * 201})], None, (2, "注册人/持有人")),
    "no day": ([row(批准日期="六月一日")], None, (2, "批准日期")),
    "impossible day": ([row(批准日期="2026-02-30")], None, (2, "批准日期")),
    "issued in the future": ([row(批准日期="2026-06-16")], None, (2, "批准日期")),
    "expires before it was issued": ([row(有效期至="2026-05-31")], None, (2, "有效期至")),
    "expired already": (
        [row(批准日期="2020-01-01", 有效期至="2026-06-15")], None, (2, "有效期至"),
    ),
    "second row wrong": ([row(), row(产品编码="X2")], None, (3, "产品编码")),
    "reason too long": ([row(**{"申请说明（选填）": "长" * 1001})], None, (2, "申请说明（选填）")),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_workbook_is_refused_at_its_row_and_column(cast: Cast, name: str) -> None:
    rows, head, where = BAD[name]
    content = rows if isinstance(rows, bytes) else book(rows, head)
    assert errors(cast, content) == [where]
    with pytest.raises(SheetRefused):
        draft_from_sheet(
            content=content, kind="renewal", by=cast.clerk, scope=cast.scope(cast.clerk), at=NOW
        )
    assert not ProductApplication.objects.exists()


def test_every_error_of_a_row_is_named(cast: Cast) -> None:
    bad = row(**{"注册人/持有人": "", "批准日期": "x", "有效期至": ""})
    assert errors(cast, book([bad])) == [
        (2, "注册人/持有人"), (2, "批准日期"), (2, "有效期至")
    ]  # fmt: skip


def test_a_row_of_an_unknown_product_names_its_other_errors_too(cast: Cast) -> None:
    bad = {"注册人/持有人": "", "批准日期": "x"}
    rows = [row(产品编码="X1", **bad), row(), row(**bad)]
    assert errors(cast, book(rows)) == [
        (2, "产品编码"), (2, "注册人/持有人"), (2, "批准日期"),
        (4, "产品编码"), (4, "注册人/持有人"), (4, "批准日期"),
    ]  # fmt: skip


def test_a_product_that_may_not_be_asked_for_is_named_beside_a_wrong_cell(cast: Cast) -> None:
    head = [column.label for column in columns_of("price")]
    other = make.product(manufacturer=cast.maker)
    cells = {"产品编码": other.code, "挂网价": "贵"}
    rows = [[cells.get(label, "") for label in head]]
    found = errors(cast, book(rows, head), "price")
    assert (2, "产品编码") in found and (2, "挂网价") in found


def test_more_than_500_rows_are_too_many(cast: Cast) -> None:
    assert errors(cast, book([row(产品编码=f"X{n}") for n in range(501)])) == [(0, "")]


def test_another_enterprises_product_is_not_there(cast: Cast) -> None:
    other = make.product()
    assert errors(cast, book([row(产品编码=other.code)])) == [(2, "产品编码")]


def test_prices_are_not_taken_for_the_same_by_their_zeros(cast: Cast) -> None:
    head = [column.label for column in columns_of("price")]
    cells = {"产品编码": cast.product.code, "挂网价": "120"}
    sheet = check_sheet(
        book([[cells.get(label, "") for label in head]], head), kind="price",
        scope=cast.scope(cast.clerk), at=NOW,
    )  # fmt: skip
    assert (sheet.untouched, [each.values["price"] for each in sheet.rows]) == (0, ["120.0000"])


def test_template_as_handed_out_asks_for_nothing(cast: Cast) -> None:
    for kind in ("price", "specification", "code"):
        head = [column.label for column in columns_of(kind)]
        rows = list(template_rows(cast.scope(cast.clerk), kind, TODAY))
        assert rows[0][0] == cast.product.code
        sheet = check_sheet(
            book(rows, head), kind=kind, scope=cast.scope(cast.clerk), at=NOW
        )  # fmt: skip
        assert (sheet.untouched, sheet.rows, len(sheet.errors)) == (1, [], 1)


def test_two_hundred_renewals_become_two_hundred_drafts(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    products = [
        make.product(code=f"XB{n:05d}", manufacturer=cast.maker, group=cast.product.group)
        for n in range(200)
    ]
    rows = [
        row(产品编码=each.code, **{"注册证号（批准文号）": f"国药准字H2021{n:04d}"})
        for n, each in enumerate(products)
    ]
    # Of each row: its recorded paper, twice, and its event in the trail.
    with django_assert_max_num_queries(1050):
        made = draft_from_sheet(
            content=book(rows), kind="renewal", by=cast.clerk, scope=cast.scope(cast.clerk), at=NOW
        )
    assert len(made) == len({each.application_no for each in made}) == 200
    assert {each.state for each in made} == {"draft"}
    assert made[7].items.get(field="registration_number").after == "国药准字H20210007"


def test_people_of_other_trades_are_refused(cast: Cast) -> None:
    with pytest.raises(NotYours):
        draft_from_sheet(
            content=book([row()]), kind="renewal", by=cast.hospital,
            scope=cast.scope(cast.hospital), at=NOW,
        )  # fmt: skip
