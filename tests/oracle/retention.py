"""结余留用 of one batch year, from the sentences of settlement.md: loops, dictionaries and fractions only."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from .dataset import read_dataset, read_file
from .export import exact
from .periods import ONE_DAY, Month, midnight
from .rows import held, rounded
from .terms.completion import agreed_quantities, completed_quantities, is_exempt
from .terms.reports import known_reports
from .terms.shares import exclusion, group_movements
from .world import World

COLUMNS = [
    "batch_code",
    "year_no",
    "institution_code",
    "group_code",
    "reported_qty",
    "actual_qty",
    "basis_qty",
    "baseline_price",
    "fund_share_before",
    "fund_share",
    "insured_share",
    "budget",
    "spend",
    "base",
    "passed",
    "failed_because",
    "ratio",
    "retained",
]
CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True)
class YearEnd(Month):
    """An agreement year's end in place of a month's: the cut is the day after its last one."""

    ends_on: date = date.max

    @property
    def cut(self) -> datetime:
        return midnight(self.ends_on + ONE_DAY)

    @property
    def last_day(self) -> date:
        return self.ends_on


@dataclass(frozen=True)
class PoolInput:
    batch_code: str
    year_no: int
    pool_code: str
    group_code: str
    baseline_price: Decimal | None
    fund_share_before: Decimal | None
    fund_share: Decimal | None
    insured_share: Decimal | None


def retention_rows(  # noqa: C901, PLR0912 - the definition from top to bottom, as it reads
    folder: Path, batch_code: str, year_no: int
) -> list[list[str]]:
    """The export's cells of every row, sorted by its key."""
    data = read_dataset(folder)
    [year] = [y for y in data.years if (y.batch_code, y.year_no) == (batch_code, year_no)]
    world = World(data, YearEnd(year.ends_on.replace(day=1), year.ends_on))
    batch = world.batches[batch_code]
    window = world.year_to_date(year)
    covered = set(world.covered_groups(batch_code))
    inputs = {
        (row.pool_code, row.group_code): row
        for row in read_file(folder, "retention_inputs.csv", PoolInput)
        if (row.batch_code, row.year_no) == (batch_code, year_no)
    }

    reported: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for report in known_reports(world, ("approved",)):
        if (report.batch_code, report.year_no) == (batch_code, year_no):
            key = world.unit_of[report.institution_code], report.group_code
            reported[key] += Fraction(report.reported_qty)
    used: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    other: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    share: dict[tuple[str, str], list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for entry in group_movements(world, batch, window):
        key = entry.unit, entry.group
        left_out = exclusion(world, batch, entry)
        quantity = entry.movement.base_quantity
        used[key] += quantity
        verified_standby = entry.kind == "standby" and left_out is None
        if entry.kind != "selected" and not verified_standby:
            other[key] += entry.movement.amount
        if left_out is None:
            share[key][0] += quantity if entry.kind == "non_selected" else 0
            share[key][1] += quantity
    agreed, priced = agreed_quantities(world, year)
    completed = completed_quantities(world, batch, window, agreed)
    worth: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    incomplete: set[tuple[str, str]] = set()
    for (unit, product_code), quantity in agreed.items():
        product = world.products[product_code]
        if product.group_code is None:
            continue
        key = unit, product.group_code
        worth[key] += priced[unit, product_code] / Fraction(product.base_units_per_pack)
        done = held(completed.get((unit, product_code), Fraction(0)))
        if quantity > done and not is_exempt(world, batch, window, unit, product):
            incomplete.add(key)

    terms = world.batch_terms(batch_code)
    own = {name: value for name, (value, _) in terms.overrides.items()}
    basis = own.get("retention_basis") or (
        "min" if (terms.policy or "").startswith("jiangxi") else "reported"
    )
    ratio_max = Fraction(own.get("retention_ratio_max", "0.50"))
    tolerance = Fraction(own.get("retention_accuracy_tolerance", "0.20"))
    share_max = terms.in_force("non_selected_share_max")

    keys = {key for key, quantity in reported.items() if quantity > 0}
    keys |= set(worth) | {key for key, quantity in used.items() if quantity > 0}
    rows = []
    for unit, group in sorted(keys):
        if group not in covered:
            continue
        key = unit, group
        r = reported.get(key) or None
        u = max(Fraction(0), used.get(key, Fraction(0)))
        found = inputs.get((world.institutions[unit].pool_code, group))
        cells = [
            None if found is None or value is None else Fraction(value)
            for value in (
                found and found.baseline_price, found and found.fund_share_before,
                found and found.fund_share, found and found.insured_share,
            )
        ]  # fmt: skip
        p0, s0, s1, w = cells
        q = None if r is None else (min(r, u) if basis == "min" else r)
        budget = None if None in (q, p0, s0, w) else q * p0 * s0 * w  # type: ignore[operator]
        spend = (
            None if s1 is None or w is None
            else (worth.get(key, Fraction(0)) + other.get(key, Fraction(0))) * s1 * w
        )  # fmt: skip
        base = None if budget is None or spend is None else budget - spend
        numerator, denominator = (held(side) for side in share[key])
        over = (
            share_max is not None and denominator != 0
            and Fraction(numerator) / Fraction(denominator) > Fraction(share_max)
        )  # fmt: skip
        failed = (
            "no_agreement" if key not in worth
            else "incomplete" if key in incomplete
            else "non_selected" if over else ""
        )  # fmt: skip
        ratio = None
        if r is not None:
            ratio = ratio_max * max(Fraction(0), 1 - max(Fraction(0), abs(u - r) / r - tolerance))
        reason = failed
        if r is None:
            reason = "unreported"
        elif None in cells:
            reason = "missing_input"
        elif not failed and base is not None and base <= 0:
            reason = "no_savings"
        kept: Fraction | None = Fraction(0)
        if reason == "missing_input":
            kept = None
        elif reason == "":
            assert base is not None and ratio is not None
            kept = base * ratio
        rows.append([
            batch_code, str(year_no), unit, group, _exact(r), _exact(u), _exact(q),
            *(_exact(value) for value in cells), _places(budget, CENT), _places(spend, CENT),
            _places(base, CENT), "0" if failed else "1", reason, _places(ratio, MILLIONTH),
            _places(kept, CENT),
        ])  # fmt: skip
    return rows


def write_retention(out: Path, rows: list[list[str]]) -> None:
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _exact(value: Fraction | None) -> str:
    return "" if value is None else exact(rounded(value, Decimal("1E-12")))


def _places(value: Fraction | None, unit: Decimal) -> str:
    if value is None:
        return ""
    found = rounded(value, unit)
    return f"{abs(found) if found == 0 else found:f}"
