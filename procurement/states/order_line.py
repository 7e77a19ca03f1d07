"""States of an order line (订单行) from sending to completion; an order's state follows from them."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

RESPONSE_CLAUSE = "赣医保字〔2024〕22号 十六"
SUPPLY_CLAUSE = "赣医保字〔2024〕22号 三"
RECEIPT_CLAUSE = "鲁 指标七"
PAYMENT_CLAUSE = "赣医保字〔2024〕22号 八"


class LineState(models.TextChoices):
    SENT = "sent", "已发送"
    CONFIRMED = "confirmed", "已确认"
    REJECTED = "rejected", "已拒绝"
    PART_SHIPPED = "part_shipped", "部分发货"
    SHIPPED = "shipped", "已发货"
    PART_DELIVERED = "part_delivered", "部分到货"
    DELIVERED = "delivered", "已到货"
    RECEIVED = "received", "已收货"
    COMPLETED = "completed", "完成"
    CANCELLED = "cancelled", "已撤单"
    VOIDED = "voided", "已作废"


UNDER_WAY = ("sent", "confirmed", "part_shipped", "shipped", "part_delivered", "delivered")
"""Lines on which somebody still has to act: the work queues hold only these."""

TO_SHIP = ("sent", "confirmed", "part_shipped", "part_delivered")
"""Lines of which packs may still be shipped."""

UNSHIPPED = ("sent", "confirmed")

TO_RECEIVE = ("part_shipped", "shipped", "part_delivered", "delivered")
"""Lines of which packs may be on their way to the institution or waiting there."""

INSTITUTION = "institution"
DISTRIBUTOR = "distributor"
CLOCK = "clock"

ACTS = {
    "confirm": ("confirm",),
    "reject": ("reject",),
    "cancel": ("cancel",),
    "void": ("void",),
    "ship": ("ship_part", "ship_rest", "ship_more", "ship_more_delivered"),
    "deliver": ("deliver_part", "deliver_rest"),
    "receive": ("receive_part", "receive_of_rest", "receive_rest"),
    "close_rest": ("close_shipped", "close_part", "close_delivered", "close_received"),
    "correct": ("correct", "correct_paid", "correct_part", "correct_of_rest"),
    "complete": ("complete",),
    "reopen": ("reopen",),
}
"""What people do, and the rows of the table that it may be: quantities decide which."""


def _row(verb: str, label: str, sources: set[str], target: str, by: str, clause: str) -> Transition:
    return Transition(verb, label, frozenset(sources), target, by=frozenset({by}), clause=clause)


LINE_MACHINE: StateMachine[Any] = StateMachine(
    name="order_line",
    label="订单行",
    transitions=(
        _row("confirm", "确认", {"sent"}, "confirmed", DISTRIBUTOR, RESPONSE_CLAUSE),
        Transition(
            "reject", "拒绝", frozenset({"sent"}), "rejected",
            by=frozenset({DISTRIBUTOR}), needs=("reject_reason",), clause=RESPONSE_CLAUSE,
        ),
        _row("cancel", "撤单", {"sent"}, "cancelled", INSTITUTION, RESPONSE_CLAUSE),
        Transition(
            "void", "作废", frozenset({"sent", "confirmed"}), "voided",
            by=frozenset({INSTITUTION, CLOCK}), needs=("end_reason",), clause=SUPPLY_CLAUSE,
        ),
        _row(
            "ship_part", "部分发货", {"confirmed", "part_shipped"}, "part_shipped",
            DISTRIBUTOR, SUPPLY_CLAUSE,
        ),
        _row(
            "ship_rest", "发货", {"confirmed", "part_shipped"}, "shipped",
            DISTRIBUTOR, SUPPLY_CLAUSE,
        ),
        _row(
            "ship_more", "继续发货", {"part_delivered"}, "part_delivered",
            DISTRIBUTOR, SUPPLY_CLAUSE,
        ),
        _row(
            "ship_more_delivered", "超量发货", {"delivered", "shipped"}, "part_delivered",
            DISTRIBUTOR, SUPPLY_CLAUSE,
        ),
        _row(
            "deliver_part", "部分送达", {"part_shipped", "shipped", "part_delivered"},
            "part_delivered", DISTRIBUTOR, SUPPLY_CLAUSE,
        ),
        _row(
            "deliver_rest", "送达", {"shipped", "part_delivered"}, "delivered",
            DISTRIBUTOR, SUPPLY_CLAUSE,
        ),
        _row(
            "receive_part", "部分收货", {"part_delivered"}, "part_delivered",
            INSTITUTION, RECEIPT_CLAUSE,
        ),
        _row(
            "receive_of_rest", "部分收货", {"delivered"}, "delivered",
            INSTITUTION, RECEIPT_CLAUSE,
        ),
        _row("receive_rest", "收货", {"delivered"}, "received", INSTITUTION, RECEIPT_CLAUSE),
        Transition(
            "close_shipped", "关闭余量", frozenset({"part_shipped"}), "shipped",
            by=frozenset({INSTITUTION, DISTRIBUTOR}), needs=("end_reason",), clause=SUPPLY_CLAUSE,
        ),
        Transition(
            "close_part", "关闭余量", frozenset({"part_delivered"}), "part_delivered",
            by=frozenset({INSTITUTION, DISTRIBUTOR}), needs=("end_reason",), clause=SUPPLY_CLAUSE,
        ),
        Transition(
            "close_delivered", "关闭余量", frozenset({"part_delivered"}), "delivered",
            by=frozenset({INSTITUTION, DISTRIBUTOR}), needs=("end_reason",), clause=SUPPLY_CLAUSE,
        ),
        Transition(
            "close_received", "关闭余量", frozenset({"part_delivered"}), "received",
            by=frozenset({INSTITUTION, DISTRIBUTOR}), needs=("end_reason",), clause=SUPPLY_CLAUSE,
        ),
        _row("correct", "更正收货", {"received"}, "received", INSTITUTION, RECEIPT_CLAUSE),
        _row("correct_paid", "更正收货", {"completed"}, "received", INSTITUTION, RECEIPT_CLAUSE),
        # One delivery is corrected while others of the line are still to come or to be received.
        _row(
            "correct_part", "更正收货", {"part_delivered"}, "part_delivered",
            INSTITUTION, RECEIPT_CLAUSE,
        ),
        _row(
            "correct_of_rest", "更正收货", {"delivered"}, "delivered", INSTITUTION, RECEIPT_CLAUSE
        ),
        _row("complete", "付清", {"received"}, "completed", CLOCK, PAYMENT_CLAUSE),
        _row("reopen", "货款退汇", {"completed"}, "received", CLOCK, PAYMENT_CLAUSE),
    ),
    state_labels=dict(LineState.choices),
    standing_labels={
        INSTITUTION: "下单的医疗机构", DISTRIBUTOR: "该行的配送企业", CLOCK: "平台",
    },
    input_labels={"reject_reason": "拒绝原因", "end_reason": "原因"},
)  # fmt: skip

LINE_LEVELS = {
    "sent": "yellow", "confirmed": "blue", "rejected": "red", "part_shipped": "blue",
    "shipped": "blue", "part_delivered": "blue", "delivered": "yellow", "received": "green",
    "completed": "green", "cancelled": "grey", "voided": "grey",
}  # fmt: skip
