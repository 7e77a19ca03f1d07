"""Changes, and the endpoints, deliveries and attempts of webhooks."""

from __future__ import annotations

from core.outgoing.signatures import new_secret, seal
from inbox.models import Change, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from organisations.models import Organisation
from tests.factories.organisations import LONG_AGO, number, organisation


def change(of: Organisation | None = None, **fields: object) -> Change:
    values: dict[str, object] = {
        "kind": "notice.sent", "object_type": "notice", "object_key": str(number()),
        "at": LONG_AGO, "organisation_id": of.pk if of else None,
    }  # fmt: skip
    return Change.objects.create(**values | fields)


def webhook_endpoint(of: Organisation | None = None, **fields: object) -> WebhookEndpoint:
    mark = number()
    values: dict[str, object] = {
        "number": f"HD{mark:X}", "name": f"回调{mark}", "url": f"https://hook{mark}.example.org/",
        "kinds": ["notice.sent"], "sealed_secret": seal(new_secret()), "created_at": LONG_AGO,
        "created_by_name": "测试",
    }  # fmt: skip
    return WebhookEndpoint.objects.create(organisation=of or organisation(), **values | fields)


def webhook_delivery(of: WebhookEndpoint | None = None, **fields: object) -> WebhookDelivery:
    values: dict[str, object] = {
        "change_id": number(), "kind": "notice.sent", "message": {}, "created_at": LONG_AGO,
        "next_attempt_at": LONG_AGO,
    }  # fmt: skip
    return WebhookDelivery.objects.create(endpoint=of or webhook_endpoint(), **values | fields)


def webhook_attempt(of: WebhookDelivery | None = None, **fields: object) -> WebhookAttempt:
    values: dict[str, object] = {"number": 1, "begun_at": LONG_AGO}
    return WebhookAttempt.objects.create(delivery=of or webhook_delivery(), **values | fields)
