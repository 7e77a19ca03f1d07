"""Boundary cases of the twin, each against one sentence of the definitions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from .dataset import (
    Agreement,
    Batch,
    BatchYear,
    Complaint,
    Consortium,
    Dataset,
    Delivery,
    Exemption,
    Group,
    Institution,
    Line,
    Member,
    Order,
    Payment,
    Product,
    Receipt,
    Region,
    Return,
    Selection,
    timestamp,
)
from .export import exact, six_places
from .periods import Month, nth_workday_after, year_before
from .policies import Terms, policy_clause, province_policy
from .rows import Row, held
from .terms.complaints import resolution_deadline
from .terms.completion import completion
from .terms.payments import payment_on_time_rate
from .terms.reports import signing_rate
from .terms.shares import non_selected_share
from .terms.supply import supply
from .warnings import warnings
from .world import World

MARCH = Month.parse("2026-03")
CUT = MARCH.cut
TICK = timedelta(microseconds=1)
HOSPITAL, LEAD = "H36010200001", "H36010200002"
SELECTED, OTHER, STANDBY = "X-SELECTED", "X-OTHER", "X-STANDBY"
SENT = timestamp("2026-03-02T10:00")


def product(code: str, tags: str = "") -> Product:
    return Product(code, "G", "M", "drug", Decimal(10), frozenset(tags.split(";")))


def selection(code: str, role: str) -> Selection:
    return Selection("B", code, "360000", None, None, role, Decimal(20))


def agreement(quantity: str, product_code: str = SELECTED) -> Agreement:
    signed = timestamp("2026-01-01T00:00")
    return Agreement(
        "A1",
        "B",
        1,
        HOSPITAL,
        "M",
        "D",
        product_code,
        Decimal(quantity),
        Decimal(20),
        signed,
        signed,
        signed,
    )


def province() -> Dataset:
    """Two hospitals of one county, a batch of jiangxi-2024 over 2026, one group; nothing ordered yet."""
    return Dataset(
        regions=[
            Region("360000", "江西省", "province", None),
            Region("360100", "南昌市", "city", "360000"),
            Region("360102", "东湖区", "county", "360100"),
        ],
        pools=[],
        institutions=[Institution(HOSPITAL, "360102", "3601"), Institution(LEAD, "360102", "3601")],
        consortia=[Consortium("C", LEAD)],
        members=[],
        groups=[Group("G", "drug")],
        products=[product(SELECTED), product(OTHER), product(STANDBY)],
        substitutes=[],
        batches=[Batch("B", "drug", "jiangxi-2024", date(2026, 1, 1), date(2026, 12, 31))],
        years=[BatchYear("B", 1, date(2026, 1, 1), date(2026, 12, 31))],
        parameters=[],
        selections=[selection(SELECTED, "selected"), selection(STANDBY, "standby")],
        reports=[],
        agreements=[],
        orders=[],
        lines=[],
        deliveries=[],
        receipts=[],
        returns=[],
        complaints=[],
        history=[],
        exemptions=[],
        payments=[],
    )


def line(packs: str = "10", product_code: str = SELECTED, price: str = "20") -> Line:
    return Line(
        "O1",
        "1",
        product_code,
        None,
        Decimal(packs),
        Decimal(price),
        "confirmed",
        SENT,
        None,
        None,
    )


def bought(data: Dataset, *parts: tuple[Line, datetime, str]) -> Dataset:
    """Each part is a line of its own order, with what was accepted of it at an instant."""
    orders, lines, receipts = [], [], []
    for index, (template, at, packs) in enumerate(parts):
        number = f"O{index}"
        orders.append(Order(number, HOSPITAL, "D", SENT, False))
        lines.append(replace(template, order_no=number))
        receipts.append(Receipt(number, "1", "1", Decimal(packs), at))
    return replace(data, orders=orders, lines=lines, receipts=receipts)


def found(
    rows: list[Row], indicator: str, subject_type: str = "institution", window: str = "ytd"
) -> list[tuple[Decimal | int, Decimal | int]]:
    return [
        (row.numerator, row.denominator)
        for row in rows
        if (row.key.indicator, row.key.subject_type, row.key.window)
        == (indicator, subject_type, window)
    ]


@pytest.mark.parametrize(("at", "packs"), [(CUT - TICK, [100]), (CUT, [])])
def test_an_event_exactly_at_the_cut_belongs_to_the_next_month(
    at: datetime, packs: list[int]
) -> None:
    data = bought(province(), (line(), at, "10"))
    assert found(completion(World(data, MARCH)), "completion_rate") == [(p, 0) for p in packs]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "unit"),
    [
        (date(2026, 3, 31), None, LEAD),
        (date(2026, 4, 1), None, HOSPITAL),
        (date(2025, 1, 1), date(2026, 3, 31), LEAD),
        (date(2025, 1, 1), date(2026, 3, 30), HOSPITAL),
    ],
)
def test_the_unit_is_decided_on_the_last_day_before_the_cut(
    valid_from: date, valid_to: date | None, unit: str
) -> None:
    data = replace(province(), members=[Member("C", HOSPITAL, valid_from, valid_to)])
    assert World(data, MARCH).unit_of[HOSPITAL] == unit


@pytest.mark.parametrize(
    ("month", "progress"),
    [("2026-01", Fraction(31, 365)), ("2026-03", Fraction(90, 365)), ("2027-02", Fraction(1))],
)
def test_time_progress_counts_both_ends_and_is_never_over_the_whole(
    month: str, progress: Fraction
) -> None:
    data = province()
    assert World(data, Month.parse(month)).time_progress(data.years[0]) == progress


def test_twelve_months_before_a_leap_day_start_on_28_february() -> None:
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2025, 2, 28)) == date(2024, 2, 28)


def test_working_days_follow_the_swapped_days() -> None:
    # 2026-02-14 is a Saturday on which one works; the holiday lasts from the 15th to the 23rd.
    assert nth_workday_after(date(2026, 2, 13), 1, date(2026, 3, 31)) == date(2026, 2, 14)
    assert nth_workday_after(date(2026, 2, 13), 2, date(2026, 3, 31)) == date(2026, 2, 24)
    assert nth_workday_after(date(2026, 12, 30), 3, date(2026, 12, 31)) is None


def test_timestamps_with_an_offset_are_moved_to_shanghai() -> None:
    assert timestamp("2026-03-31T16:00:00Z") == CUT
    assert timestamp("2026-03-31 23:59:59.999999") == CUT - TICK


def test_the_clause_is_the_entry_of_the_policys_own_document() -> None:
    assert policy_clause("shandong-2023", "schedule_check") == "鲁 指标四"
    assert policy_clause("jiangxi-2026", "schedule_check") == "赣2024 五"
    assert policy_clause("jiangxi-2026", "non_selected_share_max") == "赣2026 考核"
    assert policy_clause("jiangxi-2024", "abnormal_multiple") == "鲁 指标七"


def test_an_override_replaces_the_value_and_its_clause_if_it_has_one() -> None:
    own = Terms("jiangxi-2026", {"non_selected_share_max": ("0.4", "执行文件 三")})
    bare = Terms("jiangxi-2026", {"non_selected_share_max": ("0.4", None)})
    assert own.clause("non_selected_share_max") == "执行文件 三"
    assert bare.clause("non_selected_share_max") == "赣2026 考核"
    assert Terms("jiangxi-2026", {}).in_force("non_selected_share_max") is None


def test_the_provinces_policy_begins_on_its_day() -> None:
    assert province_policy("360000", date(2024, 6, 6)) == "jiangxi-2019"
    assert province_policy("360000", date(2024, 6, 7)) == "jiangxi-2024"
    assert province_policy("370000", date(2023, 2, 28)) is None
    assert province_policy("430000", date(2026, 1, 1)) is None


def test_figures_are_held_to_8_decimals_half_away_from_zero() -> None:
    assert held(Fraction(5, 10**9)) == Decimal("0.00000001")
    assert held(Fraction(-5, 10**9)) == Decimal("-0.00000001")
    assert held(Fraction(2, 3)) == Decimal("0.66666667")


def test_exported_numbers_have_no_trailing_zeros_and_no_negative_zero() -> None:
    assert [exact(Decimal(text)) for text in ("1500", "1.50000000", "-0", "0E-8")] == [
        "1500",
        "1.5",
        "0",
        "0",
    ]
    assert six_places(Fraction(-1, 10**9)) == "0.000000"
    assert six_places(Fraction(1, 2_000_000)) == "0.000001"
    assert six_places(None) == ""


def test_covered_standby_is_shared_in_proportion_to_the_agreed_quantity() -> None:
    data = bought(province(), (line(product_code=STANDBY), CUT - TICK, "10"))
    data = replace(
        data,
        products=[*data.products, product("X-SECOND")],
        agreements=[agreement("1"), replace(agreement("2", "X-SECOND"), agreement_no="A2")],
    )
    without = completion(World(data, MARCH))
    assert found(without, "completion_rate") == [(0, 2), (0, 1)]
    exemption = Exemption("E", None, "G", None, None, "standby_counts", None, date(2026, 3, 31))
    rows = completion(World(replace(data, exemptions=[exemption]), MARCH))
    assert found(rows, "completion_rate") == [
        (Decimal("66.66666667"), 2),
        (Decimal("33.33333333"), 1),
    ]
    # 20 a pack of 10 agreed for both: 2 per base unit.
    assert found(rows, "completion_amount_rate") == [(Decimal(200), Decimal(6))]
    assert found(rows, "completion_capped_rate") == [(Decimal(6), Decimal(6))]


@pytest.mark.parametrize(("price", "counts"), [("19.9999", False), ("20", True), ("20.0001", True)])
def test_equal_quality_is_left_out_strictly_below_the_lowest_selected_price(
    price: str, counts: bool
) -> None:
    data = bought(province(), (line(product_code=OTHER, price=price), CUT - TICK, "10"))
    data = replace(
        data, products=[product(SELECTED), product(OTHER, "equal_quality"), product(STANDBY)]
    )
    expected = [(Decimal(100), Decimal(100))] if counts else []
    assert found(non_selected_share(World(data, MARCH)), "non_selected_share") == expected


def test_a_product_with_both_roles_is_selected() -> None:
    data = province()
    both = [*data.selections, replace(selection(STANDBY, "selected"), region_code="360100")]
    world = World(replace(data, selections=both), MARCH)
    assert world.role("B", STANDBY, HOSPITAL, date(2026, 3, 1)) == "selected"


def test_a_selected_product_on_a_line_of_another_batch_is_on_neither_side() -> None:
    elsewhere = replace(line(), batch_code="ANOTHER")
    data = bought(province(), (elsewhere, CUT - TICK, "10"), (line(), CUT - TICK, "1"))
    rows = non_selected_share(World(data, MARCH))
    assert found(rows, "non_selected_share") == [(Decimal(0), Decimal(10))]


def supplied(template: Line, delivered_at: datetime | None = None, packs: str = "10") -> Dataset:
    order = Order("O1", HOSPITAL, "D", SENT, False)
    deliveries = [Delivery("O1", "1", "1", Decimal(packs), delivered_at)] if delivered_at else []
    return replace(province(), orders=[order], lines=[template], deliveries=deliveries)


RESPONSE_DUE, DELIVERY_DUE = SENT + timedelta(hours=48), SENT + timedelta(hours=72)
UNANSWERED = replace(line(), response=None, responded_at=None)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (replace(line(), responded_at=RESPONSE_DUE), [(1, 1)]),
        (replace(line(), responded_at=RESPONSE_DUE + TICK), [(0, 1)]),
        (UNANSWERED, [(0, 1)]),
        (replace(UNANSWERED, cancelled_at=RESPONSE_DUE - TICK), []),
        (replace(UNANSWERED, cancelled_at=RESPONSE_DUE), [(0, 1)]),
        (replace(line(), cancelled_at=SENT), [(1, 1)]),
        (replace(line(), responded_at=SENT + TICK, cancelled_at=SENT), []),
        (replace(line(), response="rejected", reject_reason="delisted"), []),
        (replace(line(), response="rejected", reject_reason="price"), [(0, 1)]),
        (
            replace(line(), response="rejected", reject_reason="delisted", responded_at=CUT),
            [(0, 1)],
        ),
    ],
)
def test_response_rate_of_a_line(template: Line, expected: list[tuple[int, int]]) -> None:
    rows = supply(World(supplied(template), MARCH))
    assert found(rows, "response_rate", "distributor", "month") == expected


@pytest.mark.parametrize(
    ("delivered_at", "packs", "on_time"),
    [(DELIVERY_DUE, "10", 1), (DELIVERY_DUE + TICK, "10", 0), (DELIVERY_DUE, "9.9999", 0)],
)
def test_on_time_means_in_full_by_the_deadline(
    delivered_at: datetime, packs: str, on_time: int
) -> None:
    rows = supply(World(supplied(line(), delivered_at, packs), MARCH))
    assert found(rows, "on_time_rate", "manufacturer", "month") == [(on_time, 1)]


FILED = timestamp("2026-03-02T09:00")  # a Monday: reply due on the 4th


@pytest.mark.parametrize(
    ("replied_at", "promised_on", "deadline"),
    [
        (timestamp("2026-03-03T09:00"), None, date(2026, 3, 10)),
        (timestamp("2026-03-03T09:00"), date(2026, 3, 9), date(2026, 3, 9)),
        (timestamp("2026-03-03T09:00"), date(2026, 3, 20), date(2026, 3, 10)),
        (timestamp("2026-03-20T09:00"), date(2026, 3, 30), date(2026, 3, 11)),
        (None, None, date(2026, 3, 11)),
        (CUT, date(2026, 3, 5), date(2026, 3, 11)),
    ],
)
def test_resolution_deadline(
    replied_at: datetime | None, promised_on: date | None, deadline: date
) -> None:
    complaint = Complaint("T", None, HOSPITAL, "M", "D", FILED, replied_at, promised_on, None)
    assert resolution_deadline(World(province(), MARCH), complaint) == deadline


def paid(*payments: tuple[str, date]) -> list[Payment]:
    return [
        Payment(f"P{index}", "O0", "1", Decimal(amount), day)
        for index, (amount, day) in enumerate(payments)
    ]


FEBRUARY = timestamp("2026-02-10T00:00")


@pytest.mark.parametrize(
    ("payments", "settled"),
    [
        (paid(("200", date(2026, 3, 31))), 200),
        (paid(("200", date(2026, 4, 1))), 0),
        (paid(("500", date(2026, 2, 11))), 200),
        (paid(("50", date(2026, 2, 11)), ("60", date(2026, 3, 1))), 110),
    ],
)
def test_payments_settle_a_receipt_up_to_its_due_date(
    payments: list[Payment], settled: int
) -> None:
    data = replace(bought(province(), (line(), FEBRUARY, "10")), payments=payments)
    rows = payment_on_time_rate(World(data, MARCH))
    assert found(rows, "payment_on_time_rate", window="month") == [(settled, 200)]


def test_corrections_and_returns_settle_by_the_same_formula() -> None:
    """Accepted 10, corrected by −4, 2 returned: 120 − 40 is owed, 60 paid; E = 200, then 120; P = 60 + 40."""
    data = bought(province(), (line(), FEBRUARY, "10"))
    data = replace(
        data,
        receipts=[*data.receipts, Receipt("O0", "1", "1", Decimal(-4), FEBRUARY + TICK)],
        returns=[Return("R", "O0", "1", Decimal(2), timestamp("2026-03-31T23:59"))],
        payments=paid(("60", date(2026, 3, 31))),
    )
    rows = payment_on_time_rate(World(data, MARCH))
    assert found(rows, "payment_on_time_rate", window="month") == [(100, 120)]


@pytest.mark.parametrize(
    ("bought_packs", "severity"),
    [("90", None), ("89.9999", "yellow"), ("53.5", "yellow"), ("53.4", "orange"), ("0", "red")],
)
def test_severity_of_behind_schedule(bought_packs: str, severity: str | None) -> None:
    """A = 3,650 and 90 of 365 days passed: 900 is due; 0.10 of A is 365 less. From nothing the gap is under 0.25."""
    data = bought(province(), (line(packs="100"), CUT - TICK, bought_packs))
    data = replace(data, agreements=[agreement("3650")])
    if severity == "red":
        june = Month.parse("2026-06")
        world = World(data, june)
    else:
        world = World(data, MARCH)
    found_rules = [
        warning.severity
        for warning in warnings(world, completion(world))
        if warning.rule == "behind_schedule"
    ]
    assert found_rules == ([severity] if severity else [])


@pytest.mark.parametrize(("month", "severity"), [("2026-02", "orange"), ("2026-03", "red")])
def test_unsigned_agreement_is_red_from_the_third_calendar_month(month: str, severity: str) -> None:
    unsigned = replace(agreement("100"), distributor_signed_at=None)
    world = World(replace(province(), agreements=[unsigned]), Month.parse(month))
    assert [warning.severity for warning in warnings(world, signing_rate(world))] == [severity]
