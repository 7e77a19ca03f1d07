"""Receiving in the demonstration: notes that wait with codes, a correction, a return asked for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.operations import operation
from core.transitions import Refusal
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import Delivery, ProductMark, ReturnRequest
from procurement.operations.code_shipments import CodeLoad, ShippedCode, bind_mark, ship_codes
from procurement.operations.receipts import TakenRow, correct_receipt, receive
from procurement.operations.return_requests import ask_return
from procurement.queries.receiving import codes_demanded, waiting_deliveries

FIRST_MARK = 8_360_001
CODES = 20
"""At most so many codes for a delivery: enough to scan."""


@operation
def create_demo_receiving(*, at: datetime) -> int:
    """As the demo's people would; gives how many deliveries were touched, 0 the second time."""
    names = ("hospital", "distributor", "manufacturer")
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=names
        )
    }
    if len(people) < len(names) or ReturnRequest.objects.exists():
        return 0
    scope = scope_of(people["hospital"], timezone.localdate(at))
    rows = list(waiting_deliveries(scope).order_by("-recorded_at", "pk")[:40])
    whole = [row for row in rows if row.packs == int(row.packs) and row.packs >= 2]
    usable = [row for row in whole if not row.expires_on or row.expires_on >= scope.on]
    # The newest stay to be received; one older is taken, corrected and partly asked back.
    uncoded = [row for row in usable[1:] if not _asks_codes(row, at)]
    if uncoded:
        _take(uncoded[-1], people["hospital"], at)
    return sum(_codes(row, people, at) for row in usable[:3]) + bool(uncoded)


def _asks_codes(sent: Delivery, at: datetime) -> bool:
    return sent.product.category == "drug" and codes_demanded(sent.province, timezone.localdate(at))


def _take(sent: Delivery, by: User, at: datetime) -> None:
    acting: dict[str, Any] = {"by": by, "scope": scope_of(by, timezone.localdate(at)), "at": at}
    receive(rows=[TakenRow(sent, sent.packs)], **acting)
    correct_receipt(
        delivery=sent, accepted=sent.packs - 1, refused=Decimal(1), words="复点时发现一件外包装破损",
        **acting,
    )  # fmt: skip
    if sent.packs > 2:
        ask_return(
            delivery=sent, packs=Decimal(1), kind="return", reason="damaged",
            words="内包装破损，申请退货", **acting,
        )  # fmt: skip


def _codes(sent: Delivery, people: dict[str, User], at: datetime) -> int:
    """Codes of a delivery of the demo's own manufacturer and distributor; others are left alone."""
    maker, carrier = people["manufacturer"], people["distributor"]
    if (sent.manufacturer_id, sent.distributor_id) != (
        maker.organisation_id, carrier.organisation_id,
    ) or sent.product.category != "drug":  # fmt: skip
        return 0
    on = timezone.localdate(at)
    mark = ProductMark.objects.filter(product=sent.product_id).first()
    if mark is None:
        number = FIRST_MARK + ProductMark.objects.count()
        mark = bind_mark(
            product=sent.product, mark=str(number), by=maker, scope=scope_of(maker, on), at=at
        )
    packs = min(int(sent.packs), CODES)
    codes = [
        ShippedCode(f"{mark.mark}{sent.pk:09d}{n:04d}", f"{mark.mark}{sent.pk:09d}9999")
        for n in range(packs)
    ]
    try:
        ship_codes(loads=[CodeLoad(sent, codes)], by=carrier, scope=scope_of(carrier, on), at=at)
    except Refusal:
        return 0
    return 1
