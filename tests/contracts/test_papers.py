"""The printed tables of agreements and relations: nothing runs over what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from contracts.documents.agreement import COLUMNS as AGREED
from contracts.documents.relations import COLUMNS as CONFIRMED
from core.paper import render_pdf
from tests.core.paper.reading import pages

CODE = "XC07ABM080A004019010815"
WIDEST = 0.6
"""Of a letter of a code, in ems; measured 0.58."""


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (AGREED, ["1", "盐酸二甲双胍缓释片", CODE, "9,999,999,999.9", "毫升", "12,345.6789"]),
        (CONFIRMED, ["1", f"琥珀酸美托洛尔缓释片\n{CODE}", "某某医药配送有限公司", "上饶市统筹区",
                     "2026-12-10", "2027-12-31", "待配送企业确认"]),
    ],
)  # fmt: skip
def test_a_code_ends_before_the_next_column(
    columns: Sequence[Mapping[str, Any]], row: list[str]
) -> None:
    block = {"kind": "table", "columns": list(columns), "rows": [row]}
    (page,) = pages(render_pdf("core/official", {"title": "表", "blocks": [block]}))
    [code] = [run for run in page.lines() if CODE in run.codes]
    beside = [run.x for run in page.lines() if run.x > code.x + 1 and abs(run.y - code.y) < 20]
    assert min(beside) > code.x + WIDEST * code.size * len(CODE)
