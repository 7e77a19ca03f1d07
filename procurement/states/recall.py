"""States of a recall, and of what one institution has of the recalled lots."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 十三、十八（五）"


class RecallState(models.TextChoices):
    OPEN = "open", "召回中"
    CLOSED = "closed", "已完成"
    WITHDRAWN = "withdrawn", "已撤销"


class HolderState(models.TextChoices):
    WAITING = "waiting", "待报告"
    REPORTED = "reported", "已报告"


class Difference(models.TextChoices):
    """Why what an institution reports is not what the platform says it holds."""

    OTHER_SOURCE = "other_source", "另有其他来源（调拨、捐赠、未经平台采购）"
    NOT_RECEIVED = "not_received", "已到院使用，平台尚未验收登记"
    EARLIER_STOCK = "earlier_stock", "平台登记以前的库存"
    LOST = "lost", "破损、遗失或盘亏"
    SENT_ELSEWHERE = "sent_elsewhere", "已退回或调出，平台未登记"
    UNSORTED = "unsorted", "此前的报告，只有说明"


MORE = frozenset({Difference.OTHER_SOURCE, Difference.NOT_RECEIVED, Difference.EARLIER_STOCK})
LESS = frozenset({Difference.LOST, Difference.SENT_ELSEWHERE})
"""What explains more packs than are held, and what fewer; UNSORTED is of old reports only."""

OPENER = "opener"
HOLDER = "holder"

RECALL_MACHINE: StateMachine[Any] = StateMachine(
    name="recall",
    label="召回",
    transitions=(
        Transition(
            "close", "办结召回", frozenset({"open"}), "closed",
            by=frozenset({OPENER}), needs=("closing_note",), clause=CLAUSE,
        ),
        Transition(
            "withdraw", "撤销召回", frozenset({"open"}), "withdrawn",
            by=frozenset({OPENER}), needs=("closing_note",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(RecallState.choices),
    standing_labels={OPENER: "发起召回的单位"},
    input_labels={"closing_note": "办结意见"},
)  # fmt: skip

HOLDER_MACHINE: StateMachine[Any] = StateMachine(
    name="recall_holder",
    label="召回报告",
    transitions=(
        Transition(
            "report", "报告处置数量", frozenset({"waiting"}), "reported",
            by=frozenset({HOLDER}), clause=CLAUSE,
        ),
        Transition(
            "reopen", "要求重报", frozenset({"reported"}), "waiting",
            by=frozenset({OPENER}), needs=("opener_note",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(HolderState.choices),
    standing_labels={HOLDER: "持有该批号的医疗机构", OPENER: "发起召回的单位"},
    input_labels={"opener_note": "重报原因"},
)  # fmt: skip

RECALL_LEVELS = {"open": "orange", "closed": "green", "withdrawn": "grey"}
HOLDER_LEVELS = {"waiting": "yellow", "reported": "green"}
