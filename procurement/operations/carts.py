"""The cart: filled, changed by several people, approved inside the institution, sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.urls import reverse

from catalog.models import Product
from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from procurement.models import Cart, CartLine, OrderingSetting, ReceivingPlace
from procurement.operations.order_checks import CheckedRow, check_rows
from procurement.operations.order_row import OrderRow
from procurement.operations.place_orders import Placed, place_orders
from procurement.queries.ordering import APPROVERS, cart_standings, may_order
from procurement.rules.ordering import MOST_LINES, packs_fault
from procurement.states.cart import APPROVER, CART_MACHINE, CLAUSE, EDITABLE

OBJECT_TYPE = CART_MACHINE.name
CENT = Decimal("0.01")


@dataclass(frozen=True)
class CartChange:
    """Packs of one product for one institution; 0 takes it out. `reason` None: left as it is."""

    institution: Organisation
    product: Product
    packs: Decimal
    reason: str | None = None


@dataclass(frozen=True)
class SentCart:
    cart: Cart
    placed: list[Placed] = field(default_factory=list)


@operation
def open_cart(*, by: User, scope: Scope, at: datetime) -> Cart:
    """The cart that the own institution is filling; made where there is none."""
    if not may_order(scope):
        raise NotYours("采购车由医疗机构的经办、审核人员或负责人填写", CLAUSE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"cart {scope.organisation_id}"],
        )
    held = Cart.objects.filter(institution_id=scope.organisation_id, state="draft").first()
    if held is not None:
        return held
    stamps: dict[str, Any] = stamps_of(by.organisation)
    made = Cart.objects.create(
        **stamps, made_at=at, changed_at=at, changed_by_id=by.audit_id,
        changed_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name, place=_default_place(scope.organisation_id),
    )  # fmt: skip
    made.refresh_from_db()
    record(
        by=by, at=at, action="cart.open", object_type=OBJECT_TYPE, object_key=made.pk,
        object_label=str(made),
    )  # fmt: skip
    return made


@operation
def change_cart(
    *,
    cart: Cart,
    changes: Sequence[CartChange],
    by: User,
    scope: Scope,
    at: datetime,
    urgent: bool | None = None,
    place: ReceivingPlace | None = None,
    seen_version: int | None = None,
) -> Cart:
    """Put packs in, change them or take them out; all or none. None leaves `urgent`, `place`.

    Raises NotYours, TransitionRefused where the cart is not being filled, StaleVersion where
    somebody else changed it since it was read, MissingInput for packs that cannot be ordered.
    """
    row = _locked(cart)
    if not cart_standings(scope, row):
        raise NotYours("采购车由本机构的经办、审核人员或负责人填写", CLAUSE)
    if row.state not in EDITABLE:
        raise TransitionRefused(
            f"采购车 {row} 的状态为“{row.get_state_display()}”，不能再改；请新建采购车", CLAUSE
        )
    settled = urgent in (None, row.urgent) and place in (None, row.place)
    # A tab sends every cell that it shows: an old one of the same person would undo the newer too.
    # What was just saved and is sent again with the press of a button differs in nothing.
    own = row.changed_by_id == by.audit_id
    if seen_version not in (None, row.row_version) and not (own and not changes and settled):
        who = "在您的另一个窗口" if own else f"由{row.changed_by_name}"
        raise StaleVersion(f"采购车 {row} 已{who}修改，请刷新看到最新内容后再填")
    for change in changes:
        if change.institution.pk not in scope.institution_ids:
            raise NotYours("只能为本机构或本医共体成员填写", CLAUSE)
        words = packs_fault(change.packs) if change.packs else ""
        if words:
            raise MissingInput("packs", f"{change.product}：{words}", CLAUSE)
        _put(row, change)
    if row.lines.count() > MOST_LINES:
        raise MissingInput("packs", f"一个采购车至多 {MOST_LINES} 行，请分次下单", CLAUSE)
    if place is not None and place.institution_id != row.institution_id:
        raise MissingInput("place", "请选择本机构的收货地点", CLAUSE)
    if not changes and settled:
        return row
    row.place = place or row.place
    row.place_words = "" if place is not None else row.place_words
    row.urgent = row.urgent if urgent is None else urgent
    row.checked = False
    row.changed_at, row.changed_by_id, row.changed_by_name = at, by.audit_id, by.audit_name
    row.row_version += 1
    row.save(
        update_fields=[
            "place", "place_words", "urgent", "checked", "changed_at", "changed_by_id", "changed_by_name",
            "row_version",
        ]
    )  # fmt: skip
    record(
        by=by, at=at, action="cart.change", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=str(row),
        detail={
            "changes": [[c.institution.code, c.product.code, f"{c.packs:f}"] for c in changes],
            "urgent": row.urgent,
        },
    )  # fmt: skip
    return row


@operation
def send_cart(
    *,
    cart: Cart,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
    confirmed: bool = False,
) -> SentCart:
    """Send the cart as orders, one for each institution and distributor; an approver's from approval.

    Raises what place_orders raises; TransitionRefused where the amount needs approval first.
    """
    row = _locked(cart)
    verb = "approve" if row.state == Cart.State.AWAITING else "send"
    amount, groups = _checked(row, at, confirmed=confirmed or row.checked)
    over = approval_over(row.institution_id)
    if verb == "send" and over is not None and amount > over and not _approves(scope, row):
        raise TransitionRefused(
            f"金额 {amount:,} 元超过本机构的 {over:,} 元：请先提交院内审批", CLAUSE
        )
    moved, _ = CART_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, seen_version=seen_version,
        standings=lambda held: cart_standings(scope, held),
    )  # fmt: skip
    Cart.objects.filter(pk=moved.pk).update(amount=amount)
    placed = [
        place_orders(
            institution=institution, rows=rows, client_no=moved.client_no or moved.cart_no,
            urgent=moved.urgent,
            receiving_place=_place_words(moved, institution), by=by, scope=scope, at=at,
            checked=checked,
        )
        for institution, rows, checked in groups
    ]  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.cart_no], at=at)
    return SentCart(moved, placed)


@operation
def submit_cart(
    *,
    cart: Cart,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
    confirmed: bool = False,
) -> Cart:
    """Ask for approval inside: what cannot be ordered is said now, not to the approver."""
    row = _locked(cart)
    amount, _ = _checked(row, at, confirmed=confirmed)
    moved: Cart
    moved, _ = CART_MACHINE.perform(
        verb="submit", obj=row, by=by, at=at, seen_version=seen_version,
        standings=lambda held: cart_standings(scope, held),
    )  # fmt: skip
    Cart.objects.filter(pk=moved.pk).update(amount=amount, checked=confirmed)
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.cart_no], at=at)
    ask_inside(moved, "approve_cart", f"审批采购车 {moved}：{amount:,} 元", APPROVERS, at)
    return moved


@operation
def step_cart(
    *,
    cart: Cart,
    verb: str,
    by: User,
    scope: Scope,
    at: datetime,
    return_reason: str = "",
    seen_version: int | None = None,
) -> Cart:
    """`return` (with a reason), `take_back` or `drop`."""
    moved: Cart
    moved, _ = CART_MACHINE.perform(
        verb=verb, obj=cart, by=by, at=at, seen_version=seen_version,
        inputs={"return_reason": return_reason.strip()},
        standings=lambda held: cart_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.cart_no], at=at)
    if verb == "return":
        ask_inside(
            moved, "mend_cart", f"采购车 {moved} 被退回：{moved.return_reason}", ("clerk",), at
        )
    return moved


def approval_over(institution_id: int) -> Decimal | None:
    """Yuan over which somebody else approves; None where the institution wants none."""
    found = OrderingSetting.objects.filter(institution_id=institution_id)
    return found.values_list("approval_over", flat=True).first()


def _locked(cart: Cart) -> Cart:
    rows = Cart.objects.select_for_update(of=("self",))
    return rows.select_related("institution__region__parent__parent", "place").get(pk=cart.pk)


def _put(cart: Cart, change: CartChange) -> None:
    own = CartLine.objects.filter(cart=cart, institution=change.institution, product=change.product)
    if not change.packs:
        own.delete()
        return
    values: dict[str, Any] = {"packs": change.packs}
    if change.reason is not None:
        values["clinical_reason"] = change.reason.strip()[:500]
    CartLine.objects.update_or_create(
        cart=cart, institution=change.institution, product=change.product, defaults=values
    )


def _checked(
    cart: Cart, at: datetime, *, confirmed: bool
) -> tuple[Decimal, list[tuple[Organisation, list[OrderRow], list[CheckedRow]]]]:
    """The amount at today's prices; by institution the rows and what was found of them, none wrong."""
    lines = cart.lines.select_related(
        "institution__region__parent__parent", "product__manufacturer"
    ).order_by("institution_id", "pk")
    groups: dict[int, tuple[Organisation, list[OrderRow]]] = {}
    for line in lines:
        held = groups.setdefault(line.institution_id, (line.institution, []))
        row = OrderRow(
            line.product, line.packs, line.batch_code, line.distributor_code, line.clinical_reason
        )
        held[1].append(row)
    if not groups:
        raise MissingInput("packs", "采购车是空的：请先填写订购数量", CLAUSE)
    found = []
    for institution, rows in groups.values():
        _place_words(cart, institution)
        checked = check_rows(
            institution=institution, rows=rows, urgent=cart.urgent, at=at, confirmed=confirmed
        )
        found.append((institution, rows, checked))
    total = sum((row.packs * row.price for each in found for row in each[2]), Decimal(0))
    return total.quantize(CENT, ROUND_HALF_UP), found


