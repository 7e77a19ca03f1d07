"""Register, change, pause and remove the endpoints that an organisation's own systems listen at."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from core.audit.record import Actor, record
from core.operations import operation
from core.outgoing.signatures import new_secret, seal
from core.outgoing.targets import UnsafeTarget, pinned, read_target
from core.transitions import MissingInput, StaleVersion, TransitionRefused
from inbox.models import Change, WebhookDelivery, WebhookEndpoint
from inbox.queries.change_kinds import SUBSCRIBED, change_message
from organisations.models import Organisation

MAX_ENDPOINTS = 20
OVERLAP = timedelta(hours=24)
"""How long the old secret still signs after a rotation."""
TAKEN = "本机构已登记过这个地址"


@operation
def register_webhook(
    *,
    organisation: Organisation,
    name: str,
    url: str,
    kinds: Sequence[str],
    by: Actor,
    at: datetime,
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown once.

    Raises MissingInput for an address that may not be called or kinds that there are not.
    """
    _check(url, kinds)
    if WebhookEndpoint.objects.filter(organisation=organisation, removed_at=None).count() >= MAX_ENDPOINTS:  # fmt: skip
        raise TransitionRefused(f"每个机构至多登记 {MAX_ENDPOINTS} 个回调地址，请先删除不用的")
    secret = new_secret()
    endpoint = WebhookEndpoint(
        organisation=organisation,
        number=f"HD{secrets.token_hex(6).upper()}",
        name=name,
        url=url,
        kinds=sorted(set(kinds)),
        sealed_secret=seal(secret),
        created_at=at,
        created_by_name=by.audit_name,
    )
    _save(endpoint)
    _note("webhook.register", endpoint, by, at, {"url": url, "kinds": endpoint.kinds})
    return endpoint, secret


@operation
def change_webhook(
    *,
    endpoint: WebhookEndpoint,
    name: str,
    url: str,
    kinds: Sequence[str],
    by: Actor,
    at: datetime,
    seen_version: int | None = None,
) -> WebhookEndpoint:
    """Another name, address or choice of kinds; what waits already goes to the new address.

    Raises StaleVersion where another admin saved since the page was opened.
    """
    _check(url, kinds)
    locked = _locked(endpoint)
    if seen_version is not None and seen_version != locked.row_version:
        raise StaleVersion("该回调地址刚刚由他人修改，请核对后再保存")
    locked.name, locked.url, locked.kinds = name, url, sorted(set(kinds))
    locked.row_version += 1
    _save(locked, ["name", "initials", "url", "kinds", "row_version"])
    _note("webhook.change", locked, by, at, {"url": url, "kinds": locked.kinds})
    return locked


@operation
def pause_webhook(*, endpoint: WebhookEndpoint, by: Actor, at: datetime) -> WebhookEndpoint:
    """Nothing is sent or collected until it is resumed; the feed tells what was missed."""
    locked = _locked(endpoint)
    if locked.state != WebhookEndpoint.State.ACTIVE:
        raise TransitionRefused("该回调地址已经暂停")
    locked.state = WebhookEndpoint.State.PAUSED
    locked.save(update_fields=["state"])
    _note("webhook.pause", locked, by, at)
    return locked


@operation
def resume_webhook(*, endpoint: WebhookEndpoint, by: Actor, at: datetime) -> WebhookEndpoint:
    """Send again, and count failures from the beginning."""
    locked = _locked(endpoint)
    if locked.state == WebhookEndpoint.State.ACTIVE:
        raise TransitionRefused("该回调地址正在使用，不需要恢复")
    locked.state = WebhookEndpoint.State.ACTIVE
    locked.failing_since = None
    locked.save(update_fields=["state", "failing_since"])
    _note("webhook.resume", locked, by, at)
    return locked


