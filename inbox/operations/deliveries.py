"""Notices go out: planned per person and channel, sent in digests, tried again, and logged."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from core.operations import operation
from inbox.messages import notice_message
from inbox.models import ContactPoint, Delivery, DeliveryAttempt, Notice, QuietHours
from inbox.models.delivery import QUIET_FROM, QUIET_TO
from inbox.operations.gateways import GatewayProblem, gateway_for, is_offered, offered_channels
from inbox.rules import DIGEST_WAIT, MOST_ATTEMPTS, out_of_quiet, retry_after

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
PLANNED_AT_ONCE = 500
MOST_IN_ONE = 100
Outcome = DeliveryAttempt.Outcome


@dataclass(frozen=True)
class Claimed:
    """Deliveries of one person by one channel that this sender holds for a moment."""

    channel: str
    address: str
    ids: tuple[int, ...]
    categories: tuple[str, ...]
    is_urgent: bool
    lease_until: datetime


@operation
def plan_deliveries(*, at: datetime) -> int:
    """Decide for new notices who is told outside, by which channel and from when.

    Safe to run twice and by two at once: notices are locked, and a notice goes to a person by a
    channel at most once. Returns how many deliveries were queued.
    """
    notices = list(
        Notice.objects.select_for_update(skip_locked=True)
        .filter(planned_at__isnull=True)
        .order_by("pk")[:PLANNED_AT_ONCE]
    )
    if not notices:
        return 0
    points = _points_by_organisation({notice.organisation_id for notice in notices})
    quiet = _quiet_of({p.user_id for found in points.values() for p in found})
    rows = [
        Delivery(
            notice=notice, user_id=point.user_id, organisation_id=notice.organisation_id,
            channel=point.channel, category=notice.category, is_urgent=notice.is_urgent,
            queued_at=at,
            next_try_at=at if notice.is_urgent
            else _awake(at + DIGEST_WAIT, quiet.get(point.user_id)),
        )
        for notice in notices
        for point in points.get(notice.organisation_id, [])
        if _concerns(notice, point)
    ]  # fmt: skip
    known = set(
        Delivery.objects.filter(notice__in=notices).values_list("notice_id", "user_id", "channel")
    )
    rows = [row for row in rows if (row.notice_id, row.user_id, row.channel) not in known]
    made = Delivery.objects.bulk_create(rows, batch_size=1000)
    _log(made, Outcome.QUEUED, at)
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(planned_at=at)
    return len(made)


def send_due(channel: str, *, at: datetime, seconds: float = 20.0) -> int:
    """Send what is due by one channel, person by person, for at most `seconds`.

    Each message is claimed, sent, and written down in transactions of their own, so that a dead
    sender repeats one message at most. Returns how many messages went out.
    """
    sent, until = 0, time.monotonic() + seconds
    tried: set[int] = set()
    while time.monotonic() < until:
        user_id = _next_person(channel, at, tried)
        if user_id is None:
            break
        tried.add(user_id)
        claimed = claim(channel=channel, user_id=user_id, at=at)
        if claimed is not None:
            sent += _hand_over(claimed, at)
    return sent


@operation
def claim(*, channel: str, user_id: int, at: datetime) -> Claimed | None:
    """Take what one person is to be told now; None where nothing is left or somebody else has it.

    What the person has read meanwhile, or no longer wants, is not sent.
    """
    rows = list(
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(_free(at), channel=channel, user_id=user_id, state=Delivery.State.QUEUED)
        .order_by("pk")[:MOST_IN_ONE]
    )
    due = [row for row in rows if row.next_try_at is not None and row.next_try_at <= at]
    if not due:
        return None
    if any(not row.is_urgent for row in due):
        # Not quiet now, so what still waits for company comes along.
        due += [row for row in rows if row not in due and row.attempts == 0]
    due = _still_wanted(due, channel, user_id, at)
    if not due:
        return None
    point = ContactPoint.objects.get(channel=channel, user_id=user_id)
    lease_until = at + LEASE
    Delivery.objects.filter(pk__in=[row.pk for row in due]).update(lease_until=lease_until)
    return Claimed(
        channel=channel,
        address=point.address,
        ids=tuple(row.pk for row in due),
        categories=tuple(row.category for row in due),
        is_urgent=any(row.is_urgent for row in due),
        lease_until=lease_until,
    )


@operation
def note_sent(*, claimed: Claimed, at: datetime) -> None:
    """It went out."""
    rows = _held(claimed)
    for row in rows:
        row.state, row.ended_at, row.lease_until = Delivery.State.SENT, at, None
        row.attempts, row.next_try_at, row.problem = row.attempts + 1, None, ""
    _save(rows)
    _log(rows, Outcome.SENT, at)


@operation
def note_failed(*, claimed: Claimed, problem: GatewayProblem, at: datetime) -> None:
    """It did not: tried again later, or given up where that cannot help or was done often enough."""
    rows = _held(claimed)
    quiet = _quiet_of({row.user_id for row in rows})
    for row in rows:
        row.attempts, row.lease_until, row.problem = row.attempts + 1, None, problem.reason
        if problem.is_final or row.attempts >= MOST_ATTEMPTS:
            row.state, row.ended_at, row.next_try_at = Delivery.State.DEAD, at, None
        else:
            again = at + retry_after(row.attempts)
            row.next_try_at = again if row.is_urgent else _awake(again, quiet.get(row.user_id))
    _save(rows)
    _log([row for row in rows if row.state == Delivery.State.QUEUED], Outcome.FAILED, at)
    _log([row for row in rows if row.state == Delivery.State.DEAD], Outcome.DEAD, at)


def _hand_over(claimed: Claimed, at: datetime) -> int:
    """Outside of any transaction: a slow gateway holds no lock."""
    # The same for the same rows, so that a gateway that drops repeats can.
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"{claimed.channel}:{claimed.ids}").hex
    message = notice_message(claimed.categories, is_urgent=claimed.is_urgent, key=key)
    try:
        gateway_for(claimed.channel).send(claimed.address, message)
    except GatewayProblem as problem:
        note_failed(claimed=claimed, problem=problem, at=at)
        return 0
    except Exception:
        logger.exception("the gateway of %s failed in an unknown way", claimed.channel)
        note_failed(claimed=claimed, problem=GatewayProblem("网关程序出错"), at=at)
        return 0
    note_sent(claimed=claimed, at=at)
    return 1


def _next_person(channel: str, at: datetime, tried: set[int]) -> int | None:
    rows = Delivery.objects.filter(
        _free(at), channel=channel, state=Delivery.State.QUEUED, next_try_at__lte=at
    ).exclude(user_id__in=tried)
    found = rows.order_by("next_try_at", "pk").values_list("user_id", flat=True).first()
    return int(found) if found is not None else None


def _still_wanted(rows: list[Delivery], channel: str, user_id: int, at: datetime) -> list[Delivery]:
    """The others are closed, with the reason."""
    point = (
        ContactPoint.objects.filter(channel=channel, user_id=user_id, verified_at__isnull=False)
        .select_related("user__organisation")
        .first()
    )
    read = set(
        Notice.read_by.through.objects.filter(
            user_id=user_id, notice_id__in=[row.notice_id for row in rows]
        ).values_list("notice_id", flat=True)
    )
    left: list[Delivery] = []
    closed: list[Delivery] = []
    for row in rows:
        row.problem = _why_not(row, point, read)
        (closed if row.problem else left).append(row)
    for row in closed:
        row.state, row.ended_at, row.next_try_at = Delivery.State.SKIPPED, at, None
    _save(closed)
    _log(closed, Outcome.SKIPPED, at)
    return left


def _why_not(row: Delivery, point: ContactPoint | None, read: set[int]) -> str:
    if not is_offered(row.channel):
        return "该渠道没有开通"
    if point is None or point.wanted == ContactPoint.Wanted.NONE:
        return "本人不再接收"
    if point.wanted == ContactPoint.Wanted.URGENT and not row.is_urgent:
        return "本人只接收紧急通知"
    if not point.user.is_active or not point.user.organisation.is_active:
        return "账号已停用"
    if point.user.organisation_id != row.organisation_id:
        return "已不在该机构"
    return "已在平台阅读" if row.notice_id in read else ""


def _held(claimed: Claimed) -> list[Delivery]:
    """The claimed rows that nobody else has taken over since."""
    return list(
        Delivery.objects.select_for_update()
        .filter(pk__in=claimed.ids, lease_until=claimed.lease_until, state=Delivery.State.QUEUED)
        .order_by("pk")
    )


def _free(at: datetime) -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=at)


def _save(rows: Sequence[Delivery]) -> None:
    fields = ["state", "ended_at", "lease_until", "attempts", "next_try_at", "problem"]
    Delivery.objects.bulk_update(rows, fields, batch_size=500)


def _log(rows: Iterable[Delivery], outcome: str, at: datetime) -> None:
    DeliveryAttempt.objects.bulk_create(
        [
            DeliveryAttempt(
                delivery=row, user_id=row.user_id, organisation_id=row.organisation_id,
                channel=row.channel, category=row.category, outcome=outcome,
                reason=row.problem if outcome != Outcome.QUEUED else "", at=at,
                next_try_at=row.next_try_at,
            )
            for row in rows
        ],
        batch_size=1000,
    )  # fmt: skip


def _points_by_organisation(organisation_ids: set[int]) -> dict[int, list[ContactPoint]]:
    rows = (
        ContactPoint.objects.filter(
            user__organisation_id__in=organisation_ids, user__is_active=True,
            user__is_service=False, verified_at__isnull=False,
            channel__in=[str(channel) for channel in offered_channels()],
        )
        .exclude(wanted=ContactPoint.Wanted.NONE)
        .select_related("user")
        .order_by("pk")
    )  # fmt: skip
    found: dict[int, list[ContactPoint]] = {}
    for point in rows:
        found.setdefault(point.user.organisation_id, []).append(point)
    return found


def _concerns(notice: Notice, point: ContactPoint) -> bool:
    if notice.user_id is not None and notice.user_id != point.user_id:
        return False
    return notice.is_urgent or point.wanted == ContactPoint.Wanted.ALL


def _quiet_of(user_ids: set[int]) -> dict[int, QuietHours]:
    return {row.user_id: row for row in QuietHours.objects.filter(user_id__in=user_ids)}


def _awake(at: datetime, quiet: QuietHours | None) -> datetime:
    if quiet is None:
        return out_of_quiet(at, starts=QUIET_FROM, ends=QUIET_TO)
    return out_of_quiet(at, starts=quiet.starts, ends=quiet.ends) if quiet.is_on else at
