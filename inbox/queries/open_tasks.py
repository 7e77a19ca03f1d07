"""What waits for a person, soonest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from inbox.models import Task
from inbox.queries.due_words import due_today
from inbox.queries.visible import visible_tasks
from organisations.queries.scope import Scope


def open_tasks_of(scope: Scope) -> QuerySet[Task]:
    """Open tasks by their due time; those without one come last."""
    rows = visible_tasks(scope).filter(done_at__isnull=True)
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def task_list(scope: Scope) -> QuerySet[Task]:
    """Open tasks with `due_order`, which is never empty: those without a due time come last."""
    last = Value(datetime.max.replace(tzinfo=UTC, year=9000), output_field=DateTimeField())
    return open_tasks_of(scope).annotate(due_order=Coalesce("due_at", last))


ACT_LABELS = {
    "answer_relation": "确认配送",
    "answer_order": "答复订单",
    "approve_cart": "审批采购车",
    "mend_cart": "修改退回的采购车",
    "renew_certificate": "更换签名证书",
    "sign_agreements": "签署三方协议",
    "answer_warning": "答复预警",
    "verify_warning": "核实预警说明",
    "accept_application": "受理挂网申请",
    "review_application": "审核挂网申请",
    "mend_application": "补正挂网申请",
    "rule_objection": "裁定公示异议",
}


def act_options(scope: Scope) -> list[dict[str, str]]:
    """The kinds of act that wait for this person."""
    acts = open_tasks_of(scope).order_by("act").values_list("act", flat=True).distinct()
    return [{"value": act, "label": ACT_LABELS.get(act, act)} for act in acts]


@dataclass(frozen=True)
class Waiting:
    """How many tasks are open, how many of them are past their due time, and due today."""

    open: int
    late: int
    today: int


def waiting(scope: Scope, now: datetime) -> Waiting:
    """All counts in one query."""
    counts = (
        visible_tasks(scope)
        .filter(done_at__isnull=True)
        .aggregate(
            open=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=now)),
            today=Count("pk", filter=due_today(now)),
        )
    )
    return Waiting(counts["open"], counts["late"], counts["today"])
