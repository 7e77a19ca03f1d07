"""Choices of the policy app, and the states of a change of a value."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class ValueType(models.TextChoices):
    NUMBER = "number", "数值"
    RATIO_LIST = "ratio_list", "比例列表"
    CHOICE = "choice", "选项"
    TEXT = "text", "文本"


class Force(models.TextChoices):
    """How hard the text that a parameter comes from binds."""

    MANDATORY = "mandatory", "硬性"
    IN_PRINCIPLE = "in_principle", "原则上"
    ENCOURAGED = "encouraged", "鼓励"
    PLATFORM = "platform", "平台默认"


class Origin(models.TextChoices):
    SEED = "seed", "随平台发布"
    PAGE = "page", "页面设定"


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", "待确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    REVOKED = "revoked", "已撤销"


PROPOSER = "proposer"
CONFIRMER = "confirmer"

CHANGE_MACHINE: StateMachine[Any] = StateMachine(
    name="value_change",
    label="参数调整",
    transitions=(
        Transition(
            "confirm", "确认生效", frozenset({"proposed"}), "confirmed", by=frozenset({CONFIRMER})
        ),
        Transition(
            "return", "退回", frozenset({"proposed"}), "returned",
            by=frozenset({CONFIRMER}), needs=("note",),
        ),
        Transition(
            "withdraw", "撤回", frozenset({"proposed"}), "withdrawn", by=frozenset({PROPOSER})
        ),
        Transition(
            "revoke", "撤销", frozenset({"confirmed"}), "revoked",
            by=frozenset({PROPOSER, CONFIRMER}), needs=("note",),
        ),
    ),
    state_labels=dict(ChangeState.choices),
    standing_labels={
        PROPOSER: "提出人",
        CONFIRMER: "提出人以外的省级医保局审核或负责人",
    },
    input_labels={"note": "原因"},
)  # fmt: skip
