"""States of an import of a dataset and the table of its transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class ImportState(models.TextChoices):
    CHECKING = "checking", "检查中"
    CHECKED = "checked", "待确认"
    REFUSED = "refused", "有错误"
    LOADING = "loading", "写入中"
    DONE = "done", "已导入"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"


LEVELS = {
    "checking": "blue",
    "checked": "yellow",
    "refused": "red",
    "loading": "blue",
    "done": "green",
    "failed": "red",
    "cancelled": "grey",
}
# While a job is at work on it.
AT_WORK = frozenset({"checking", "loading"})
OPEN_STATES = frozenset({"checking", "checked", "loading"})

IMPORTER = "importer"
JOB = "import_job"

IMPORT_MACHINE: StateMachine[Any] = StateMachine(
    name="dataset_import",
    label="导入",
    transitions=(
        Transition(
            "pass", "检查通过", frozenset({"checking", "loading"}), "checked", by=frozenset({JOB})
        ),
        Transition("refuse", "检出错误", AT_WORK, "refused", by=frozenset({JOB})),
        Transition(
            "confirm", "确认写入", frozenset({"checked"}), "loading", by=frozenset({IMPORTER})
        ),
        Transition("finish", "写入完成", frozenset({"loading"}), "done", by=frozenset({JOB})),
        Transition("fail", "中止", AT_WORK, "failed", by=frozenset({JOB})),
        Transition("cancel", "取消", OPEN_STATES, "cancelled", by=frozenset({IMPORTER})),
    ),
    state_labels=dict(ImportState.choices),
    standing_labels={IMPORTER: "省级医保局的数据导入人员", JOB: "后台任务"},
)
