"""Webhooks: what is sent, how it is signed, retried, paused, sent again; one row for each attempt."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.outgoing.post import Answer
from core.outgoing.signatures import unseal
from inbox.models import Change, Notice, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from inbox.operations.deliver import WAITS, deliver, finish_attempt, take_delivery
from inbox.operations.hand_out import hand_out_changes
from inbox.operations.notices import NewNotice, notify
from inbox.operations.webhooks import (
    pause_webhook,
    redeliver,
    register_webhook,
    remove_webhook,
    resume_webhook,
    rotate_webhook_secret,
    send_test,
)
from inbox.queries.due_deliveries import due_deliveries
from tests.api.listening import Receiver, receiver
from tests.factories import feed
from tests.factories import organisations as make

AT = datetime(2026, 3, 10, 1, tzinfo=UTC)


@pytest.fixture
def listening(tmp_path: Path, settings: Any) -> Iterator[Receiver]:
    """A receiver on loopback, which the operator's settings allow."""
    with receiver(tmp_path) as found:
        settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
        settings.WEBHOOK_ALLOWED_PORTS = [443, found.port]
        settings.WEBHOOK_CA_FILE = found.authority
        yield found


def _verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the handbook tells integrators to do it; nothing of ours is used."""
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in headers["webhook-signature"].split(" ")


def _sent(endpoint: WebhookEndpoint) -> WebhookDelivery:
    return feed.webhook_delivery(endpoint, next_attempt_at=timezone.now(), message={"id": 1})


@pytest.mark.django_db
def test_notice_reaches_the_endpoint_signed_and_without_its_words(listening: Receiver) -> None:
    person = make.person(None, "admin")
    endpoint, secret = register_webhook(
        organisation=person.organisation, name="HIS", url=listening.url, kinds=["notice.sent"],
        by=person, at=AT,
    )  # fmt: skip
    told = NewNotice(
        organisation_id=person.organisation.pk, key="k1", title="机密标题", body="机密正文"
    )
    notify(notices=[told], at=AT)
    notify(notices=[NewNotice(make.organisation().pk, "k2", "他人的通知")], at=AT)
    assert hand_out_changes(at=timezone.now()) == 2
    assert hand_out_changes(at=timezone.now()) == 0
    (delivery,) = WebhookDelivery.objects.all()
    assert due_deliveries(timezone.now()) == [delivery.pk]
    assert deliver(delivery.pk) == "accepted"
    ((headers, body),) = listening.got
    assert _verified(secret, headers, body)
    assert not _verified(secret, headers, body + b" ")
    message = json.loads(body)
    notice = Notice.objects.get(key="k1")
    assert message == {
        "id": delivery.change_id, "kind": "notice.sent", "at": message["at"],
        "object_type": "notice", "object_key": str(notice.pk), "version": None,
        "api_url": f"/api/v1/notices/{notice.pk}/", "page_url": "",
    }  # fmt: skip
    assert "机密" not in body.decode()
    assert headers["webhook-id"] == f"chg_{delivery.change_id}"
    (attempt,) = delivery.attempts.all()
    assert (attempt.number, attempt.outcome, attempt.status) == (1, "accepted", 200)
    assert attempt.answer_head == "ok"
    assert deliver(delivery.pk) == ""
    assert len(listening.got) == 1
    assert endpoint.number.startswith("HD")


@pytest.mark.django_db
def test_both_secrets_sign_after_a_rotation_and_one_a_day_later(listening: Receiver) -> None:
    person = make.person(None, "admin")
    endpoint, old = register_webhook(
        organisation=person.organisation, name="HIS", url=listening.url, kinds=["notice.sent"],
        by=person, at=AT,
    )  # fmt: skip
    endpoint, new = rotate_webhook_secret(endpoint=endpoint, by=person, at=timezone.now())
    assert old != new
    assert old not in endpoint.sealed_old_secret
    deliver(_sent(endpoint).pk)
    headers, body = listening.got[0]
    assert _verified(old, headers, body)
    assert _verified(new, headers, body)
    past = timezone.now() - timedelta(seconds=1)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(old_secret_until=past)
    deliver(_sent(endpoint).pk)
    headers, body = listening.got[1]
    assert not _verified(old, headers, body)
    assert _verified(new, headers, body)
    assert unseal(endpoint.sealed_secret) == new


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "outcome"),
    [(500, "rejected"), (302, "rejected"), (404, "rejected"), (204, "accepted")],
)
def test_answer_decides(listening: Receiver, status: int, outcome: str) -> None:
    listening.status, listening.location = status, listening.url
    listening.answer = b"" if status == 204 else ("坏" * 400).encode()
    delivery = _sent(feed.webhook_endpoint(url=listening.url))
    assert deliver(delivery.pk) == outcome
    (attempt,) = delivery.attempts.all()
    assert attempt.status == status
    assert len(attempt.answer_head) <= 500
    assert len(listening.got) == 1  # a redirect is not followed


@pytest.mark.django_db
def test_certificate_of_somebody_else_is_not_accepted(listening: Receiver, settings: Any) -> None:
    settings.WEBHOOK_CA_FILE = ""
    delivery = _sent(feed.webhook_endpoint(url=listening.url))
    assert deliver(delivery.pk) == "unreached"
    assert "TLS" in delivery.attempts.get().problem
    assert listening.got == []


@pytest.mark.django_db
def test_waits_grow_to_a_day_and_end_after_ten_attempts() -> None:
    endpoint = feed.webhook_endpoint()
    delivery = feed.webhook_delivery(endpoint, next_attempt_at=AT)
    at, waits = AT, []
    while True:
        taken = take_delivery(delivery_id=delivery.pk, at=at)
        assert taken is not None
        finish_attempt(
            attempt_id=taken.attempt_id, outcome="rejected", answer=Answer(500, 3, "no"), at=at
        )
        delivery.refresh_from_db()
        if delivery.next_attempt_at is None:
            break
        waits.append(delivery.next_attempt_at - at)
        at = delivery.next_attempt_at
    assert tuple(waits) == WAITS
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=24)
    assert (delivery.state, delivery.attempts.count()) == ("given_up", 10)


@pytest.mark.django_db
def test_days_of_failure_pause_the_endpoint_and_tell_its_organisation(settings: Any) -> None:
    settings.WEBHOOK_PAUSE_AFTER_DAYS = 2
    endpoint = feed.webhook_endpoint()
    for day in range(3):
        delivery = feed.webhook_delivery(endpoint, next_attempt_at=AT)
        at = AT + timedelta(days=day)
        taken = take_delivery(delivery_id=delivery.pk, at=at)
        assert taken is not None
        finish_attempt(attempt_id=taken.attempt_id, outcome="unreached", answer=Answer(0, 1), at=at)
        endpoint.refresh_from_db()
        assert (endpoint.state == "failed") is (day == 2)
    assert Notice.objects.filter(organisation=endpoint.organisation).count() == 1
    waiting = feed.webhook_delivery(endpoint, next_attempt_at=AT)
    assert take_delivery(delivery_id=waiting.pk, at=at) is None
    person = make.person(endpoint.organisation, "admin")
    resume_webhook(endpoint=endpoint, by=person, at=at)
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.failing_since) == ("active", None)


@pytest.mark.django_db
def test_paused_and_removed_endpoints_get_nothing() -> None:
    person = make.person(None, "admin")
    made = [feed.webhook_endpoint(person.organisation) for _ in range(2)]
    pause_webhook(endpoint=made[0], by=person, at=AT)
    remove_webhook(endpoint=made[1], by=person, at=AT)
    notify(notices=[NewNotice(person.organisation.pk, "k", "通知")], at=AT)
    assert hand_out_changes(at=timezone.now()) == 1
    assert not WebhookDelivery.objects.exists()


@pytest.mark.django_db
def test_test_message_goes_to_the_endpoint_that_asked_alone(listening: Receiver) -> None:
    person = make.person(None, "admin")
    mine = feed.webhook_endpoint(person.organisation, url=listening.url)
    feed.webhook_endpoint(person.organisation)
    delivery = send_test(endpoint=mine, by=person, at=timezone.now())
    hand_out_changes(at=timezone.now())
    assert list(WebhookDelivery.objects.all()) == [delivery]
    assert deliver(delivery.pk) == "accepted"
    assert json.loads(listening.got[0][1])["kind"] == "webhook.test"
    again = redeliver(delivery=delivery, by=person, at=timezone.now())
    assert deliver(again.pk) == "accepted"
    assert listening.got[0][0]["webhook-id"] == listening.got[1][0]["webhook-id"]
    assert [a.number for a in delivery.attempts.order_by("number")] == [1, 2]


@pytest.mark.django_db
def test_attempt_of_a_dead_worker_is_marked_and_made_again(listening: Receiver) -> None:
    delivery = _sent(feed.webhook_endpoint(url=listening.url))
    now = timezone.now()
    dead = take_delivery(delivery_id=delivery.pk, at=now)
    assert dead is not None
    assert deliver(delivery.pk) == ""  # the lease still runs
    past = now - timedelta(seconds=1)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(lease_until=past)
    assert due_deliveries(timezone.now()) == [delivery.pk]
    assert deliver(delivery.pk) == "accepted"
    outcomes = list(delivery.attempts.order_by("number").values_list("number", "outcome"))
    assert outcomes == [(1, "interrupted"), (2, "accepted")]
    # The dead one wakes up: it changes nothing any more.
    finish_attempt(
        attempt_id=dead.attempt_id, outcome="rejected", answer=Answer(500, 1), at=timezone.now()
    )
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert delivery.attempts.get(number=1).outcome == "interrupted"


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_send_it_once(listening: Receiver) -> None:
    delivery = _sent(feed.webhook_endpoint(url=listening.url))
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def work() -> None:
        try:
            together.wait(60)
            outcomes.append(deliver(delivery.pk))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(outcomes) == [""] * 7 + ["accepted"]
    assert len(listening.got) == 1
    assert WebhookAttempt.objects.count() == 1


@pytest.mark.django_db
def test_changes_of_a_rolled_back_transaction_are_not_told() -> None:
    from django.db import transaction

    organisation = make.organisation()
    with pytest.raises(RuntimeError), transaction.atomic():
        notify(notices=[NewNotice(organisation.pk, "k", "通知")], at=AT)
        raise RuntimeError
    assert not Change.objects.exists()
