"""A consortium member's own figures, before the lead compiles them."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

MEMBER, LEAD = "member", "lead"


class SheetState(models.TextChoices):
    NOT_STARTED = "not_started", "未填"
    DRAFTING = "drafting", "填报中"
    HANDED_IN = "handed_in", "已报牵头机构"
    RETURNED = "returned", "牵头机构退回"


LEVELS = {
    "not_started": "grey", "drafting": "yellow", "handed_in": "green", "returned": "orange",
}  # fmt: skip

SHEET_MACHINE: StateMachine[Any] = StateMachine(
    name="member_sheet",
    label="成员填报",
    transitions=(
        Transition(
            "begin", "开始填报", frozenset({"not_started"}), "drafting", by=frozenset({MEMBER})
        ),
        Transition(
            "hand_in", "报牵头机构", frozenset({"drafting", "returned"}), "handed_in",
            by=frozenset({MEMBER}),
        ),
        Transition(
            "recall", "撤回修改", frozenset({"handed_in"}), "drafting", by=frozenset({MEMBER})
        ),
        Transition(
            "return", "退回成员", frozenset({"handed_in"}), "returned", by=frozenset({LEAD}),
            needs=("opinion",),
        ),
    ),
    state_labels=dict(SheetState.choices),
    standing_labels={MEMBER: "成员单位的经办、审核或负责人", LEAD: "牵头机构的经办、审核或负责人"},
    input_labels={"opinion": "意见"},
)  # fmt: skip
