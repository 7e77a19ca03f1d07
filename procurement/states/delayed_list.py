"""States of a 延迟响应清单: sent, explained by the distributor, closed by the bureau."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition
from procurement.states.order_line import RESPONSE_CLAUSE


class DelayedState(models.TextChoices):
    OPEN = "open", "待说明"
    ANSWERED = "answered", "已说明"
    CLOSED = "closed", "已办结"


class DelayReason(models.TextChoices):
    """Why a line was not answered in time."""

    NO_STOCK = "no_stock", "备货不足，正在组织货源"
    SYSTEM = "system", "系统对接故障，未收到订单"
    OVERLOOKED = "overlooked", "人员疏漏"
    HANDLED = "handled", "已线下联系，正在补办"
    OTHER = "other", "其他"


DISTRIBUTOR = "distributor"
BUREAU = "bureau"

DELAYED_MACHINE: StateMachine[Any] = StateMachine(
    name="delayed_list",
    label="延迟响应清单",
    transitions=(
        Transition(
            "answer", "说明原因", frozenset({"open"}), "answered",
            by=frozenset({DISTRIBUTOR}), clause=RESPONSE_CLAUSE,
        ),
        Transition(
            "close", "办结", frozenset({"open", "answered"}), "closed",
            by=frozenset({BUREAU}), needs=("closing_note",), clause=RESPONSE_CLAUSE,
        ),
    ),
    state_labels=dict(DelayedState.choices),
    standing_labels={DISTRIBUTOR: "清单所列的配送企业", BUREAU: "清单所属地区的医保局"},
    input_labels={"closing_note": "办结意见"},
)  # fmt: skip

DELAYED_LEVELS = {"open": "orange", "answered": "blue", "closed": "grey"}
