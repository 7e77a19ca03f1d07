"""报量任务: draft, open to whoever must report, closed."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

OPENER, CLOCK = "opener", "clock"


class TaskKind(models.TextChoices):
    NEW = "new", "新批次报量"
    RENEWAL = "renewal", "续约（续签）报量"


class TaskState(models.TextChoices):
    DRAFT = "draft", "草稿"
    OPEN = "open", "填报中"
    CLOSED = "closed", "已截止"
    WITHDRAWN = "withdrawn", "已撤销"


class ReportLevel(models.TextChoices):
    COUNTY = "county", "县级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"


LEVELS = {"draft": "grey", "open": "blue", "closed": "green", "withdrawn": "grey"}


def _step(verb: str, label: str, sources: set[str], target: str, by: set[str]) -> Transition:
    return Transition(verb, label, frozenset(sources), target, by=frozenset(by))


TASK_MACHINE: StateMachine[Any] = StateMachine(
    name="report_task",
    label="报量任务",
    transitions=(
        _step("open", "发布", {"draft"}, "open", {OPENER}),
        _step("close", "截止", {"open"}, "closed", {CLOCK}),
        _step("withdraw", "撤销", {"draft"}, "withdrawn", {OPENER}),
    ),
    state_labels=dict(TaskState.choices),
    standing_labels={OPENER: "发起的医保局的经办、审核或负责人", CLOCK: "定时任务"},
)
