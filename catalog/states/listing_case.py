"""States of requests to restore a listing and of 函询, and the tables of their transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class RequestState(models.TextChoices):
    SUBMITTED = "submitted", "待答复"
    GRANTED = "granted", "已恢复"
    REFUSED = "refused", "不予恢复"
    WITHDRAWN = "withdrawn", "已撤回"


class InquiryState(models.TextChoices):
    SENT = "sent", "待企业答复"
    ANSWERED = "answered", "待核实"
    RETURNED = "returned", "退回补充"
    CLOSED = "closed", "已办结"


REQUEST_LEVELS = {"submitted": "orange", "granted": "green", "refused": "red", "withdrawn": "grey"}
INQUIRY_LEVELS = {"sent": "orange", "answered": "blue", "returned": "orange", "closed": "green"}

REQUESTER = "requester"
OFFICE = "office"
ENTERPRISE = "enterprise"

REQUEST_MACHINE: StateMachine[Any] = StateMachine(
    name="listing_request",
    label="恢复申请",
    transitions=(
        Transition("grant", "同意恢复", frozenset({"submitted"}), "granted",
                   by=frozenset({OFFICE}), needs=("answer",)),
        Transition("refuse", "不予恢复", frozenset({"submitted"}), "refused",
                   by=frozenset({OFFICE}), needs=("answer",)),
        Transition("withdraw", "撤回", frozenset({"submitted"}), "withdrawn",
                   by=frozenset({REQUESTER})),
    ),
    state_labels=dict(RequestState.choices),
    standing_labels={REQUESTER: "申请单位", OFFICE: "受理单位"},
    input_labels={"answer": "答复意见"},
)  # fmt: skip

INQUIRY_MACHINE: StateMachine[Any] = StateMachine(
    name="price_inquiry",
    label="函询",
    transitions=(
        Transition("answer", "答复", frozenset({"sent", "returned"}), "answered",
                   by=frozenset({ENTERPRISE}), needs=("answer",), clause="S0-二(六)b"),
        Transition("return", "退回补充", frozenset({"answered"}), "returned",
                   by=frozenset({OFFICE}), needs=("closing_note",)),
        Transition("close", "办结", frozenset({"sent", "answered", "returned"}), "closed",
                   by=frozenset({OFFICE}), needs=("closing_note",)),
    ),
    state_labels=dict(InquiryState.choices),
    standing_labels={ENTERPRISE: "被函询企业", OFFICE: "函询单位"},
    input_labels={"answer": "答复内容", "closing_note": "处理意见"},
)  # fmt: skip
