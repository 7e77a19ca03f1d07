"""The province decides by which way a product is listed: 直接, 直通, 递补 or 附条件 (S0-二(六)b)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from catalog.models import Listing, ListingStep
from catalog.operations.maximum_prices import require_officer
from catalog.queries.listing_way import own_province, way_facts
from catalog.queries.listings import OBJECT_TYPE
from catalog.rules.listing_way import CLAUSE
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, StaleVersion, TransitionRefused
from inbox.operations.notices import NewNotice, notify
from organisations.queries.scope import Scope


@operation
def set_listing_way(
    *,
    listing: Listing,
    way: str,
    reason: str,
    by: Actor,
    scope: Scope,
    at: datetime,
    commitment: str = "",
    clause: str = "",
    seen_version: int | None = None,
) -> Listing:
    """From now on, with the reason; state and price stay as they are. The manufacturer is told.

    commitment: what the enterprise promised in writing, which 附条件 rests on; another way keeps
    none. Raises NotYours, StaleVersion, TransitionRefused (withdrawn, or nothing changes) or
    MissingInput naming the field, with the rule that the way does not fit.
    """
    require_officer(scope)
    if way not in Listing.Way.values:
        raise MissingInput("way", "请选择挂网方式：直接、直通、递补或附条件")
    if not reason.strip():
        raise MissingInput("reason", "请填写理由，企业能看到", CLAUSE)
    promised = commitment.strip() if way == Listing.Way.CONDITIONAL else ""
    if way == Listing.Way.CONDITIONAL and not promised:
        raise MissingInput("commitment", "附条件挂网须有企业的书面承诺，请填写承诺内容", CLAUSE)
    with transaction.atomic():
        row = (
            Listing.objects.select_for_update(of=("self",))
            .select_related("product")
            .get(pk=listing.pk)
        )
        if seen_version not in (None, row.row_version):
            raise StaleVersion("该挂网产品已由他人更新，请刷新后再办理")
        if row.state == Listing.State.WITHDRAWN:
            raise TransitionRefused("已撤网的产品不能变更挂网方式，请先重新挂网")
        if (row.way, row.commitment) == (way, promised):
            raise TransitionRefused("挂网方式没有变化，不需要办理")
        facts = way_facts(own_province(scope), row.product, timezone.localdate(at))
        fits = facts.fits(way)
        if not fits:
            raise MissingInput("way", fits.reason, fits.clause)
        before = row.way
        row.way, row.commitment = way, promised
        row.row_version += 1
        row.save(update_fields=["way", "commitment", "row_version"])
        words = f"{Listing.Way(before).label}改为{row.get_way_display()}：{reason.strip()}"
        said = f"{words}。企业承诺：{promised}" if promised else words
        ListingStep.objects.create(
            listing=row, at=at, by_id=by.audit_id, by_name=by.audit_name,
            organisation_name=by.audit_organisation_name, verb="way", from_state=row.state,
            to_state=row.state, text=said, clause=clause.strip() or CLAUSE,
        )  # fmt: skip
        record(
            by=by, at=at, action="listing.way", object_type=OBJECT_TYPE,
            object_key=row.listing_no, object_label=str(row.product),
            clause=clause.strip() or CLAUSE, reason=reason.strip(),
            detail={"before": before, "after": way, "rise": f"{facts.rise or ''}",
                    "same_use": len(facts.same_use)},
        )  # fmt: skip
        notice = NewNotice(
            row.product.manufacturer_id, f"listing-way-{row.listing_no}-{row.row_version}",
            f"挂网方式变更：{row.product}", words, reverse("listing-detail", args=[row.listing_no]),
        )  # fmt: skip
        notify(notices=[notice], at=at)
    return row
