"""Listings: who may close or open one, and a product's own."""

from __future__ import annotations

from django.db.models import QuerySet

from catalog.models import Listing
from catalog.states.listing import CLOSER, OFFICER, QUALITY_OFFICER
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business

OBJECT_TYPE = "listing"
CHECK_PRICES = "check_prices"
"""Kind of the job that brings prices and marks up to date."""
ACTING_ROLES = ("clerk", "reviewer", "leader")
LISTING_OFFICES = frozenset({"bureau", "procurement_centre"})


def visible_listings(scope: Scope) -> QuerySet[Listing]:
    """Open to all of the trade: whoever orders has to know what may be bought."""
    return for_business(scope, Listing.objects.all())


def is_listing_officer(scope: Scope) -> bool:
    """Somebody of the province's bureau or its procurement centre who acts."""
    return (
        scope.is_business
        and scope.kind in LISTING_OFFICES
        and scope.region_level == "province"
        and scope.has_role(*ACTING_ROLES)
    )


def listing_standings(scope: Scope, listing: Listing) -> frozenset[str]:
    """The province's offices; the drug regulator; and whichever office closed this one."""
    held = set()
    if is_listing_officer(scope):
        held.add(OFFICER)
    if scope.is_business and scope.has_role(*ACTING_ROLES):
        if scope.kind == "regulator":
            held.add(QUALITY_OFFICER)
        if listing.closed_by_id is not None and listing.closed_by_id == scope.organisation_id:
            held.add(CLOSER)
    return frozenset(held)


def restoring_office(listing: Listing) -> Organisation | None:
    """Whoever closed it; the province's bureau where a rule of the platform did."""
    if listing.closed_by is not None:
        return listing.closed_by
    bureaus = Organisation.objects.filter(kind="bureau", region__level="province", is_active=True)
    return bureaus.order_by("code").first()
