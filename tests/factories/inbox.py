"""Tasks, notices, and how people like their lists and forms."""

from __future__ import annotations

from inbox.models import (
    Announcement,
    AnnouncementReceipt,
    AnnouncementRecipient,
    BulkRun,
    ContactPoint,
    Delivery,
    DeliveryAttempt,
    Draft,
    ListChoice,
    Notice,
    QuietHours,
    SavedView,
    Task,
)
from organisations.models import Organisation, User
from tests.factories.feed import (  # noqa: F401 - the registry names them here
    change,
    webhook_attempt,
    webhook_delivery,
    webhook_endpoint,
)
from tests.factories.organisations import LONG_AGO, number, organisation, person


def task(of: Organisation | None = None, **fields: object) -> Task:
    values: dict[str, object] = {
        "act": "warning.explain", "title": "说明预警", "object_type": "warning",
        "object_key": f"W{number()}", "url": "/", "created_at": LONG_AGO,
    }  # fmt: skip
    return Task.objects.create(organisation=of or organisation(), **values | fields)


def notice(of: Organisation | None = None, **fields: object) -> Notice:
    values: dict[str, object] = {"title": "通知", "key": f"N{number()}", "created_at": LONG_AGO}
    return Notice.objects.create(organisation=of or organisation(), **values | fields)


def saved_view(of: User | None = None, **fields: object) -> SavedView:
    values: dict[str, object] = {"page": "warning-list", "name": f"视图{number()}", "query": "a=1"}
    return SavedView.objects.create(user=of or person(), **values | fields)


def list_choice(of: User | None = None, **fields: object) -> ListChoice:
    return ListChoice.objects.create(user=of or person(), **{"page": "warning-list"} | fields)


def bulk_run(of: User | None = None, **fields: object) -> BulkRun:
    values: dict[str, object] = {"act": "notice-read", "created_at": LONG_AGO}
    return BulkRun.objects.create(user=of or person(), **values | fields)


def draft(of: User | None = None, **fields: object) -> Draft:
    values: dict[str, object] = {"key": f"form-{number()}", "saved_at": LONG_AGO}
    return Draft.objects.create(user=of or person(), **values | fields)


def announcement(of: Organisation | None = None, **fields: object) -> Announcement:
    """A draft; with state="published" it is out, for everybody if is_public."""
    code = str(fields.pop("code", f"GG{number()}"))
    values: dict[str, object] = {
        "code": code, "series": code, "title": "公告", "category": "notice", "body": "正文",
        "created_at": LONG_AGO, "created_by_name": "测试", "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    if fields.get("state", "draft") not in ("draft", "submitted"):
        values["published_at"] = LONG_AGO
    of = of or organisation("bureau")
    return Announcement.objects.create(organisation=of, **values | fields)


def announcement_recipient(
    of: Announcement | None = None, to: Organisation | None = None
) -> AnnouncementRecipient:
    return AnnouncementRecipient.objects.create(
        announcement=of or announcement(state="published"), organisation=to or organisation()
    )


def announcement_receipt(
    of: Announcement | None = None, by: User | None = None
) -> AnnouncementReceipt:
    by = by or person()
    return AnnouncementReceipt.objects.create(
        announcement=of or announcement(state="published"), user=by, read_at=LONG_AGO,
        organisation=by.organisation,
    )  # fmt: skip


def contact_point(of: User | None = None, **fields: object) -> ContactPoint:
    """A verified address."""
    values: dict[str, object] = {
        "channel": "email", "address": f"person{number()}@example.invalid",
        "verified_at": LONG_AGO,
    }  # fmt: skip
    return ContactPoint.objects.create(user=of or person(), **values | fields)


def quiet_hours(of: User | None = None, **fields: object) -> QuietHours:
    return QuietHours.objects.create(user=of or person(), **fields)


def outside_delivery(to: User | None = None, **fields: object) -> Delivery:
    to = to or person()
    values: dict[str, object] = {
        "channel": "email", "category": "general", "queued_at": LONG_AGO, "next_try_at": LONG_AGO,
    }  # fmt: skip
    if "notice" not in fields:
        values["notice"] = notice(to.organisation)
    return Delivery.objects.create(user=to, organisation=to.organisation, **values | fields)


def delivery_attempt(to: User | None = None, **fields: object) -> DeliveryAttempt:
    to = to or person()
    values: dict[str, object] = {
        "channel": "email", "category": "general", "outcome": "sent", "at": LONG_AGO,
    }  # fmt: skip
    return DeliveryAttempt.objects.create(user=to, organisation=to.organisation, **values | fields)
