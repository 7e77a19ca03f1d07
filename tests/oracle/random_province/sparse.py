"""Cases at the smallest counts that a rule judges, at a year's last day, and of a line selected for a part of its time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from ..periods import add_months, midnight
from ..policies import POLICIES
from .catalogue import Catalogue, add_batch, add_product
from .draft import TICK, Draft, number
from .exact import (
    ELAPSED_DAYS,
    NO_WAIT,
    STEP,
    add_delivery,
    agree,
    buy,
    quiet_group,
    quiet_product,
    select,
)
from .places import Places

ONE_HOUR = timedelta(hours=1)
JUDGED_MONTHS = ((10, 2), (10, 1), (9, 3), (12, 2), (10, 3), (11, 2))


def make_sparse_cases(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    few_deliveries(draft, places, catalogue)
    rare_enterprise(draft, places, catalogue)
    year_that_ends_with_the_month(draft, places, catalogue)
    line_selected_later(draft, places, catalogue)
    settled_around_the_due_day(draft, places, catalogue)
    year_from_a_leap_day(draft, places, catalogue)
    promises_answered_at_the_cut(draft, places)


def few_deliveries(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Two or three deliveries of one hospital, never received."""
    product = quiet_product(draft, places, catalogue, None)
    for _ in range(draft.rng.choice((2, 3))):
        buy(
            draft,
            places,
            product,
            Decimal(1),
            institution=places.sleepy,
            waits=(NO_WAIT, NO_WAIT, None),
        )


