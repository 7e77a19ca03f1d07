"""Requests to restore and 函询: who sees them, who acts, their files and steps."""

from __future__ import annotations

from django.db.models import Model, Q, QuerySet

from catalog.models import Inquiry, InquiryStep, Listing, ListingRequest
from catalog.queries.listings import ACTING_ROLES, LISTING_OFFICES
from catalog.states.listing_case import ENTERPRISE, OFFICE, REQUESTER
from core.attachments.models import Attachment
from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within

REQUEST_TYPE = "listing_request"
INQUIRY_TYPE = "price_inquiry"


def _sees_province(scope: Scope) -> bool:
    return scope.kind in LISTING_OFFICES and scope.region_level == "province"


def visible_listing_requests(scope: Scope) -> QuerySet[ListingRequest]:
    """The asker's own, those before the own office, and the province's offices all of theirs.

    Not the manufacturer those of hospitals: that a hospital asks is the hospital's to tell.
    """
    rows = ListingRequest.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    seen = Q(requester__in=own) | Q(office__in=own)
    if _sees_province(scope):
        seen |= Q(office__region=scope.region_id)
    return within(scope, rows, seen)


def visible_inquiries(scope: Scope) -> QuerySet[Inquiry]:
    """The enterprise that is asked, and the offices of the asking office's province."""
    rows = Inquiry.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    seen = Q(enterprise__in=own) | Q(office__in=own)
    if _sees_province(scope):
        seen |= Q(office__region=scope.region_id)
    return within(scope, rows, seen)


def visible_inquiry_steps(scope: Scope) -> QuerySet[InquiryStep]:
    rows = InquiryStep.objects.filter(inquiry__in=visible_inquiries(scope))
    return within(scope, rows)


def may_ask(scope: Scope, listing: Listing) -> Verdict:
    """The product's manufacturer, or a hospital; people who act for it."""
    if scope.is_business and scope.has_role(*ACTING_ROLES):
        own = {scope.organisation_id, *scope.predecessor_ids}
        if listing.product.manufacturer_id in own or scope.kind == "institution":
            return ALLOWED
    return Verdict(False, "恢复申请由该产品的生产企业或需要采购的医疗机构提出")


def request_standings(scope: Scope, row: ListingRequest) -> frozenset[str]:
    held = set()
    if scope.is_business and scope.has_role(*ACTING_ROLES):
        if row.requester_id in {scope.organisation_id, *scope.predecessor_ids}:
            held.add(REQUESTER)
        if row.office_id == scope.organisation_id:
            held.add(OFFICE)
    return frozenset(held)


def inquiry_standings(scope: Scope, row: Inquiry) -> frozenset[str]:
    held = set()
    if scope.is_business and scope.has_role(*ACTING_ROLES):
        if row.enterprise_id in {scope.organisation_id, *scope.predecessor_ids}:
            held.add(ENTERPRISE)
        if row.office_id == scope.organisation_id:
            held.add(OFFICE)
    return frozenset(held)


def case_files(owner_type: str, row: Model) -> list[Attachment]:
    """The files of one request or inquiry, in the order in which they came."""
    rows = Attachment.objects.filter(owner_type=owner_type, owner_id=row.pk)
    return list(rows.select_related("file").order_by("pk"))