def _place_words(cart: Cart, institution: Organisation) -> str:
    """The place that the institution's system wrote, the cart's, or a member's own default one."""
    if cart.place_words:
        return cart.place_words
    own = institution.pk == cart.institution_id
    place = cart.place if own and cart.place else _default_place(institution.pk)
    if place is None:
        # Its own people know door and hours; a lead cannot write a member's.
        who = "请先在“收货地点”登记" if own else "请该机构的经办或库管先在“收货地点”登记"
        raise MissingInput("place", f"{institution.name}没有收货地点：{who}", CLAUSE)
    return place.words


def _default_place(institution_id: int) -> ReceivingPlace | None:
    own = ReceivingPlace.objects.filter(institution_id=institution_id, is_open=True)
    return own.order_by("-is_default", "pk").first()


def _approves(scope: Scope, cart: Cart) -> bool:
    return APPROVER in cart_standings(scope, cart)


def ask_inside(cart: Cart, act: str, title: str, roles: tuple[str, ...], at: datetime) -> None:
    """Put a step on the cart before these roles of its own institution."""
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=cart.institution_id, act=act, title=title,
                object_type=OBJECT_TYPE, object_key=cart.cart_no,
                url=reverse("cart-of", args=[cart.cart_no]), roles=roles,
            )
        ],
        at=at,
    )  # fmt: skip
