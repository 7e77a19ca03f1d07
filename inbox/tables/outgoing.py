"""Columns of what goes outside: messages to people, and webhooks with their attempts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from core.lists.cell import Act, Cell
from core.lists.columns import Column
from core.templatetags.formats import moment
from inbox.models import Notice
from inbox.operations.contact_points import CODE_CATEGORY
from inbox.queries.change_kinds import CHANGE_KINDS, SUBSCRIBED

CATEGORIES = {**dict(Notice.Category.choices), CODE_CATEGORY: "验证码"}
SHORT = 3
SENT_LEVELS = {
    "queued": "blue", "sent": "green", "failed": "orange", "dead": "red", "skipped": "grey",
}  # fmt: skip
HOOK_LEVELS = {
    "active": "green", "paused": "grey", "failed": "red", "waiting": "blue", "delivered": "green",
    "given_up": "red", "started": "blue", "accepted": "green",
}  # fmt: skip


def hook_level(state: str) -> str:
    """The badge of an endpoint's, delivery's or attempt's state; what went wrong is orange."""
    return HOOK_LEVELS.get(state, "orange")


def _next(row: Any) -> Cell:
    again = f"下次发送 {moment(row.next_try_at)}" if row.next_try_at else ""
    return Cell(row.reason, sub=again)


DELIVERY_COLUMNS = (
    Column(
        "at", "时间", lambda r: r.at, 18, sort=("at",), fixed=True,
        shown=lambda r: Cell(moment(r.at), nowrap=True),
    ),
    Column("channel", "渠道", lambda r: r.get_channel_display(), 10, sort=("channel", "-at")),
    Column("category", "类别", lambda r: CATEGORIES.get(r.category, r.category), 12),
    Column(
        "outcome", "结果", lambda r: r.get_outcome_display(), 14, sort=("outcome", "-at"),
        shown=lambda r: Cell(r.get_outcome_display(), level=SENT_LEVELS[r.outcome], plain=False),
    ),
    Column(
        "person", "接收人", lambda r: r.user.name, 14, sort=("user__username", "-at"),
        shown=lambda r: Cell(r.user.name, sub=r.user.organisation.name),
    ),
    Column("organisation", "机构", lambda r: r.user.organisation.name, 30, offered=False),
    Column("reason", "原因与下次发送", lambda r: r.reason, 40, shown=_next),
    Column("again", "下次发送", lambda r: r.next_try_at, 18, offered=False),
)  # fmt: skip


def _kinds(endpoint: Any) -> str:
    return "、".join(CHANGE_KINDS[kind].label for kind in endpoint.kinds)


def kinds_in_short(kinds: Sequence[str]) -> str:
    """What an endpoint is told of, short enough for a list: there are some sixty kinds."""
    if set(SUBSCRIBED) <= set(kinds):
        return f"全部 {len(kinds)} 类变更"
    words = [CHANGE_KINDS[kind].label for kind in kinds]
    more = f" 等 {len(words)} 类" if len(words) > SHORT else ""
    return "、".join(words[:SHORT]) + more


def _reached(endpoint: Any) -> Cell:
    at = endpoint.last_success_at
    return Cell(moment(at) if at else "尚未送达", nowrap=True)


WEBHOOK_COLUMNS = (
    Column(
        "name", "名称", lambda w: w.name, 24, sort=("name",), fixed=True,
        shown=lambda w: Cell(w.name, url=reverse("webhook-detail", args=[w.number])),
    ),
    Column("number", "编号", lambda w: w.number, 16, offered=False),
    Column("url", "接收地址", lambda w: w.url, 40, sort=("url",)),
    Column("kinds", "接收的变更", _kinds, 40,
           shown=lambda w: Cell(kinds_in_short(w.kinds), full=_kinds(w))),
    Column(
        "state", "状态", lambda w: w.get_state_display(), 14, sort=("state", "-created_at"),
        shown=lambda w: Cell(w.get_state_display(), level=hook_level(w.state), plain=False),
    ),
    Column("reached", "最近送达", lambda w: w.last_success_at, 18, sort=("last_success_at",),
           shown=_reached),
    Column(
        "registered", "登记", lambda w: w.created_at, 18, sort=("created_at",),
        shown=lambda w: Cell(moment(w.created_at), nowrap=True, sub=w.created_by_name),
    ),
)  # fmt: skip


def _label(attempt: Any) -> str:
    kind = CHANGE_KINDS.get(attempt.delivery.kind)
    return kind.label if kind else str(attempt.delivery.kind)


def _again(attempt: Any) -> Cell:
    """Sent again only once the platform itself has ended its tries."""
    delivery = attempt.delivery
    endpoint = delivery.endpoint
    if endpoint.state != "active" or delivery.state == "waiting" or not attempt.is_last:
        return Cell(None)
    url = reverse("webhook-redeliver", args=[endpoint.number, delivery.pk])
    return Cell("", acts=(Act("重新投递", url, f"变更 {delivery.change_id}"),))


ATTEMPT_COLUMNS = (
    Column(
        "at", "时间", lambda a: a.begun_at, 20, sort=("begun_at",), fixed=True,
        shown=lambda a: Cell(moment(a.begun_at), nowrap=True),
    ),
    Column(
        "change", "变更", _label, 20,
        shown=lambda a: Cell(
            _label(a),
            sub=f"chg_{a.delivery.change_id} {a.delivery.message.get('object_key', '')}",
        ),
    ),
    Column("change_id", "变更号", lambda a: f"chg_{a.delivery.change_id}", 16, offered=False),
    Column("number", "第几次", lambda a: a.number, 8, numeric=True),
    Column(
        "outcome", "结果", lambda a: a.get_outcome_display(), 12,
        shown=lambda a: Cell(a.get_outcome_display(), level=hook_level(a.outcome), plain=False),
    ),
    Column("status", "状态码", lambda a: a.status, 8, numeric=True),
    Column("took", "耗时", lambda a: a.milliseconds, 10, numeric=True, unit="毫秒"),
    Column("problem", "问题", lambda a: a.problem, 30),
    Column("answer", "对方的回答", lambda a: a.answer_head, 40, offered=False),
    Column("delivery", "这次变更", lambda a: a.delivery.get_state_display(), 10),
    Column("acts", "办理", lambda a: "", 4, shown=_again, in_file=False),
)  # fmt: skip
