"""States of a prepayment: asked, approved by others, paid, used up or returned."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "S3 四(四)"


class PrepaymentState(models.TextChoices):
    ASKED = "asked", "待批准"
    FIRST = "first", "待第二人批准"
    APPROVED = "approved", "待拨付"
    PAID = "paid", "使用中"
    SETTLED = "settled", "已结清"
    REFUSED = "refused", "未批准"


APPROVER = "approver"
PAYER = "payer"
CLOCK = "clock"


def _row(verb: str, label: str, sources: set[str], target: str, by: str, *needs: str) -> Transition:
    return Transition(
        verb, label, frozenset(sources), target, by=frozenset({by}), needs=needs, clause=CLAUSE
    )


PREPAYMENT_MACHINE: StateMachine[Any] = StateMachine(
    name="prepayment",
    label="预付金",
    transitions=(
        _row("approve", "批准", {"asked"}, "approved", APPROVER),
        _row("approve_first", "批准（第一人）", {"asked"}, "first", APPROVER),
        _row("approve_second", "批准（第二人）", {"first"}, "approved", APPROVER),
        _row("refuse", "不予批准", {"asked", "first"}, "refused", APPROVER, "note"),
        _row("pay", "拨付", {"approved"}, "paid", PAYER),
        _row("settle", "结清", {"paid"}, "settled", CLOCK),
    ),
    state_labels=dict(PrepaymentState.choices),
    standing_labels={
        APPROVER: "统筹区医保局另一名审核人或负责人", PAYER: "统筹区医保经办机构", CLOCK: "平台",
    },
    input_labels={"note": "意见"},
)  # fmt: skip

PREPAYMENT_LEVELS = {
    "asked": "orange", "first": "orange", "approved": "blue", "paid": "blue", "settled": "green",
    "refused": "grey",
}  # fmt: skip
