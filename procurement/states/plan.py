"""States of a 采购计划: made by clerks, approved inside the institution, turned into orders once."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class PlanState(models.TextChoices):
    DRAFT = "draft", "编制中"
    AWAITING = "awaiting", "院内待审批"
    RETURNED = "returned", "退回修改"
    APPROVED = "approved", "已审批"
    ORDERED = "ordered", "已下单"
    DROPPED = "dropped", "已作废"


EDITABLE = ("draft", "returned")

PLANNER = "planner"
APPROVER = "approver"
BOTH = frozenset({PLANNER, APPROVER})
CLAUSE = "赣医保字〔2024〕22号 十六"

PLAN_MACHINE: StateMachine[Any] = StateMachine(
    name="procurement_plan",
    label="采购计划",
    transitions=(
        Transition("submit", "提交院内审批", frozenset(EDITABLE), "awaiting", by=BOTH),
        Transition("approve", "审批通过", frozenset({"awaiting"}), "approved",
                   by=frozenset({APPROVER})),
        Transition("return", "退回修改", frozenset({"awaiting"}), "returned",
                   by=frozenset({APPROVER}), needs=("return_reason",)),
        Transition("take_back", "取回修改", frozenset({"awaiting"}), "returned", by=BOTH),
        Transition("order", "按计划下单", frozenset({"approved"}), "ordered", by=BOTH,
                   clause=CLAUSE),
        Transition("drop", "作废", frozenset({*EDITABLE, "approved"}), "dropped", by=BOTH),
    ),
    state_labels=dict(PlanState.choices),
    standing_labels={PLANNER: "本机构的经办人员", APPROVER: "本机构的审核人员或负责人"},
    input_labels={"return_reason": "退回原因"},
)  # fmt: skip

PLAN_LEVELS = {
    "draft": "blue", "awaiting": "yellow", "returned": "orange", "approved": "green",
    "ordered": "green", "dropped": "grey",
}  # fmt: skip
