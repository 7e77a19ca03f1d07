"""Kinds of change that the feed and webhooks tell of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from inbox.models import Change
from organisations.states import ChangeState, RegistrationState


@dataclass(frozen=True)
class ChangeKind:
    """`subject` is what a token must be able to read; `route` the API's address of the object.

    With `by` the address is the list's, narrowed to the object by that filter.
    """

    label: str
    subject: str
    route: str = ""
    by: str = ""


# States of apps above this one, by name; tests/api/test_told_steps.py holds them equal.
COMPLAINT_STEPS = {
    "filed": "提出", "replied": "回复并承诺", "claimed": "申报已解决", "refused": "未解决",
    "confirmed": "确认已解决", "closed": "办结", "withdrawn": "撤回", "said": "留言",
    "supervised": "督办", "escalated": "上报或提级",
}  # fmt: skip
BULLETIN_STATES = {
    "draft": "退回起草", "checking": "数据核对期", "review": "待审核", "countersign": "待会签",
    "ready": "待印发", "issued": "印发", "closed": "办结", "withdrawn": "撤销",
}  # fmt: skip
OBJECTION_STATES = {"filed": "提出", "upheld": "成立", "rejected": "不成立"}
RECEIPT_STATES = {
    "read": "签收", "answered": "反馈整改", "returned": "退回补充", "accepted": "整改认可",
}  # fmt: skip

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
    "order.sent": ChangeKind("订单发出", "procurement", "api-order-detail"),
    "order.answered": ChangeKind("订单响应", "procurement", "api-order-detail"),
    "order.cancelled": ChangeKind("订单撤单", "procurement", "api-order-detail"),
    "order.closed": ChangeKind("订单行作废或关闭余量", "procurement", "api-order-detail"),
    "delivery.recorded": ChangeKind("配送登记", "procurement", "api-delivery-list", "order_no"),
    "delivery.updated": ChangeKind("配送更新", "procurement", "api-delivery-list", "order_no"),
    "receipt.recorded": ChangeKind("收货登记", "procurement", "api-receipt-list", "order_no"),
    "return.recorded": ChangeKind("退货登记", "procurement", "api-return-list", "order_no"),
    "dataset.loaded": ChangeKind("数据集装入", "procurement"),
    "announcement.published": ChangeKind("公告发布", "inbox", "api-announcement-detail"),
    "announcement.superseded": ChangeKind("公告更正", "inbox", "api-announcement-detail"),
    "announcement.withdrawn": ChangeKind("公告撤回", "inbox", "api-announcement-detail"),
    **{
        f"registration.{state}": ChangeKind(
            f"注册申请：{label}", "organisations", "api-registration-detail"
        )
        for state, label in RegistrationState.choices
        if state != "draft"
    },
    **{
        f"organisation_change.{state}": ChangeKind(
            f"机构变更：{label}", "organisations", "api-organisation-change-detail"
        )
        for state, label in ChangeState.choices
    },
    **{
        f"complaint.{step}": ChangeKind(f"诉求：{label}", "complaints", "api-complaint-detail")
        for step, label in COMPLAINT_STEPS.items()
    },
    **{
        f"bulletin.{state}": ChangeKind(f"通报：{label}", "warnings", "api-bulletin-detail")
        for state, label in BULLETIN_STATES.items()
    },
    **{
        f"bulletin_objection.{state}": ChangeKind(
            f"通报核对异议：{label}", "warnings", "api-bulletin-detail"
        )
        for state, label in OBJECTION_STATES.items()
    },
    **{
        f"bulletin_receipt.{state}": ChangeKind(
            f"通报签收：{label}", "warnings", "api-bulletin-receipt-detail"
        )
        for state, label in RECEIPT_STATES.items()
    },
    "webhook.test": ChangeKind("回调测试", "changes"),
}
"""Every kind by name. Whoever changes an object writes one of these with it."""

LOOKUPS = {
    "warning": "warning_no",
    "order": "order_no",
    "announcement": "code",
    "registration": "receipt_no",
    "organisation_change": "change_no",
    "complaint": "complaint_no",
    "bulletin": "bulletin_no",
    "bulletin_receipt": "id",
}
"""The argument of the object's address, where it is not the row's id."""

SUBSCRIBED = tuple(kind for kind in CHANGE_KINDS if kind != "webhook.test")
"""What an endpoint can be registered for; the test goes only to the endpoint that asked."""


def change_message(change: Change) -> dict[str, Any]:
    """What feed and webhooks say of a change: numbers and addresses, nothing of the business.

    Addresses are paths on the platform's own host.
    """
    return {
        "id": change.pk,
        "kind": change.kind,
        "at": change.at.isoformat(),
        "object_type": change.object_type,
        "object_key": change.object_key,
        "version": change.version,
        "api_url": _address(change),
        "page_url": change.url,
    }


def _address(change: Change) -> str:
    """Empty where there is none, also for a number that no address can carry."""
    kind = CHANGE_KINDS.get(change.kind)
    if kind is None or not kind.route:
        return ""
    if kind.by:
        return f"{reverse(kind.route)}?{urlencode({kind.by: change.object_key})}"
    try:
        lookup = LOOKUPS.get(change.object_type, "pk")
        return reverse(kind.route, kwargs={lookup: change.object_key})
    except NoReverseMatch:
        return ""