@operation
def rotate_webhook_secret(
    *, endpoint: WebhookEndpoint, by: Actor, at: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new secret, shown once; the old one signs beside it for a day."""
    locked = _locked(endpoint)
    secret = new_secret()
    locked.sealed_old_secret = locked.sealed_secret
    locked.old_secret_until = at + OVERLAP
    locked.sealed_secret = seal(secret)
    locked.save(update_fields=["sealed_old_secret", "old_secret_until", "sealed_secret"])
    _note("webhook.rotate", locked, by, at)
    return locked, secret


@operation
def remove_webhook(*, endpoint: WebhookEndpoint, by: Actor, at: datetime) -> None:
    """End the endpoint; what still waits is given up. The row stays for the trail."""
    locked = _locked(endpoint)
    locked.removed_at = at
    locked.state = WebhookEndpoint.State.PAUSED
    locked.save(update_fields=["removed_at", "state"])
    locked.deliveries.filter(state=WebhookDelivery.State.WAITING).update(
        state=WebhookDelivery.State.GIVEN_UP, next_attempt_at=None, ended_at=at
    )
    _note("webhook.remove", locked, by, at)


@operation
def send_test(*, endpoint: WebhookEndpoint, by: Actor, at: datetime) -> WebhookDelivery:
    """A message of the kind `webhook.test`, to this endpoint alone, through the usual way."""
    locked = _locked(endpoint)
    if locked.state != WebhookEndpoint.State.ACTIVE:
        raise TransitionRefused("回调地址已暂停，请先恢复再测试")
    change = Change.objects.create(
        kind="webhook.test", object_type="webhook", object_key=locked.number, at=at,
        organisation_id=locked.organisation_id, roles=["admin"], handed_out_at=at,
    )  # fmt: skip
    change.refresh_from_db()
    made: WebhookDelivery = WebhookDelivery.objects.create(
        endpoint=locked, change_id=change.pk, kind=change.kind, message=change_message(change),
        created_at=at, next_attempt_at=at,
    )  # fmt: skip
    _note("webhook.test", locked, by, at)
    return made


@operation
def redeliver(*, delivery: WebhookDelivery, by: Actor, at: datetime) -> WebhookDelivery:
    """Send the same message once more, whatever became of it before."""
    locked = WebhookDelivery.objects.select_for_update().select_related("endpoint").get(pk=delivery.pk)  # fmt: skip
    if locked.endpoint.state != WebhookEndpoint.State.ACTIVE:
        raise TransitionRefused("回调地址已暂停，请先恢复再重新投递")
    if locked.lease_until is not None and locked.lease_until > at:
        raise TransitionRefused("正在投递，请稍后查看结果")
    locked.state = WebhookDelivery.State.WAITING
    locked.next_attempt_at = at
    locked.ended_at = None
    locked.save(update_fields=["state", "next_attempt_at", "ended_at"])
    _note("webhook.redeliver", locked.endpoint, by, at, {"change": locked.change_id})
    return locked


def _check(url: str, kinds: Sequence[str]) -> None:
    """What can be read off the address; where a name leads is judged at every call."""
    try:
        target = read_target(url, ports=settings.WEBHOOK_ALLOWED_PORTS)
        if target.is_number:
            pinned(target, allowed=settings.WEBHOOK_ALLOWED_NETWORKS)
    except UnsafeTarget as unsafe:
        raise MissingInput("url", str(unsafe)) from unsafe
    if not kinds or not set(kinds) <= set(SUBSCRIBED):
        raise MissingInput("kinds", "请选择要接收的变更种类")


def _save(endpoint: WebhookEndpoint, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            endpoint.save(update_fields=fields)
    except IntegrityError as error:
        raise MissingInput("url", TAKEN) from error


def _locked(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    found: WebhookEndpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    if found.removed_at is not None:
        raise TransitionRefused("该回调地址已经删除")
    return found


def _note(
    action: str, endpoint: WebhookEndpoint, by: Actor, at: datetime,
    detail: dict[str, object] | None = None,
) -> None:  # fmt: skip
    record(
        by=by, at=at, action=action, object_type="webhook_endpoint", object_key=endpoint.number,
        object_label=endpoint.name, detail=detail,
    )  # fmt: skip
