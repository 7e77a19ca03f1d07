"""约定采购量 of a batch year in one province: choices, computed, confirmed."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

PROVINCE = "province"
CLAUSE = "赣2019 三(一)"


class RoundState(models.TextChoices):
    OPEN = "open", "机构选择中"
    COMPUTED = "computed", "已测算待确认"
    CONFIRMED = "confirmed", "已确认"


class AgreedBasis(models.TextChoices):
    """By what a group's quantity was allotted to products."""

    CHOICE = "choice", "机构自选"
    SPLIT = "split", "按报量厂牌"
    EQUAL = "equal", "平均分配"
    UNBOUND = "unbound", "不限厂牌"
    NONE = "none", "本地区无中选产品"
    PUBLISHED = "published", "以公布数为准"


ROUND_LEVELS = {"open": "blue", "computed": "yellow", "confirmed": "green"}

ROUND_MACHINE: StateMachine[Any] = StateMachine(
    name="agreed_round",
    label="约定采购量",
    transitions=(
        Transition(
            "compute", "测算", frozenset({"open", "computed"}), "computed",
            by=frozenset({PROVINCE}), clause=CLAUSE,
        ),
        Transition(
            "confirm", "确认", frozenset({"computed"}), "confirmed",
            by=frozenset({PROVINCE}), clause=CLAUSE,
        ),
    ),
    state_labels=dict(RoundState.choices),
    standing_labels={PROVINCE: "发起的省级医保局的审核或负责人"},
)  # fmt: skip
