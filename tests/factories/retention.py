"""Runs, sheets and rows of 结余留用, without a computation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from organisations.models import Organisation
from settlement.models import RetentionRow, RetentionRun, RetentionShareOut, RetentionSheet
from settlement.queries.pools import province_of
from tests.factories import catalog
from tests.factories.organisations import LONG_AGO, number, organisation, pool

STAMP: dict[str, Any] = {"state_at": LONG_AGO, "state_by_name": "测试"}


def retention_run(**fields: Any) -> RetentionRun:
    place = fields.pop("pool", None) or pool()
    values: dict[str, Any] = {
        "run_no": f"JY-{number()}", "year_no": 1, "pool": place, "region": place.region,
        "province": province_of(place.region), "basis": "min", "ratio_max": Decimal("0.5"),
        "tolerance": Decimal("0.2"), "computed_at": LONG_AGO, "computed_by_name": "测试",
    }  # fmt: skip
    if "batch" not in fields:
        values["batch"] = catalog.batch()
    return RetentionRun.objects.create(**values | STAMP | fields)


def retention_sheet(
    institution: Organisation | None = None, run: RetentionRun | None = None, **fields: Any
) -> RetentionSheet:
    unit = institution or organisation()
    run = run or retention_run(pool=unit.pool)
    values: dict[str, Any] = {
        "sheet_no": f"{run.run_no}-{unit.code}-{number()}", "run": run, "rows_count": 1,
        "passed_count": 1, "retained": Decimal("2397.60"), "base": Decimal("4795.20"),
    }  # fmt: skip
    return RetentionSheet.objects.create(**values | STAMP | stamps(unit) | fields)


def retention_row(sheet: RetentionSheet | None = None, **fields: Any) -> RetentionRow:
    """The worked example of the definition."""
    sheet = sheet or retention_sheet()
    values: dict[str, Any] = {
        "run": sheet.run, "sheet": sheet, "reported_qty": 10000, "actual_qty": 11000,
        "basis_qty": 10000, "baseline_price": Decimal("1.1"),
        "fund_share_before": Decimal("0.6"), "fund_share": Decimal("0.6"),
        "insured_share": Decimal("0.9"), "agreed_worth": 1400, "other_amount": 720,
        "budget": 5940, "spend": Decimal("1144.8"), "base": Decimal("4795.2"),
        "agreed_qty": 7000, "completed_qty": 10200, "products": 1, "exempt": 0, "incomplete": [],
        "share_numerator": 800, "share_denominator": 11000, "passed": True,
        "ratio": Decimal("0.5"), "retained": Decimal("2397.60"),
    }  # fmt: skip
    if "group" not in fields:
        values["group"] = catalog.group()
    return RetentionRow.objects.create(**values | stamps(sheet.institution) | fields)


def retention_share_out(sheet: RetentionSheet | None = None, **fields: Any) -> RetentionShareOut:
    values: dict[str, Any] = {
        "staff_amount": Decimal("2000"), "members_amount": 0, "other_amount": Decimal("397.60"),
        "method": "按科室考核分配", "filed_at": LONG_AGO, "filed_by_name": "测试",
    }  # fmt: skip
    return RetentionShareOut.objects.create(sheet=sheet or retention_sheet(), **values | fields)


def stamps(unit: Organisation) -> dict[str, Any]:
    """Party columns as the computation would write them."""
    chain = {}
    region = unit.region
    while region is not None:
        chain[region.level] = region
        region = region.parent
    return {
        "institution": unit, "county": chain.get("county"), "city": chain.get("city"),
        "province": chain["province"], "pool": unit.pool,
    }  # fmt: skip