def rare_enterprise(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """An enterprise that makes and delivers one product: 9 to 20 lines a month or a quarter, a tenth or more late.

    Batch R runs over all of the quarters that can turn late_delivery red.
    """
    rng, month = draft.rng, draft.month
    starts_on = add_months(month.first_day, -10)
    ends_on = starts_on + timedelta(days=500)
    add_batch(
        draft,
        catalogue,
        "R",
        rng.choice(POLICIES),
        category="drug",
        cycle=(starts_on, ends_on),
        years=[(1, starts_on, ends_on)],
    )
    rare = places.rare_enterprise
    product = add_product(
        draft, places, catalogue, None, "drug", base_units="1", tags="", manufacturer=rare
    )
    select(draft, places, product, batch="R")
    for back in range(9):
        start = month.plus(-back).window.start
        quarter_month = (rng.choice((3, 4, 8, 10)), rng.choice((0, 1, 1, 2)))
        lines, late = rng.choice(JUDGED_MONTHS) if back == 0 else quarter_month
        for index in range(lines):
            fails = index < late
            buy(
                draft,
                places,
                product,
                Decimal(1),
                sent_at=start + timedelta(days=2 + index % 9, hours=index),
                institution=places.sleepy,
                distributor=rare,
                waits=(
                    rng.choice((None, timedelta(hours=49))) if fails else timedelta(hours=48),
                    timedelta(hours=80) if fails else timedelta(hours=24),
                    timedelta(hours=1),
                ),
            )
        if draft.chance(0.6):
            rejected_around_the_cut(draft, places, product, start)
    for _ in range(3):
        rejected_around_the_cut(draft, places, product, draft.cut)


def rejected_around_the_cut(
    draft: Draft, places: Places, product: str, month_start: datetime
) -> None:
    """Due at the month's end, refused as a duplicate around its cut: known then, or only in the next month."""
    sent_at = month_start - timedelta(hours=73)
    order_no = f"Q{len(draft.tables['orders']):06d}"
    draft.add(
        "orders",
        order_no=order_no,
        institution_code=places.sleepy,
        distributor_uscc=places.rare_enterprise,
        sent_at=sent_at,
        urgent=0,
        client_no=None,
        receiving_place=None,
    )
    draft.add(
        "order_lines",
        order_no=order_no,
        line_no=1,
        product_code=product,
        batch_code=draft.rng.choice((None, "R")),
        packs=Decimal(1),
        unit_price=Decimal(2),
        response="rejected",
        responded_at=month_start + draft.rng.choice((NO_WAIT, NO_WAIT, -TICK, ONE_HOUR)),
        reject_reason="duplicate",
        cancelled_at=None,
    )


def year_that_ends_with_the_month(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """90 of 100 at the end: behind by little, red because the year is over; 100 is complete; 99.9999 is not."""
    last_day = draft.month.last_day
    starts_on = last_day - timedelta(days=ELAPSED_DAYS)
    policy = draft.rng.choice(POLICIES)
    cycle = (starts_on, last_day)
    add_batch(draft, catalogue, "S", policy, category="drug", cycle=cycle, years=[(1, *cycle)])
    for bought in (Decimal(90), Decimal(100), 100 - STEP):
        product = quiet_product(draft, places, catalogue, None)
        select(draft, places, product, batch="S")
        agree(draft, places, catalogue, product, Decimal(100), batch="S")
        buy(draft, places, product, number(bought))


def line_selected_later(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Two deliveries of a line, received before and after the product becomes selected; half of it is paid."""
    first_received = draft.cut - timedelta(days=ELAPSED_DAYS - 3)
    product = quiet_product(draft, places, catalogue, None)
    select(draft, places, product, valid_from=(first_received + timedelta(days=2)).date())
    order_no = buy(draft, places, product, Decimal(5), ordered=Decimal(10), sent_at=first_received)
    second_received = first_received + timedelta(days=3)
    add_delivery(
        draft,
        order_no,
        2,
        packs=Decimal(5),
        delivered_at=second_received,
        received_at=second_received,
    )
    draft.add(
        "payments",
        payment_no="PQ1",
        institution_code=places.quiet,
        enterprise_uscc=places.distributors[0],
        batch_code=None,
        order_no=order_no,
        line_no=1,
        amount=Decimal(10),
        paid_on=draft.month.last_day,
        payer="fund",
    )


def year_from_a_leap_day(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Where the month allows it: the twelve months before 29 February start on 28 February."""
    leap_day = date(2024, 2, 29)
    if not 0 <= (draft.month.last_day - leap_day).days < 400:
        return
    cycle = (leap_day, leap_day + timedelta(days=365))
    policy = draft.rng.choice(POLICIES)
    add_batch(draft, catalogue, "L", policy, category="drug", cycle=cycle, years=[(1, *cycle)])
    group = quiet_group(draft, "QL")
    chosen = quiet_product(draft, places, catalogue, group)
    substitute = quiet_product(draft, places, catalogue, None)
    select(draft, places, chosen, batch="L")
    draft.add("substitutes", group_code=group, product_code=substitute)
    start = midnight(date(2023, 2, 28))
    for packs, at in ((1, start - TICK), (10, start), (100, midnight(leap_day) - TICK)):
        buy(draft, places, substitute, Decimal(packs), sent_at=at)


def promises_answered_at_the_cut(draft: Draft, places: Places) -> None:
    """A promise counts only if its reply is known at the cut."""
    for serial in range(6):
        filed_at = draft.cut - timedelta(days=draft.rng.choice((1, 20)))
        promised_on = min(filed_at.date() + timedelta(days=3), draft.month.last_day)
        draft.add(
            "complaints",
            complaint_no=f"TQ{serial}",
            filed_by=None,
            institution_code=places.quiet,
            manufacturer_uscc=places.rare_enterprise,
            distributor_uscc=None,
            product_code=None,
            category=None,
            filed_at=filed_at,
            replied_at=draft.beside(draft.cut),
            promised_on=promised_on,
            resolved_at=midnight(promised_on) + timedelta(hours=draft.rng.choice((23, 24, 30))),
        )


def settled_around_the_due_day(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Received in the month before, so due on the month's last day: paid or sent back on that day, or just after."""
    product = quiet_product(draft, places, catalogue, None)
    select(draft, places, product, batch="R")
    received_at = draft.month.window.start - timedelta(days=5)
    for serial, (paid_after, returned_after) in enumerate(((0, -1), (1, -1), (0, 0), (1, 0))):
        order_no = buy(draft, places, product, Decimal(10), sent_at=received_at)
        draft.add(
            "payments",
            payment_no=f"PD{serial}",
            institution_code=places.quiet,
            enterprise_uscc=places.distributors[0],
            batch_code=draft.rng.choice((None, "R")),
            order_no=order_no,
            line_no=1,
            amount=Decimal(draft.rng.choice((15, 20, 5))),
            paid_on=draft.month.last_day + timedelta(days=paid_after),
            payer=draft.rng.choice(("fund", "institution")),
        )
        draft.add(
            "returns",
            return_no=f"RD{serial}",
            order_no=order_no,
            line_no=1,
            packs=Decimal(1),
            returned_at=draft.cut + returned_after * TICK,
        )
