"""最高挂网价: set by the province with its clause; what is over it is suspended (S2-10.3)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from catalog.models import Group, Listing, MaximumPrice, Product
from catalog.operations.dated_rows import make_room
from catalog.operations.listings import suspend_listing
from catalog.operations.prices import check_price
from catalog.queries.dated import holding
from catalog.queries.listings import is_listing_officer
from catalog.queries.price_checks import OVER_MAXIMUM, with_price_checks
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from organisations.queries.scope import Scope

CLAUSE = "S2-10.3"


@operation
def set_maximum_price(
    *,
    price: Decimal,
    valid_from: date,
    clause: str,
    by: Actor,
    scope: Scope,
    at: datetime,
    group: Group | None = None,
    product: Product | None = None,
    suspends: bool = False,
) -> MaximumPrice:
    """From `valid_from` on: yuan per base unit of the group, or per pack of the one product.

    It ends what held before; days that have passed keep theirs. `suspends` switches the rule on by
    which the daily job suspends what is over it.
    Raises NotYours, or MissingInput naming the field.
    """
    require_officer(scope)
    if (group is None) == (product is None):
        raise MissingInput("group", "请填写品种或产品其中一项")
    if valid_from < timezone.localdate(at):
        raise MissingInput("valid_from", "起始日不能早于今天，已过去的日子保持原标准")
    check_price(price)
    if not clause.strip():
        raise MissingInput("clause", "请填写依据的条款或文件", CLAUSE)
    _take_turns()
    rows = MaximumPrice.objects.filter(group=group, product=product)
    row = MaximumPrice.objects.create(
        group=group, product=product, price=price, suspends=suspends,
        valid_to=make_room(rows, valid_from), valid_from=valid_from, clause=clause.strip(),
        set_at=at, set_by_name=by.audit_name,
    )  # fmt: skip
    subject = group or product
    record(
        by=by, at=at, action="maximum_price.set", object_type="maximum_price", object_key=row.pk,
        object_label=str(subject), clause=row.clause,
        detail={"group": group.code if group else "", "product": product.code if product else "",
                "price": str(price), "valid_from": f"{valid_from}", "suspends": suspends},
    )  # fmt: skip
    return row


@operation
def end_maximum_price(
    *, row: MaximumPrice, valid_to: date, by: Actor, scope: Scope, at: datetime
) -> MaximumPrice:
    """It no longer binds from `valid_to` on, which may not lie in the past."""
    require_officer(scope)
    held = MaximumPrice.objects.select_for_update(of=("self",)).get(pk=row.pk)
    today = timezone.localdate(at)
    if held.valid_to is not None and held.valid_to <= today:
        raise TransitionRefused("该标准已经结束")
    if valid_to < max(today, held.valid_from):
        raise MissingInput("valid_to", "结束日不能早于今天，也不能早于起始日")
    held.valid_to = valid_to
    held.save(update_fields=["valid_to"])
    record(
        by=by, at=at, action="maximum_price.end", object_type="maximum_price", object_key=held.pk,
        clause=held.clause, detail={"valid_to": f"{valid_to}"},
    )  # fmt: skip
    return held


@operation
def suspend_over_maximum(*, by: Actor, at: datetime) -> int:
    """Suspend what is listed over a maximum price whose rule is switched on; how many.

    One operation for each, so that each enterprise is told; those that are suspended stay so until
    an office restores them: a lower price alone does not open a listing.
    """
    today = timezone.localdate(at)
    rows = (
        with_price_checks(Product.objects.filter(listing__state=Listing.State.LISTED), today)
        .filter(OVER_MAXIMUM)
        .select_related("listing")
    )
    switched = _switched_on(today)
    done = 0
    for product in rows.order_by("pk"):
        limit = switched.get(("product", product.pk)) or switched.get(("group", product.group_id))
        if limit is None or not limit.suspends:
            continue
        suspend_listing(
            listing=product.listing, reason_code=Listing.Reason.OVER_MAXIMUM,
            reason=over_words(product), by=by, at=at, clause=limit.clause,
        )  # fmt: skip
        done += 1
    return done


def over_words(product: Product) -> str:
    """The figures of a product annotated by `with_price_checks`."""
    limit: Decimal = product.maximum_price  # type: ignore[attr-defined]
    return f"挂网价 {product.listed_price:.2f} 元高于最高挂网价 {limit:.2f} 元"


def require_officer(scope: Scope) -> None:
    """Raises NotYours for everybody but the province's offices."""
    if not is_listing_officer(scope):
        raise NotYours("由省医保局或省采购服务中心办理", CLAUSE)


def _switched_on(today: date) -> dict[tuple[str, int | None], MaximumPrice]:
    found: dict[tuple[str, int | None], MaximumPrice] = {}
    for row in MaximumPrice.objects.filter(holding(today)):
        found["product" if row.product_id else "group", row.product_id or row.group_id] = row
    return found


def _take_turns() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog_maximum_price'))")
