"""States of packs that one institution lets another have in a surge: both sides say what they did."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 十四（五）"


class TransferState(models.TextChoices):
    ASKED = "asked", "待对方答复"
    OFFERED = "offered", "待确认接收"
    AGREED = "agreed", "待调出"
    SENT = "sent", "在途"
    RECEIVED = "received", "已收到"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


BORROWER = "borrower"
LENDER = "lender"

TRANSFER_MACHINE: StateMachine[Any] = StateMachine(
    name="transfer",
    label="调剂",
    transitions=(
        Transition(
            "offer", "同意调出", frozenset({"asked"}), "offered",
            by=frozenset({LENDER}), needs=("offered_packs",), clause=CLAUSE,
        ),
        Transition(
            "refuse", "不能调出", frozenset({"asked"}), "refused",
            by=frozenset({LENDER}), needs=("answer_words",), clause=CLAUSE,
        ),
        Transition(
            "accept", "确认接收", frozenset({"offered"}), "agreed",
            by=frozenset({BORROWER}), clause=CLAUSE,
        ),
        Transition(
            "send", "登记调出", frozenset({"agreed"}), "sent",
            by=frozenset({LENDER}), needs=("sent_packs", "lot_no", "expires_on"), clause=CLAUSE,
        ),
        Transition(
            "receive", "登记收到", frozenset({"sent"}), "received",
            by=frozenset({BORROWER}), needs=("received_packs",), clause=CLAUSE,
        ),
        Transition(
            "withdraw", "撤回", frozenset({"asked", "offered", "agreed"}), "withdrawn",
            by=frozenset({BORROWER, LENDER}), needs=("closing_words",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(TransferState.choices),
    standing_labels={BORROWER: "调入的医疗机构", LENDER: "调出的医疗机构"},
    input_labels={
        "offered_packs": "可调出包装数", "answer_words": "不能调出的原因",
        "sent_packs": "调出包装数", "lot_no": "批号", "expires_on": "有效期至",
        "received_packs": "收到包装数", "closing_words": "撤回原因",
    },
)  # fmt: skip

TRANSFER_LEVELS = {
    "asked": "yellow", "offered": "yellow", "agreed": "blue", "sent": "blue",
    "received": "green", "refused": "red", "withdrawn": "grey",
}  # fmt: skip
