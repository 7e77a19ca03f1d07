"""Kinds of change that the feed and webhooks tell of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from inbox.models import Change


@dataclass(frozen=True)
class ChangeKind:
    """`subject` is what a token must be able to read; `route` the API's address of the object."""

    label: str
    subject: str
    route: str = ""


CHANGE_KINDS: dict[str, ChangeKind] = {
    "warning.opened": ChangeKind("预警发出", "warnings", "api-warning-detail"),
    "warning.updated": ChangeKind("预警更新", "warnings", "api-warning-detail"),
    "warning.recovered": ChangeKind("预警恢复", "warnings", "api-warning-detail"),
    "warning.acknowledged": ChangeKind("预警签收", "warnings", "api-warning-detail"),
    "warning.explained": ChangeKind("预警提交说明", "warnings", "api-warning-detail"),
    "warning.closed": ChangeKind("预警办结", "warnings", "api-warning-detail"),
    "warning.returned": ChangeKind("预警说明退回", "warnings", "api-warning-detail"),
    "month.computed": ChangeKind("月度指标计算完成", "monitoring"),
    "task.opened": ChangeKind("待办产生", "inbox", "api-task-detail"),
    "task.done": ChangeKind("待办办结", "inbox", "api-task-detail"),
    "notice.sent": ChangeKind("通知发出", "inbox", "api-notice-detail"),
    "webhook.test": ChangeKind("回调测试", "changes"),
}
"""Every kind by name. Whoever changes an object writes one of these with it."""

LOOKUPS = {"warning": "warning_no"}
"""The argument of the object's address, where it is not the row's id."""

SUBSCRIBED = tuple(kind for kind in CHANGE_KINDS if kind != "webhook.test")
"""What an endpoint can be registered for; the test goes only to the endpoint that asked."""


def change_message(change: Change) -> dict[str, Any]:
    """What feed and webhooks say of a change: numbers and addresses, nothing of the business.

    Addresses are paths on the platform's own host.
    """
    kind = CHANGE_KINDS.get(change.kind)
    route = kind.route if kind else ""
    lookup = LOOKUPS.get(change.object_type, "pk")
    return {
        "id": change.pk,
        "kind": change.kind,
        "at": change.at.isoformat(),
        "object_type": change.object_type,
        "object_key": change.object_key,
        "version": change.version,
        "api_url": reverse(route, kwargs={lookup: change.object_key}) if route else "",
        "page_url": change.url,
    }
