"""Orders from a hospital's own system: sent at once, or kept for approval inside over its amount."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from procurement.models import Cart, CartLine, Order
from procurement.operations.carts import CENT, OBJECT_TYPE, approval_over, ask_inside
from procurement.operations.order_checks import check_rows
from procurement.operations.place_orders import (
    OrderRow,
    Placed,
    content_digest,
    place_orders,
    require_number,
)
from procurement.queries.ordering import APPROVERS
from procurement.rules.ordering import CLAUSE


@dataclass(frozen=True)
class Requested:
    """Orders, or the cart that waits inside the institution until somebody approves it."""

    placed: Placed | None = None
    waiting: Cart | None = None


@operation
def request_orders(
    *,
    institution: Organisation,
    rows: Sequence[OrderRow],
    client_no: str,
    urgent: bool,
    receiving_place: str,
    by: User,
    scope: Scope,
    at: datetime,
    confirmed: bool = False,
) -> Requested:
    """As `place_orders`; over the amount that the institution set, and not by an approver, it waits.

    What waits is a cart with the client's number: approved on its page or by API, it becomes the
    orders of that number. The same number with the same content gives the same answer again, first
    the waiting cart, then its orders.

    Raises what place_orders raises, before anything waits; TransitionRefused for a number whose
    cart was dropped or stood for something else.
    """
    number = require_number(institution, client_no, rows, scope)
    digest = content_digest(rows, urgent, receiving_place)
    whole = hashlib.sha256(f"{institution.code} {digest}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"request {scope.organisation_id} {number}"],
        )
    sent: dict[str, Any] = {
        "institution": institution, "rows": rows, "client_no": number, "urgent": urgent,
        "receiving_place": receiving_place, "by": by, "scope": scope, "at": at,
    }  # fmt: skip
    held = Cart.objects.filter(institution=scope.organisation_id, client_no=number).first()
    if held is not None:
        return _again(held, whole, institution)
    over = approval_over(scope.organisation_id)
    known = Order.objects.filter(institution=institution, submission_no=number).exists()
    if over is None or known or scope.has_role(*APPROVERS):
        return Requested(placed=place_orders(**sent, confirmed=confirmed))
    if not receiving_place.strip():
        raise MissingInput("receiving_place", "请写明收货地点、联系人和收货时间", CLAUSE)
    checked = check_rows(
        institution=institution, rows=rows, urgent=urgent, at=at, confirmed=confirmed
    )
    amount = sum((row.packs * row.price for row in checked), Decimal(0)).quantize(
        CENT, ROUND_HALF_UP
    )
    if amount <= over:
        return Requested(placed=place_orders(**sent, checked=checked))
    stamps: dict[str, Any] = stamps_of(by.organisation)
    cart = Cart.objects.create(
        **stamps, client_no=number, content_digest=whole, place_words=receiving_place.strip(),
        urgent=urgent, amount=amount, checked=confirmed, state=Cart.State.AWAITING, made_at=at,
        changed_at=at, changed_by_id=by.audit_id, changed_by_name=by.audit_name, state_at=at,
        state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    cart.refresh_from_db()
    CartLine.objects.bulk_create(
        CartLine(
            cart=cart, institution=institution, product=row.product, packs=row.packs,
            clinical_reason=row.reason, batch_code=row.batch, distributor_code=row.distributor,
        )
        for row in rows
    )  # fmt: skip
    record(
        by=by, at=at, action="cart.request", object_type=OBJECT_TYPE, object_key=cart.pk,
        object_label=str(cart), clause=CLAUSE,
        detail={"client_no": number, "lines": len(rows), "amount": f"{amount:f}",
                "approval_over": f"{over:f}"},
    )  # fmt: skip
    title = f"审批院内系统订单 {number}：{amount:,} 元"
    ask_inside(cart, "approve_cart", title, APPROVERS, at)
    return Requested(waiting=cart)


def _again(held: Cart, digest: str, institution: Organisation) -> Requested:
    if held.content_digest != digest:
        raise TransitionRefused(
            f"院内单号 {held.client_no} 已用于内容不同的待审批订单 {held}：请换一个单号", CLAUSE
        )
    if held.state == Cart.State.DROPPED:
        raise TransitionRefused(
            f"院内单号 {held.client_no} 的订单 {held} 已在院内作废：请换一个单号重新提交", CLAUSE
        )
    if held.state != Cart.State.SENT:
        return Requested(waiting=held)
    own = Order.objects.filter(institution=institution, submission_no=held.client_no)
    return Requested(placed=Placed(list(own.order_by("pk")), again=True))
