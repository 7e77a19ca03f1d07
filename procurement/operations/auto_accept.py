"""What an institution leaves unreceived is announced, then accepted by the clock; off by default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.audit.record import Actor, NewEvent, record_many
from core.operations import operation
from core.transitions import Refusal
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from procurement.models import AutoAcceptance, Delivery, ReceiptRemark
from procurement.operations.receipts import COPIED, TakenRow, post_receipts
from procurement.queries.auto_accept import switched_on, unreceived
from procurement.queries.receiving import receipt_days
from procurement.rules.auto_accept import accept_time
from procurement.rules.receiving import RECEIPT_CLAUSE

STAMPS = COPIED[6:]


@operation
def announce_acceptances(*, by: Actor, at: datetime) -> int:
    """Tell both sides of deliveries that will be accepted, at least a day before. Gives how many.

    Safe to run again: a delivery is announced once. A lot that has expired is never accepted.
    """
    told = AutoAcceptance.objects.values("delivery_id")
    waiting = unreceived().filter(delivered_at__lte=at).exclude(pk__in=told)
    days: dict[int, int] = {}
    made: list[tuple[Delivery, AutoAcceptance]] = []
    for sent in switched_on(waiting, at):
        if sent.expires_on is not None and sent.expires_on < shanghai_day(at):
            continue
        if sent.province_id not in days:
            days[sent.province_id] = receipt_days(sent.province, shanghai_day(at))
        assert sent.delivered_at is not None
        planned = accept_time(
            arrived_on=shanghai_day(sent.delivered_at), workdays=days[sent.province_id], now=at
        )
        if planned is not None:
            made.append((sent, _announcement(sent, planned, at)))
    AutoAcceptance.objects.bulk_create([row for _, row in made])
    record_many(
        [
            NewEvent(
                action="receipt.announce_auto", object_type="receipt", object_key=str(sent.pk),
                object_label=_label(sent), clause=RECEIPT_CLAUSE,
                detail={"accept_at": row.accept_at.isoformat()},
            )
            for sent, row in made
        ],
        by=by, at=at,
    )  # fmt: skip
    notify(notices=[note for sent, row in made for note in _notices(sent, row)], at=at)
    return len(made)


def accept_announced(*, by: Actor, at: datetime) -> int:
    """Accept what was announced and whose time has come, unless it was received meanwhile.

    Each delivery by itself: what cannot be accepted (its lot expired, somebody was faster) stays
    as it is for people to decide. Switched off meanwhile, nothing is accepted. Gives how many.
    """
    due = AutoAcceptance.objects.filter(done_at__isnull=True, accept_at__lte=at)
    rows = unreceived().filter(pk__in=due.values("delivery_id"))
    return sum(_accept(sent, by=by, at=at) for sent in switched_on(rows, at))


@operation
def _accept(sent: Delivery, *, by: Actor, at: datetime) -> int:
    try:
        with transaction.atomic():
            post_receipts(
                rows=[TakenRow(sent, sent.packs)], kind=ReceiptRemark.Kind.AUTOMATIC, by=by, at=at
            )
            AutoAcceptance.objects.filter(delivery_id=sent.pk).update(done_at=at)
    except Refusal:
        return 0
    return 1


def _announcement(sent: Delivery, planned: datetime, at: datetime) -> AutoAcceptance:
    return AutoAcceptance(
        delivery_id=sent.pk, recorded_at=sent.recorded_at, line_id=sent.line_id, announced_at=at,
        accept_at=planned, **{name: getattr(sent, name) for name in STAMPS},
    )  # fmt: skip


def _notices(sent: Delivery, row: AutoAcceptance) -> Sequence[NewNotice]:
    """One for each side of the delivery."""
    when = f"{timezone.localtime(row.accept_at):%Y-%m-%d %H:%M}"
    body = (
        f"配送 {_label(sent)}（{sent.packs.normalize():f} 包装）已超过收货确认时限，{when} 起"
        "按参数自动全部验收。数量、批号不符的请在此之前收货或拒收；自动验收后仍可更正。"
    )
    return [
        NewNotice(
            party, f"receipt-auto-{sent.pk}-{party}", f"{when} 将自动验收：{sent.product}", body,
            reverse("receipt", args=[sent.pk]),
        )
        for party in (sent.institution_id, sent.distributor_id)
        if party is not None
    ]  # fmt: skip


def _label(sent: Delivery) -> str:
    return f"{sent.note_no} {sent.delivery_no}".strip()
