"""Why a product may not be listed at a price: what an officer and an application are held to alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from catalog.models import Listing, Product
from catalog.queries.listing_way import way_facts
from catalog.queries.price_checks import with_price_checks
from core.transitions import ALLOWED, Verdict
from organisations.models import Region


def may_be_listed_at(
    product: Product, price: Decimal, *, on: date, province: Region | None
) -> Verdict:
    """A selected product keeps its selected price (S2-10.1), another one is not over its maximum
    (S2-10.3), and one that is listed 直通 stays a small rise (S0-二(六)b). Yuan per pack."""
    seen = with_price_checks(Product.objects.filter(pk=product.pk), on).get()
    selected, limit = seen.selected_price, seen.maximum_price  # type: ignore[attr-defined]
    if selected is not None and price != selected:
        return Verdict(
            False,
            f"中选产品按中选价 {selected:.2f} 元挂网，请先变更中选结果（由省医保局办理）",
            "S2-10.1",
        )
    if seen.is_selected:  # type: ignore[attr-defined]
        return ALLOWED
    if limit is not None and price > limit:
        return Verdict(False, f"高于最高挂网价 {limit:.2f} 元，不能挂网", "S2-10.3")
    if not Listing.objects.filter(product=product, way=Listing.Way.THROUGH).exists():
        return ALLOWED
    fits = way_facts(province, product, on).fits(Listing.Way.THROUGH, price)
    return fits if fits else Verdict(False, f"{fits.reason}；请先变更挂网方式", fits.clause)
