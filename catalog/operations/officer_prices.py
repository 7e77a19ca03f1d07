"""An officer sets a listed price, within the maximum and the selection (S2-10)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from catalog.models import ListedPrice, Product
from catalog.operations.maximum_prices import require_officer
from catalog.operations.prices import set_listed_price
from catalog.queries.listing_way import own_province
from catalog.queries.listings import CHECK_PRICES
from catalog.queries.price_faults import may_be_listed_at
from core.audit.record import Actor
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput
from organisations.queries.scope import Scope


@operation
def price_by_officer(
    *,
    product: Product,
    price: Decimal,
    valid_from: date,
    source: str,
    by: Actor,
    scope: Scope,
    at: datetime,
    clause: str = "",
) -> ListedPrice:
    """Set it as the province decided, within `may_be_listed_at`. Raises NotYours or MissingInput."""
    require_officer(scope)
    on = max(valid_from, timezone.localdate(at))
    fits = may_be_listed_at(product, price, on=on, province=own_province(scope))
    if not fits:
        raise MissingInput("price", fits.reason, fits.clause)
    return set_listed_price(
        product=product, price=price, valid_from=valid_from, source=source, by=by, at=at,
        clause=clause,
    )  # fmt: skip


@operation
def request_price_check(*, by: Actor, scope: Scope, at: datetime) -> Job:
    """The day's checks of all listed prices once more, as a job; one at a time per person."""
    require_officer(scope)
    key = f"{timezone.localdate(at)}-{by.audit_id}"
    return enqueue(kind=CHECK_PRICES, key=key, arguments={}, by=by, at=at)
