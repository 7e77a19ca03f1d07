"""Listed prices: set from a day on, and brought to the product when that day comes (S2-10)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from catalog.models import ListedPrice, Product
from catalog.operations.dated_rows import make_room
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput

MAX_PRICE = Decimal("99999999999999.9999")


@operation
def set_listed_price(
    *,
    product: Product,
    price: Decimal,
    valid_from: date,
    source: str,
    by: Actor,
    at: datetime,
    kind: str = ListedPrice.Kind.SET,
    clause: str = "",
) -> ListedPrice:
    """From `valid_from` on the product is listed at `price` (yuan per pack), until the next
    price that is already known for a later day.

    The days before keep their price; no day that has passed gets another one. A price of the same
    first day is replaced and stays as a row of no days. Product.listed_price follows when the day
    comes. Who may do it is the caller's to decide: an application, a selection, an officer.
    Raises MissingInput naming the field.
    """
    today = timezone.localdate(at)
    if valid_from < today:
        raise MissingInput("valid_from", "起始日不能早于今天，已过去的日子保持原价格")
    check_price(price)
    if not source.strip():
        raise MissingInput("source", "请填写价格来源")
    held = Product.objects.select_for_update().get(pk=product.pk)
    ends = make_room(ListedPrice.objects.filter(product=held), valid_from)
    made = ListedPrice.objects.create(
        product=held, price=price, valid_from=valid_from, valid_to=ends, source=source.strip(),
        kind=kind, clause=clause, set_at=at, set_by_name=by.audit_name,
    )  # fmt: skip
    before = held.listed_price
    if valid_from <= today:
        held.listed_price = price
        held.save(update_fields=["listed_price"])
        product.listed_price = price
    record(
        by=by, at=at, action="listed_price.set", object_type="product", object_key=held.code,
        object_label=str(held), clause=clause,
        detail={"price": str(price), "before": None if before is None else str(before),
                "valid_from": f"{valid_from}", "source": source.strip(), "kind": str(kind)},
    )  # fmt: skip
    return made


def check_price(price: Decimal) -> None:
    """A price in yuan with at most four decimals. Raises MissingInput (field `price`)."""
    if not price.is_finite() or price <= 0 or price > MAX_PRICE:
        raise MissingInput("price", "价格应大于 0，单位为元")
    if price != price.quantize(Decimal("0.0001")):
        raise MissingInput("price", "价格最多四位小数")


# A product whose price was loaded without a history keeps it; only a dated row changes it.
_BRING = """
WITH changed AS (
    UPDATE catalog_product p SET listed_price = h.price
    FROM catalog_listedprice h
    WHERE h.product_id = p.id AND h.valid_from <= %(day)s
      AND (h.valid_to IS NULL OR h.valid_to > %(day)s)
      AND p.listed_price IS DISTINCT FROM h.price
    RETURNING p.code
)
SELECT code FROM changed ORDER BY code
"""


@operation
def bring_prices(*, by: Actor, at: datetime) -> int:
    """Products take the price whose day has come; one statement however many; how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(_BRING, {"day": timezone.localdate(at)})
        codes = [row[0] for row in cursor.fetchall()]
    if codes:
        record(
            by=by, at=at, action="listed_price.bring", object_type="product",
            object_key=f"{timezone.localdate(at)}", detail={"count": len(codes), "codes": codes[:200]},
        )  # fmt: skip
    return len(codes)
