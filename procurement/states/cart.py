"""States of a cart (采购车): filled by clerks, approved inside the institution over its amount, sent."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class CartState(models.TextChoices):
    DRAFT = "draft", "填写中"
    AWAITING = "awaiting", "院内待审批"
    RETURNED = "returned", "退回修改"
    SENT = "sent", "已下单"
    DROPPED = "dropped", "已作废"


EDITABLE = ("draft", "returned")

BUYER = "buyer"
APPROVER = "approver"
BOTH = frozenset({BUYER, APPROVER})
CLAUSE = "赣医保字〔2024〕22号 十六"

CART_MACHINE: StateMachine[Any] = StateMachine(
    name="cart",
    label="采购车",
    transitions=(
        Transition("send", "发送订单", frozenset(EDITABLE), "sent", by=BOTH, clause=CLAUSE),
        Transition("submit", "提交院内审批", frozenset(EDITABLE), "awaiting", by=BOTH),
        Transition("approve", "审批通过并发送", frozenset({"awaiting"}), "sent",
                   by=frozenset({APPROVER}), clause=CLAUSE),
        Transition("return", "退回修改", frozenset({"awaiting"}), "returned",
                   by=frozenset({APPROVER}), needs=("return_reason",)),
        Transition("take_back", "取回修改", frozenset({"awaiting"}), "returned", by=BOTH),
        Transition("drop", "作废", frozenset(EDITABLE), "dropped", by=BOTH),
    ),
    state_labels=dict(CartState.choices),
    standing_labels={BUYER: "本机构的经办人员", APPROVER: "本机构的审核人员或负责人"},
    input_labels={"return_reason": "退回原因"},
)  # fmt: skip

CART_LEVELS = {
    "draft": "blue", "awaiting": "yellow", "returned": "orange", "sent": "green",
    "dropped": "grey",
}  # fmt: skip
