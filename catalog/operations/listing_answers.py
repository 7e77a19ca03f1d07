"""What becomes of requests to restore once they are answered, or met without an answer of their own."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from catalog.models import Listing, ListingRequest
from catalog.queries.listing_cases import REQUEST_TYPE
from catalog.states.listing_case import OFFICE, REQUEST_MACHINE
from core.audit.record import Actor
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import finish_tasks


def meet_requests(listing: Listing, reason: str, *, by: Actor, at: datetime) -> None:
    """The product is listed again: whoever else asked for it has what was asked, and is told so.

    Runs in the restoring operation's transaction.
    """
    waiting = ListingRequest.objects.filter(listing=listing, state="submitted").order_by("pk")
    for request in waiting:
        row: ListingRequest
        row, _ = REQUEST_MACHINE.perform(
            verb="grant", obj=request, by=by, at=at,
            inputs={"answer": f"该产品已恢复挂网：{reason}"},
            standings=lambda _: frozenset({OFFICE}),
        )  # fmt: skip
        conclude(row, at)


def conclude(row: ListingRequest, at: datetime) -> None:
    """No 待办 is left, and the asker is told what came of it."""
    finish_tasks(object_type=REQUEST_TYPE, object_keys=[row.request_no], at=at)
    notice = NewNotice(
        organisation_id=row.requester_id,
        key=f"listing-request-{row.request_no}-{row.row_version}",
        title=f"恢复挂网申请{row.get_state_display()}：{row.listing.product}",
        body=row.answer, url=reverse("listing-detail", args=[row.listing.listing_no]),
    )  # fmt: skip
    notify(notices=[notice], at=at)
