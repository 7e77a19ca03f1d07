"""One quiet hospital whose figures meet each limit exactly, or pass it by the smallest step."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from ..periods import add_months, midnight
from ..policies import POLICIES
from .catalogue import Catalogue, add_batch, add_product
from .draft import Draft, number
from .places import Places

ELAPSED_DAYS = 40
YEAR_DAYS = 100
STEP = Decimal("0.0001")
NO_WAIT = timedelta(0)


def make_exact_cases(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Batch Q: 40 of the 100 days of its year have passed at the cut, so time progress is exactly 0.4."""
    starts_on = (draft.cut - timedelta(days=ELAPSED_DAYS)).date()
    ends_on = starts_on + timedelta(days=YEAR_DAYS - 1)
    policy = draft.rng.choice(POLICIES)
    cycle = (starts_on, ends_on)
    add_batch(draft, catalogue, "Q", policy, category="drug", cycle=cycle, years=[(1, *cycle)])
    for parameter, value in (("overrun_multiple", "4"), ("fulfilment_rate_min", "0.8")):
        if draft.chance(0.5):
            draft.add(
                "batch_parameters", batch_code="Q", parameter=parameter, value=value, clause=None
            )
    completions(draft, places, catalogue)
    shares(draft, places, catalogue)
    substitutes(draft, places, catalogue)
    abnormal_orders(draft, places, catalogue)


def quiet_group(draft: Draft, name: str) -> str:
    draft.add("groups", code=name, name=f"品种{name}", category="drug", base_unit="片")
    return name


def quiet_product(draft: Draft, places: Places, catalogue: Catalogue, group: str | None) -> str:
    return add_product(draft, places, catalogue, group, "drug", base_units="1", tags="")


def select(
    draft: Draft, places: Places, product: str, *, batch: str = "Q", valid_from: date | None = None
) -> None:
    draft.add(
        "selections",
        batch_code=batch,
        product_code=product,
        region_code=places.province,
        valid_from=valid_from,
        valid_to=None,
        role="selected",
        price=Decimal(2),
    )


def agree(
    draft: Draft,
    places: Places,
    catalogue: Catalogue,
    product: str,
    quantity: Decimal,
    *,
    batch: str = "Q",
) -> None:
    signed_at = draft.cut - timedelta(days=50)
    draft.add(
        "agreements",
        agreement_no=f"Q{len(draft.tables['agreements']):05d}",
        batch_code=batch,
        year_no=1,
        institution_code=places.quiet,
        manufacturer_uscc=catalogue.manufacturer_of[product],
        distributor_uscc=places.distributors[0],
        product_code=product,
        agreed_qty=quantity,
        price=Decimal(2),
        institution_signed_at=signed_at,
        manufacturer_signed_at=signed_at,
        distributor_signed_at=signed_at,
    )


def buy(
    draft: Draft,
    places: Places,
    product: str,
    packs: Decimal,
    *,
    ordered: Decimal | None = None,
    sent_at: datetime | None = None,
    institution: str | None = None,
    distributor: str | None = None,
    waits: tuple[timedelta | None, timedelta, timedelta | None] = (NO_WAIT, NO_WAIT, NO_WAIT),
) -> str:
    """A line without a batch; `waits`: to the answer, from it to the delivery, from that to the receipt (None: never)."""
    at = sent_at or draft.cut - timedelta(days=20)
    order_no = f"Q{len(draft.tables['orders']):06d}"
    draft.add(
        "orders",
        order_no=order_no,
        institution_code=institution or places.quiet,
        distributor_uscc=distributor or places.distributors[0],
        sent_at=at,
        urgent=0,
        client_no=None,
        receiving_place=None,
    )
    answer, delivery, receipt = waits
    draft.add(
        "order_lines",
        order_no=order_no,
        line_no=1,
        product_code=product,
        batch_code=None,
        packs=ordered or packs,
        unit_price=Decimal(2),
        response=None if answer is None else "confirmed",
        responded_at=None if answer is None else at + answer,
        reject_reason=None,
        cancelled_at=None,
    )
    delivered_at = at + (answer or NO_WAIT) + delivery
    received_at = None if receipt is None else delivered_at + receipt
    add_delivery(
        draft, order_no, 1, packs=packs, delivered_at=delivered_at, received_at=received_at
    )
    return order_no


def add_delivery(
    draft: Draft,
    order_no: str,
    delivery_no: int,
    *,
    packs: Decimal,
    delivered_at: datetime,
    received_at: datetime | None,
) -> None:
    draft.add(
        "deliveries",
        order_no=order_no,
        line_no=1,
        delivery_no=delivery_no,
        packs=packs,
        shipped_at=None,
        delivered_at=delivered_at,
        lot_no=None,
        expires_on=None,
        note_no=None,
        invoice_no=None,
    )
    if received_at is not None:
        draft.add(
            "receipts",
            order_no=order_no,
            line_no=1,
            delivery_no=delivery_no,
            receipt_no=None,
            accepted_packs=packs,
            refused_packs=Decimal(0),
            received_at=received_at,
        )


def completions(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """A = 100 each: at time progress, at both gaps (0.10, 0.25), at 4 times A, and a step beside each; supply at 0.8."""
    for bought in (40, 30, 15, 400):
        for step in (Decimal(0), STEP, -STEP):
            product = quiet_product(draft, places, catalogue, None)
            select(draft, places, product)
            agree(draft, places, catalogue, product, Decimal(100))
            packs = number(bought + step)
            buy(draft, places, product, packs, ordered=Decimal(50) if bought == 40 else None)


def shares(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Non-selected of 100 at 30 % and 50 %, judged and, without a report, as unreported; and a step beside each."""
    for index, share in enumerate((30, 50)):
        for step in (Decimal(0), STEP):
            group = quiet_group(draft, f"QS{index}{int(step > 0)}")
            chosen, other = (quiet_product(draft, places, catalogue, group) for _ in range(2))
            select(draft, places, chosen)
            agree(draft, places, catalogue, chosen, Decimal(1))
            buy(draft, places, chosen, number(100 - share - step))
            buy(draft, places, other, number(share + step))


def substitutes(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """100 bought in the twelve months before; 100 and 40 in the year to date, and a step over each."""
    starts_on = (draft.cut - timedelta(days=ELAPSED_DAYS)).date()
    for index, bought in enumerate((100, 40)):
        for step in (Decimal(0), STEP):
            group = quiet_group(draft, f"QT{index}{int(step > 0)}")
            chosen = quiet_product(draft, places, catalogue, group)
            substitute = quiet_product(draft, places, catalogue, None)
            select(draft, places, chosen)
            draft.add("substitutes", group_code=group, product_code=substitute)
            buy(
                draft,
                places,
                substitute,
                Decimal(100),
                sent_at=midnight(starts_on) - timedelta(microseconds=1),
            )
            buy(draft, places, substitute, number(bought + step))


def abnormal_orders(draft: Draft, places: Places, catalogue: Catalogue) -> None:
    """Mean 1 by four months of 3: a line of 3 is not abnormal, 3.0001 is; with two months before, nothing is."""
    for months, packs in ((4, Decimal(3)), (4, 3 + STEP), (3, 3 + STEP), (2, Decimal(100))):
        product = quiet_product(draft, places, catalogue, None)
        for back in range(months):
            draft.add(
                "purchase_history",
                institution_code=places.quiet,
                product_code=product,
                month=f"{add_months(draft.month.first_day, -1 - back):%Y-%m}",
                packs=number(Decimal(12) / months),
                amount=Decimal(1),
            )
        buy(draft, places, product, packs)
