"""States of reports of quality and adverse reactions, and of holds on use."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 十三"


class ReportState(models.TextChoices):
    REPORTED = "reported", "待企业说明"
    ANSWERED = "answered", "待药监处置"
    CLOSED = "closed", "已办结"


class HoldState(models.TextChoices):
    IN_FORCE = "in_force", "暂停使用中"
    LIFTED = "lifted", "已解除"


MAKER = "maker"
WATCHDOG = "watchdog"
PLACER = "placer"

REPORT_MACHINE: StateMachine[Any] = StateMachine(
    name="quality_report",
    label="质量报告",
    transitions=(
        Transition(
            "answer", "提交说明", frozenset({"reported"}), "answered",
            by=frozenset({MAKER}), needs=("answer",), clause=CLAUSE,
        ),
        Transition(
            "close", "处置办结", frozenset({"reported", "answered"}), "closed",
            by=frozenset({WATCHDOG}), needs=("conclusion",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(ReportState.choices),
    standing_labels={MAKER: "生产企业的经办、审核或负责人", WATCHDOG: "所在地药监部门"},
    input_labels={"answer": "企业说明", "conclusion": "处置结论"},
)  # fmt: skip

HOLD_MACHINE: StateMachine[Any] = StateMachine(
    name="quality_hold",
    label="暂停使用",
    transitions=(
        Transition(
            "lift", "解除暂停", frozenset({"in_force"}), "lifted",
            by=frozenset({PLACER}), needs=("lift_reason",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(HoldState.choices),
    standing_labels={PLACER: "作出暂停的单位"},
    input_labels={"lift_reason": "解除原因"},
)  # fmt: skip

REPORT_LEVELS = {"reported": "yellow", "answered": "orange", "closed": "green"}
HOLD_LEVELS = {"in_force": "red", "lifted": "grey"}
RESULT_LEVELS = {"pass": "green", "rectify": "orange", "fail": "red"}
