"""States of an institution's report of a surge in need, and of the verification of what it bought."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 十四（五）"


class SurgeState(models.TextChoices):
    REPORTED = "reported", "待核实"
    VERIFIED = "verified", "已核实"
    REFUSED = "refused", "不予认定"
    WITHDRAWN = "withdrawn", "已撤回"


VERIFIER = "verifier"
REPORTER = "reporter"

SURGE_MACHINE: StateMachine[Any] = StateMachine(
    name="surge_report",
    label="应急需求",
    transitions=(
        Transition(
            "verify", "核实应急采购", frozenset({"reported"}), "verified",
            by=frozenset({VERIFIER}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "refuse", "不予认定", frozenset({"reported"}), "refused",
            by=frozenset({VERIFIER}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "withdraw", "撤回", frozenset({"reported"}), "withdrawn",
            by=frozenset({REPORTER}), needs=("closing_note",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(SurgeState.choices),
    standing_labels={
        VERIFIER: "医疗机构所在设区市医保局（省直医疗机构为省级医保局）的经办、审核或负责人",
        REPORTER: "报告的医疗机构",
    },
    input_labels={"note": "核实意见", "closing_note": "撤回原因"},
)  # fmt: skip

SURGE_LEVELS = {
    "reported": "yellow", "verified": "green", "refused": "grey", "withdrawn": "grey",
}  # fmt: skip
