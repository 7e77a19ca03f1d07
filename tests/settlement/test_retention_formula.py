"""The formula of one unit and group: the worked example, each reason, each boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from settlement.formulas.retention import BASES, Inputs, Terms, cents, explained, retention
from settlement.rules.retention import appeal_in_time, may_countersign, may_notice, shared_whole

D = Decimal
TERMS = Terms("min", D("0.5"), D("0.2"))
EXAMPLE = Inputs(
    D(10000), D(11000), D(1400), D(720), D("1.10"), D("0.60"), D("0.60"), D("0.90"), ""
)


def test_worked_example_to_the_cent() -> None:
    found = retention(EXAMPLE, TERMS)
    assert (found.basis_qty, found.budget, found.spend) == (D(10000), D(5940), D("1144.80"))
    assert (found.base, found.accuracy, found.because) == (D("4795.20"), 1, "")
    assert found.retained == D("2397.60")
    lines = {line.code: line for line in explained(EXAMPLE, TERMS, found)}
    assert lines["retained"].value == D("2397.60")
    assert "10000 × 1.1 × 0.6 × 0.9" in lines["budget"].formula
    assert all(line.clause for line in lines.values())


@pytest.mark.parametrize(
    ("used", "accuracy"),
    [(12000, "1"), (8000, "1"), ("12000.0001", "0.99999999"), (7999, "0.9999"), (20000, "0.2"),
     (22000, "0"), (50000, "0"), (0, "0.2"), (-5, "0.2")],
)  # fmt: skip
def test_accuracy_counts_from_beyond_the_tolerance(used: str, accuracy: str) -> None:
    found = retention(replace(EXAMPLE, used=D(used)), TERMS)
    assert found.accuracy == D(accuracy)
    assert found.ratio == D(accuracy) / 2


def test_reported_basis_takes_the_report_whatever_was_used() -> None:
    used = replace(EXAMPLE, used=D(9000))
    assert retention(used, TERMS).basis_qty == 9000
    assert retention(used, replace(TERMS, basis="reported")).basis_qty == 10000
    assert BASES["min"].since < BASES["reported"].since


@pytest.mark.parametrize(
    ("changes", "because", "retained"),
    [
        ({"reported": None}, "unreported", D("0.00")),
        ({"reported": D(0)}, "unreported", D("0.00")),
        ({"baseline_price": None}, "missing_input", None),
        ({"fund_share_before": None}, "missing_input", None),
        ({"fund_share": None}, "missing_input", None),
        ({"insured_share": None}, "missing_input", None),
        ({"reported": None, "fund_share": None}, "unreported", D("0.00")),
        ({"assessed": "incomplete", "fund_share": None}, "missing_input", None),
        ({"assessed": "no_agreement"}, "no_agreement", D("0.00")),
        ({"assessed": "incomplete"}, "incomplete", D("0.00")),
        ({"assessed": "non_selected"}, "non_selected", D("0.00")),
        # K = 0, and just beside it.
        ({"other_amount": D(9600)}, "no_savings", D("0.00")),
        ({"other_amount": D("9599.99")}, "", D("0.00")),
        ({"other_amount": D("9599")}, "", D("0.27")),
        ({"other_amount": D(9601)}, "no_savings", D("0.00")),
        ({"assessed": "incomplete", "other_amount": D(99999)}, "incomplete", D("0.00")),
        # N may be negative, and is taken as it is.
        ({"other_amount": D(-1000)}, "", D("2862.00")),
    ],
)
def test_first_reason_that_applies(
    changes: dict[str, object], because: str, retained: Decimal | None
) -> None:
    found = retention(replace(EXAMPLE, **changes), TERMS)  # type: ignore[arg-type]
    assert (found.because, found.retained) == (because, retained)


def test_cells_are_filled_as_far_as_their_inputs_allow() -> None:
    found = retention(replace(EXAMPLE, baseline_price=None), TERMS)
    assert (found.budget, found.base) == (None, None)
    assert (found.spend, found.ratio) == (D("1144.80"), D("0.5"))
    found = retention(replace(EXAMPLE, reported=None), TERMS)
    assert (found.basis_qty, found.budget, found.ratio) == (None, None, None)
    assert found.spend == D("1144.80")


@pytest.mark.parametrize(
    ("amount", "held"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.00499999999999999999", "0.00"), ("2.675", "2.68")],
)
def test_cents_round_half_away_from_zero_once(amount: str, held: str) -> None:
    assert cents(D(amount)) == D(held)


def test_thirds_do_not_make_a_false_half() -> None:
    # 0.01 ÷ 2 by way of thirds: carried at 28 decimals it is a hair under the half.
    assert cents(D("0.0049999999999999999999999999")) == D("0.01")


DUE = date(2026, 10, 20)


@pytest.mark.parametrize(("today", "ok"), [(date(2026, 10, 20), True), (date(2026, 10, 21), False)])
def test_appeal_ends_with_its_last_day(today: date, ok: bool) -> None:
    assert bool(appeal_in_time(due_on=DUE, today=today)) is ok
    assert bool(may_countersign(notice_to=DUE, today=today)) is not ok
    assert bool(may_notice(appealed=0, waiting=1, due_on=DUE, today=today)) is not ok
    assert not may_notice(appealed=1, waiting=0, due_on=DUE, today=today)
    assert may_notice(appealed=0, waiting=0, due_on=DUE, today=today)


@pytest.mark.parametrize(
    ("staff", "rest", "method", "ok"),
    [("60", "40", "按科室", True), ("60", "39.99", "按科室", False), ("60", "40.01", "按科室", False),
     ("50", "50", "按科室", False), ("50.01", "49.99", "按科室", True),
     ("50", "50", "因本年度集中补助村卫生室和信息化建设，薪酬部分按三成发放", True)],
)  # fmt: skip
def test_share_out_is_whole_and_says_why_staff_get_less(
    staff: str, rest: str, method: str, ok: bool
) -> None:
    said = shared_whole(paid=D(100), parts=D(staff) + D(rest), staff=D(staff), method=method)
    assert bool(said) is ok
