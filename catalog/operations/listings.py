"""挂网: list a product, suspend, restore and withdraw it (S2-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from catalog.models import Listing, ListingStep, Product
from catalog.operations.hospital_items.review import review_products
from catalog.operations.listing_answers import meet_requests
from catalog.queries.listings import OBJECT_TYPE, is_listing_officer, listing_standings
from catalog.queries.product_users import institutions_using
from catalog.states.listing import LISTING_MACHINE, OFFICER, RULE, TERMS, ClosingReason
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.operations.notices import NewNotice, notify
from organisations.queries.scope import Scope


@operation
def list_product(
    *,
    product: Product,
    by: Actor,
    at: datetime,
    scope: Scope | None = None,
    way: str = Listing.Way.DIRECT,
    commitment: str = "",
    listed_on: date | None = None,
    clause: str = "",
) -> Listing:
    """Give the product its 挂网ID; it may be bought from `listed_on` (the day of `at`).

    Without `scope` a rule of the platform acts, such as an application that took effect.
    Raises NotYours, TransitionRefused (it has one already) or MissingInput (a way that needs a
    written commitment without one).
    """
    if scope is not None and not is_listing_officer(scope):
        raise NotYours("挂网由省医保局或省采购服务中心办理", "S2-10.1")
    if way not in Listing.Way.values:
        raise MissingInput("way", "请选择挂网方式：直接、直通、递补或附条件")
    if way == Listing.Way.CONDITIONAL and not commitment.strip():
        raise MissingInput(
            "commitment", "附条件挂网须有企业的书面承诺，请填写承诺内容", "S0-二(六)b"
        )
    day = listed_on or timezone.localdate(at)
    listing = Listing(
        product=product, way=way, commitment=commitment.strip(), listed_on=day, since=day,
        clause=clause, state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    try:
        with transaction.atomic():
            listing.save(force_insert=True)
    except IntegrityError as error:
        raise TransitionRefused(
            f"产品 {product.code} 已有挂网ID，请在原挂网记录上恢复或重新挂网"
        ) from error
    _write_step(listing, "list", "", by=by, at=at, text=commitment.strip(), clause=clause)
    record(
        by=by, at=at, action="listing.list", object_type=OBJECT_TYPE,
        object_key=listing.listing_no, object_label=str(product), clause=clause,
        detail={"product": product.code, "way": way, "listed_on": f"{day}"},
    )  # fmt: skip
    return listing


@operation
def suspend_listing(
    *,
    listing: Listing,
    reason_code: str,
    reason: str,
    by: Actor,
    at: datetime,
    scope: Scope | None = None,
    clause: str = "",
    how_to_restore: str = "",
    seen_version: int | None = None,
) -> Listing:
    """Stop ordering until somebody restores it; the manufacturer is told why and how, and so are
    the institutions that buy it or are bound by an agreement.

    Open orders stay as they are. Without `scope` a rule of the platform acts.
    """
    return _close(
        "suspend", listing=listing, reason_code=reason_code, reason=reason, by=by, at=at,
        scope=scope, clause=clause, how_to_restore=how_to_restore, seen_version=seen_version,
    )  # fmt: skip


@operation
def withdraw_listing(
    *,
    listing: Listing,
    reason_code: str,
    reason: str,
    by: Actor,
    at: datetime,
    scope: Scope | None = None,
    clause: str = "",
    how_to_restore: str = "",
    seen_version: int | None = None,
) -> Listing:
    """撤网: it is off the list; only the province lists it anew, under the same 挂网ID."""
    closed = _close(
        "withdraw", listing=listing, reason_code=reason_code, reason=reason, by=by, at=at,
        scope=scope, clause=clause, how_to_restore=how_to_restore, seen_version=seen_version,
    )  # fmt: skip
    # Hospitals that mapped it have to map the item otherwise.
    review_products(product_ids=[closed.product_id], at=at)
    return closed


@operation
def restore_listing(
    *,
    listing: Listing,
    reason: str,
    by: Actor,
    at: datetime,
    scope: Scope | None = None,
    seen_version: int | None = None,
) -> Listing:
    """Open it again: a suspended one by whoever closed it or the province, a withdrawn one anew.

    Without `scope` a rule of the platform acts; it opens nothing that an office closed. Requests
    to restore that still wait are met by it.
    """
    if scope is None and listing.closed_by_id is not None:
        raise TransitionRefused("该产品由主管部门关闭，平台不自动恢复，请关闭单位办理")
    verb = "relist" if listing.state == Listing.State.WITHDRAWN else "restore"
    row, before = _perform(verb, listing, by, at, scope, {"reason": reason.strip()}, seen_version)
    row.since = timezone.localdate(at)
    row.reason_code, row.clause, row.how_to_restore = "", "", ""
    row.closed_by = None
    row.save(update_fields=["since", "reason_code", "clause", "how_to_restore", "closed_by"])
    _write_step(row, verb, before, by=by, at=at, text=row.reason)
    _tell(row, f"已恢复挂网：{row.product}", row.reason, at)
    meet_requests(row, row.reason, by=by, at=at)
    return row


def _close(
    verb: str,
    *,
    listing: Listing,
    reason_code: str,
    reason: str,
    by: Actor,
    at: datetime,
    scope: Scope | None,
    clause: str,
    how_to_restore: str,
    seen_version: int | None,
) -> Listing:
    if reason_code not in ClosingReason.values:
        raise MissingInput("reason_code", "请选择原因类别")
    inputs = {"reason_code": reason_code, "reason": reason.strip()}
    held = {RULE} if scope is None else listing_standings(scope, listing)
    if not held & {RULE, OFFICER} and reason_code != ClosingReason.QUALITY and held:
        raise NotYours("药品监督管理部门只因质量风险暂停采购，其他原因由省医保局办理", "S2-13.4")
    row, before = _perform(verb, listing, by, at, scope, inputs, seen_version)
    terms = TERMS[reason_code]
    row.since = timezone.localdate(at)
    row.clause = clause or terms.clause
    row.how_to_restore = how_to_restore.strip() or terms.how_to_restore
    row.closed_by_id = None if scope is None else scope.organisation_id
    row.save(update_fields=["since", "clause", "how_to_restore", "closed_by"])
    _write_step(row, verb, before, by=by, at=at, text=row.reason, clause=row.clause)
    label = LISTING_MACHINE.named(verb).label
    words = f"{row.reason}。恢复办法：{row.how_to_restore}"
    _tell(row, f"{label}：{row.product}", words, at)
    _tell_users(row, f"本机构在用的产品{label}：{row.product}", words, at)
    return row


def _perform(
    verb: str,
    listing: Listing,
    by: Actor,
    at: datetime,
    scope: Scope | None,
    inputs: Mapping[str, Any],
    seen_version: int | None,
) -> tuple[Listing, str]:
    row: Listing
    row, before = LISTING_MACHINE.perform(
        verb=verb, obj=listing, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda held: {RULE} if scope is None else listing_standings(scope, held),
    )  # fmt: skip
    return row, before


def _write_step(
    listing: Listing,
    verb: str,
    before: str,
    *,
    by: Actor,
    at: datetime,
    text: str = "",
    clause: str = "",
) -> None:
    ListingStep.objects.create(
        listing=listing, at=at, by_id=by.audit_id, by_name=by.audit_name,
        organisation_name=by.audit_organisation_name, verb=verb, from_state=before,
        to_state=listing.state, reason_code=listing.reason_code, text=text, clause=clause,
    )  # fmt: skip


def _tell_users(listing: Listing, title: str, body: str, at: datetime) -> None:
    """Institutions that bought it of late or are bound by an agreement: they may not order it now."""
    notify(
        notices=[
            NewNotice(
                organisation_id=institution_id,
                key=f"listing-{listing.listing_no}-{listing.row_version}-{institution_id}",
                title=title, body=body,
                url=reverse("listing-detail", args=[listing.listing_no]),
            )
            for institution_id in institutions_using(listing.product, timezone.localdate(at))
        ],
        at=at,
    )  # fmt: skip


def _tell(listing: Listing, title: str, body: str, at: datetime) -> None:
    """The manufacturer, on the product's own page."""
    notify(
        notices=[
            NewNotice(
                organisation_id=listing.product.manufacturer_id,
                key=f"listing-{listing.listing_no}-{listing.row_version}",
                title=title, body=body,
                url=reverse("product-detail", args=[listing.product.code]),
            )
        ],
        at=at,
    )  # fmt: skip
