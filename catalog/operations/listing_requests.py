"""Ask whoever closed a listing to restore it; the office grants or refuses with its reason."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from catalog.models import Listing, ListingRequest
from catalog.operations.listing_answers import conclude
from catalog.operations.listings import restore_listing
from catalog.queries.listing_cases import REQUEST_TYPE, may_ask, request_standings
from catalog.queries.listings import ACTING_ROLES, restoring_office
from catalog.states.listing_case import REQUEST_MACHINE
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def request_restoring(
    *,
    listing: Listing,
    text: str,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
) -> ListingRequest:
    """The manufacturer, or a hospital that needs the product, asks; the office gets the task.

    A closed listing without an office (a rule closed it) is asked of the province's bureau.
    """
    verdict = may_ask(scope, listing)
    if not verdict:
        raise NotYours.of(verdict)
    if not text.strip():
        raise MissingInput("text", "请填写申请理由：原因已怎样消除，有什么证明")
    if listing.state == Listing.State.LISTED:
        raise TransitionRefused("该产品正在挂网，不需要恢复")
    office = restoring_office(listing)
    if office is None:
        raise TransitionRefused("没有可以受理的单位，请联系省医保局")
    row = ListingRequest(
        request_no=_number(at), listing=listing, requester_id=scope.organisation_id, office=office,
        text=text.strip(), created_at=at, created_by_name=by.audit_name, state_at=at,
        state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise TransitionRefused("本单位已有恢复申请在等待答复，请等答复或撤回后再提") from error
    attach(owner_type=REQUEST_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=office.pk, act="answer_listing_request",
                title=f"答复恢复挂网申请：{listing.product}（{listing.listing_no}，"
                f"{row.requester.name}）",
                object_type=REQUEST_TYPE, object_key=row.request_no, url=_url(row),
                roles=ACTING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip
    record(
        by=by, at=at, action="listing_request.submit", object_type=REQUEST_TYPE,
        object_key=row.request_no, object_label=str(listing.product), reason=row.text,
        detail={"listing": listing.listing_no, "office": office.code},
    )  # fmt: skip
    return row


@operation
def answer_request(
    *,
    request: ListingRequest,
    verb: str,
    answer: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ListingRequest:
    """Grant (which restores the listing in the same step), refuse, or the asker's withdrawal."""
    row: ListingRequest
    row, _ = REQUEST_MACHINE.perform(
        verb=verb, obj=request, by=by, at=at, inputs={"answer": answer.strip()},
        seen_version=seen_version, standings=lambda held: request_standings(scope, held),
    )  # fmt: skip
    if verb == "grant":
        fresh = Listing.objects.select_related("product").get(pk=row.listing_id)
        restore_listing(listing=fresh, reason=row.answer, by=by, scope=scope, at=at)
    if verb == "withdraw":
        finish_tasks(object_type=REQUEST_TYPE, object_keys=[row.request_no], at=at)
    else:
        conclude(row, at)
    return row


def _url(row: ListingRequest) -> str:
    return reverse("listing-detail", args=[row.listing.listing_no])


def _number(at: datetime) -> str:
    return f"HF{timezone.localtime(at):%Y%m%d}{secrets.token_hex(4).upper()}"
