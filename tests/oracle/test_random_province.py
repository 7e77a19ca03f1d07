"""The generated provinces pass the load checks that can be told from the files, and cover the definitions."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from .dataset import Dataset, read_dataset
from .indicators import indicators
from .periods import ONE_DAY, Month
from .random_province.generate import generate
from .rows import Row
from .warnings import MonthlyWarning, warnings
from .world import World

SEEDS = range(1, 9)
INDICATORS = {
    "report_deviation", "signing_rate", "completion_rate", "completion_amount_rate", "completion_capped_rate",
    "behind_schedule_rate", "non_selected_share", "unreported_share", "selected_amount_share", "substitute_ratio",
    "response_rate", "on_time_rate", "fulfilment_rate", "reply_on_time_rate", "resolve_on_time_rate",
    "receipt_overdue_rate", "abnormal_order_rate", "payment_on_time_rate",
}  # fmt: skip
RULES = {
    "report_drop", "report_rise", "unsigned_agreement", "behind_schedule", "overrun", "non_selected_share",
    "selected_below_non_selected", "substitute_growth", "unreported_purchase", "low_response", "late_delivery",
    "low_fulfilment", "late_receipt", "abnormal_order", "late_payment",
}  # fmt: skip
Computed = tuple[Dataset, Month, list[Row], list[MonthlyWarning]]


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> list[Computed]:
    found: list[Computed] = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp(f"province{seed}")
        month = Month.parse(generate(seed, folder, 200)[0])
        world = World(read_dataset(folder), month)
        rows = indicators(world)
        found.append((world.data, month, rows, warnings(world, rows)))
    return found


def test_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(4, tmp_path / name, 50)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_every_indicator_and_every_monthly_rule_occurs(computed: list[Computed]) -> None:
    assert {row.key.indicator for _, _, rows, _ in computed for row in rows} == INDICATORS
    assert {warning.rule for *_, found in computed for warning in found} == RULES
    severities = {(warning.rule, warning.severity) for *_, found in computed for warning in found}
    assert {("behind_schedule", level) for level in ("yellow", "orange", "red")} <= severities
    assert {("substitute_growth", level) for level in ("yellow", "orange")} <= severities
    assert {("unsigned_agreement", level) for level in ("orange", "red")} <= severities
    assert {("late_delivery", level) for level in ("orange", "red")} <= severities


def test_keys_of_rows_are_unique(computed: list[Computed]) -> None:
    for _, _, rows, _ in computed:
        assert len({row.key for row in rows}) == len(rows)


def test_dates_of_a_line_are_in_order(computed: list[Computed]) -> None:
    for data, *_ in computed:
        orders = {order.order_no: order for order in data.orders}
        lines = {(line.order_no, line.line_no): line for line in data.lines}
        delivered = {}
        for line in data.lines:
            assert (line.response is None) == (line.responded_at is None)
            assert line.reject_reason is None or line.response == "rejected"
            for at in (line.responded_at, line.cancelled_at):
                assert at is None or at >= orders[line.order_no].sent_at
        for delivery in data.deliveries:
            line = lines[delivery.order_no, delivery.line_no]
            delivered[delivery.order_no, delivery.line_no, delivery.delivery_no] = (
                delivery.delivered_at
            )
            not_before = line.responded_at or orders[line.order_no].sent_at
            assert delivery.delivered_at is None or delivery.delivered_at >= not_before
        for receipt in data.receipts:
            at = delivered[receipt.order_no, receipt.line_no, receipt.delivery_no]
            assert at is not None and receipt.received_at >= at


def test_packs_add_up(computed: list[Computed]) -> None:
    for data, *_ in computed:
        tolerance = {
            parameter.batch_code: Decimal(parameter.value)
            for parameter in data.parameters
            if parameter.parameter == "over_delivery_tolerance"
        }
        delivered: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        accepted: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        returned: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for delivery in data.deliveries:
            assert delivery.packs > 0
            delivered[delivery.order_no, delivery.line_no] += delivery.packs
        for receipt in data.receipts:
            accepted[receipt.order_no, receipt.line_no] += receipt.accepted_packs
        for back in data.returns:
            returned[back.order_no, back.line_no] += back.packs
        for line in data.lines:
            key = line.order_no, line.line_no
            assert line.packs > 0
            assert delivered[key] <= line.packs * (
                1 + tolerance.get(line.batch_code or "", Decimal(0))
            )
            assert 0 <= returned[key] <= accepted[key] <= delivered[key]


def test_years_are_contiguous_and_inside_the_cycle(computed: list[Computed]) -> None:
    for data, *_ in computed:
        for batch in data.batches:
            years = sorted(
                (year for year in data.years if year.batch_code == batch.code),
                key=lambda year: year.year_no,
            )
            assert [year.year_no for year in years] == list(range(1, len(years) + 1))
            assert batch.effective_on <= years[0].starts_on
            assert years[-1].ends_on <= batch.ends_on
            for year in years:
                assert year.starts_on <= year.ends_on
            for before, after in pairwise(years):
                assert after.starts_on == before.ends_on + ONE_DAY


def test_selections_of_a_region_do_not_overlap(computed: list[Computed]) -> None:
    for data, month, *_ in computed:
        levels = {region.code: region.level for region in data.regions}
        seen = set()
        span = [month.first_day + ONE_DAY * offset for offset in range(-800, 800)]
        for selection in data.selections:
            assert levels[selection.region_code] in ("city", "province")
            for day in span:
                if (selection.valid_from is None or selection.valid_from <= day) and (
                    selection.valid_to is None or day <= selection.valid_to
                ):
                    key = selection.batch_code, selection.product_code, selection.region_code, day
                    assert key not in seen
                    seen.add(key)


def test_an_institution_is_in_one_consortium_at_a_time(computed: list[Computed]) -> None:
    for data, month, *_ in computed:
        for institution in data.institutions:
            for day in (month.last_day + ONE_DAY * offset for offset in range(-60, 60)):
                held = [
                    member
                    for member in data.members
                    if member.institution_code == institution.code
                    and member.valid_from <= day
                    and (member.valid_to is None or day <= member.valid_to)
                ]
                assert len(held) <= 1
