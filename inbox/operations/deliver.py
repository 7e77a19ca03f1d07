"""Send one delivery: take it under a lease, call, write down how it went; retry with growing waits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from core.operations import operation
from core.outgoing.post import Answer, post
from core.outgoing.signatures import LostSecret, signatures, unseal
from core.outgoing.targets import (
    Resolver,
    UnresolvedTarget,
    UnsafeTarget,
    pinned,
    read_target,
)
from inbox.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from inbox.operations.notices import NewNotice, notify

LEASE = timedelta(minutes=3)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440, 1440))
"""After the first failure one minute, in the end a day; ten attempts within five days."""
_OUTCOMES = WebhookAttempt.Outcome


@dataclass(frozen=True)
class Taken:
    """One attempt that was begun: what is to be sent where."""

    attempt_id: int
    url: str
    message_id: str
    timestamp: int
    body: bytes
    signature: str


def deliver(delivery_id: int, *, resolver: Resolver | None = None) -> str:
    """Make one attempt if it is due and nobody else makes it; returns its outcome, empty if none.

    The call is made outside any transaction. A worker that dies in it leaves an attempt that was
    begun; the lease runs out and the next attempt is made by another.
    """
    taken = take_delivery(delivery_id=delivery_id, at=timezone.now())
    if taken is None:
        return ""
    outcome, answer = _call(taken, resolver)
    finish_attempt(attempt_id=taken.attempt_id, outcome=outcome, answer=answer, at=timezone.now())
    return outcome


@operation
def take_delivery(*, delivery_id: int, at: datetime) -> Taken | None:
    """Begin the next attempt; None when it is not due, held by another, over or paused."""
    delivery = (
        WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("endpoint")
        .filter(pk=delivery_id, state=WebhookDelivery.State.WAITING, next_attempt_at__lte=at)
        .first()
    )
    if delivery is None or delivery.endpoint.state != WebhookEndpoint.State.ACTIVE:
        return None
    if delivery.lease_until is not None and delivery.lease_until > at:
        return None
    delivery.attempts.filter(outcome=_OUTCOMES.STARTED).update(
        outcome=_OUTCOMES.INTERRUPTED, problem="执行程序中断，未知对方是否收到"
    )
    delivery.attempts_made += 1
    delivery.lease_until = at + LEASE
    delivery.save(update_fields=["attempts_made", "lease_until"])
    attempt = WebhookAttempt.objects.create(
        delivery=delivery, number=delivery.attempts_made, begun_at=at
    )
    body = json.dumps(delivery.message, ensure_ascii=False, separators=(",", ":")).encode()
    message_id, timestamp = f"chg_{delivery.change_id}", int(at.timestamp())
    return Taken(
        attempt_id=attempt.pk,
        url=delivery.endpoint.url,
        message_id=message_id,
        timestamp=timestamp,
        body=body,
        signature=signatures(
            _secrets(delivery.endpoint, at), message_id=message_id, timestamp=timestamp, body=body
        ),
    )


@operation
def finish_attempt(*, attempt_id: int, outcome: str, answer: Answer, at: datetime) -> None:
    """Write how the attempt went and what follows; an attempt that was given up on changes nothing."""
    attempt = WebhookAttempt.objects.select_related("delivery").get(pk=attempt_id)
    delivery = WebhookDelivery.objects.select_for_update().get(pk=attempt.delivery_id)
    mine = WebhookAttempt.objects.filter(pk=attempt_id, outcome=_OUTCOMES.STARTED).update(
        outcome=outcome,
        status=answer.status or None,
        milliseconds=answer.milliseconds,
        answer_head=answer.head,
        problem=answer.problem[:200],
    )
    if not mine:
        return
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
    delivery.lease_until = None
    if outcome == _OUTCOMES.ACCEPTED:
        delivery.state, delivery.next_attempt_at, delivery.ended_at = "delivered", None, at
        endpoint.failing_since, endpoint.last_success_at = None, at
    else:
        _plan_next(delivery, at)
        _count_failure(endpoint, at)
    delivery.save(update_fields=["state", "next_attempt_at", "ended_at", "lease_until"])
    endpoint.save(update_fields=["failing_since", "last_success_at", "state"])


def _call(taken: Taken, resolver: Resolver | None) -> tuple[str, Answer]:
    if not taken.signature:
        return _OUTCOMES.REFUSED, Answer(0, 0, problem="签名密钥已失效，请轮换密钥")
    try:
        target = pinned(
            read_target(taken.url, ports=settings.WEBHOOK_ALLOWED_PORTS),
            allowed=settings.WEBHOOK_ALLOWED_NETWORKS,
            resolver=resolver,
        )
    except UnsafeTarget as unsafe:
        return _OUTCOMES.REFUSED, Answer(0, 0, problem=str(unsafe))
    except UnresolvedTarget as unknown:
        return _OUTCOMES.UNREACHED, Answer(0, 0, problem=str(unknown))
    answer = post(
        target,
        body=taken.body,
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "zhaocai-webhook/1",
            "webhook-id": taken.message_id,
            "webhook-timestamp": str(taken.timestamp),
            "webhook-signature": taken.signature,
        },
        seconds=settings.WEBHOOK_TIMEOUT_SECONDS,
        authorities=settings.WEBHOOK_CA_FILE,
    )
    if answer.accepted:
        return _OUTCOMES.ACCEPTED, answer
    return (_OUTCOMES.REJECTED if answer.status else _OUTCOMES.UNREACHED), answer


def _plan_next(delivery: WebhookDelivery, at: datetime) -> None:
    if delivery.attempts_made > len(WAITS):
        delivery.state, delivery.next_attempt_at, delivery.ended_at = "given_up", None, at
    else:
        delivery.next_attempt_at = at + WAITS[delivery.attempts_made - 1]


def _count_failure(endpoint: WebhookEndpoint, at: datetime) -> None:
    """After days of nothing but failure the endpoint pauses and its organisation is told."""
    endpoint.failing_since = endpoint.failing_since or at
    patience = timedelta(days=settings.WEBHOOK_PAUSE_AFTER_DAYS)
    if at - endpoint.failing_since < patience or endpoint.state != WebhookEndpoint.State.ACTIVE:
        return
    endpoint.state = WebhookEndpoint.State.FAILED
    notify(
        notices=[
            NewNotice(
                organisation_id=endpoint.organisation_id,
                key=f"webhook:{endpoint.number}:{endpoint.failing_since.isoformat()}",
                title=f"回调地址“{endpoint.name}”连续 {patience.days} 天投递失败，已自动暂停",
                body="请检查接收系统后在“回调地址”页面恢复；暂停期间的变更请从变更接口补取。",
                url=f"/webhooks/{endpoint.number}/",
            )
        ],
        at=at,
    )


def _secrets(endpoint: WebhookEndpoint, at: datetime) -> list[str]:
    """The secret in force and, for a day after a rotation, the one before it."""
    kept = [endpoint.sealed_secret]
    if endpoint.old_secret_until is not None and endpoint.old_secret_until > at:
        kept.append(endpoint.sealed_old_secret)
    try:
        return [unseal(text) for text in kept]
    except LostSecret:
        # SECRET_KEY was changed: nothing can be signed until the secret is rotated.
        return []
