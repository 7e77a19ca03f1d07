"""An officer sets a listed price, within the maximum and the selection (S2-10)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from catalog.models import ListedPrice, Listing, Product
from catalog.operations.maximum_prices import require_officer
from catalog.operations.prices import set_listed_price
from catalog.queries.listing_way import way_facts
from catalog.queries.listings import CHECK_PRICES
from catalog.queries.price_checks import with_price_checks
from catalog.rules.listing_way import way_fits
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
    """Set it as the province decided. A selected product keeps its selected price, another one may
    not be listed over its maximum, and one that is listed 直通 stays a small rise (S0-二(六)b).
    Raises NotYours or MissingInput."""
    require_officer(scope)
    on = max(valid_from, timezone.localdate(at))
    seen = with_price_checks(Product.objects.filter(pk=product.pk), on).get()
    selected, limit = seen.selected_price, seen.maximum_price  # type: ignore[attr-defined]
    if selected is not None and price != selected:
        raise MissingInput(
            "price", f"中选产品按中选价 {selected:.2f} 元挂网，请先变更中选结果", "S2-10.1"
        )
    if not seen.is_selected and limit is not None and price > limit:  # type: ignore[attr-defined]
        raise MissingInput("price", f"高于最高挂网价 {limit:.2f} 元，不能挂网", "S2-10.3")
    if not seen.is_selected:  # type: ignore[attr-defined]
        _stays_through(scope, product, price, on)
    return set_listed_price(
        product=product, price=price, valid_from=valid_from, source=source, by=by, at=at,
        clause=clause,
    )  # fmt: skip


def _stays_through(scope: Scope, product: Product, price: Decimal, on: date) -> None:
    """Refuse a price whose rise the way of the listing is not for; another way comes first."""
    if not Listing.objects.filter(product=product, way=Listing.Way.THROUGH).exists():
        return
    facts = way_facts(scope, product, on)
    fits = way_fits(
        Listing.Way.THROUGH, is_short=facts.is_short,
        rise=price / facts.year_ago if facts.year_ago else None, multiple=facts.multiple,
        same_use=len(facts.same_use),
    )  # fmt: skip
    if not fits:
        raise MissingInput("price", f"{fits.reason}；请先变更挂网方式", fits.clause)


@operation
def request_price_check(*, by: Actor, scope: Scope, at: datetime) -> Job:
    """The day's checks of all listed prices once more, as a job; one at a time per person."""
    require_officer(scope)
    key = f"{timezone.localdate(at)}-{by.audit_id}"
    return enqueue(kind=CHECK_PRICES, key=key, arguments={}, by=by, at=at)
