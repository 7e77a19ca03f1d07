"""States of a request to send accepted packs back (退货), or to exchange them (换货)."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import ALLOWED, StateMachine, Transition, Verdict

CLAUSE = "赣医保字〔2024〕22号 三、十八"


class RequestState(models.TextChoices):
    ASKED = "asked", "待配送企业确认"
    RETURNED = "returned", "已退货"
    AGREED = "agreed", "同意换货"
    REPLACED = "replaced", "已补发"
    EXCHANGED = "exchanged", "已换妥"
    REFUSED = "refused", "已拒绝"
    WITHDRAWN = "withdrawn", "已撤回"


OPEN = ("asked", "agreed", "replaced")
"""Requests whose packs are spoken for: no other request may name them."""

INSTITUTION = "institution"
DISTRIBUTOR = "distributor"


def _is_return(row: Any) -> Verdict:
    return ALLOWED if row.kind == "return" else Verdict(False, "这是换货申请，请办理“同意换货”")


def _is_exchange(row: Any) -> Verdict:
    return ALLOWED if row.kind == "exchange" else Verdict(False, "这是退货申请，请办理“确认退货”")


REQUEST_MACHINE: StateMachine[Any] = StateMachine(
    name="return_request",
    label="退换货申请",
    transitions=(
        Transition(
            "confirm", "确认退货", frozenset({"asked"}), "returned",
            by=frozenset({DISTRIBUTOR}), clause=CLAUSE, guards=(_is_return,),
        ),
        Transition(
            "agree", "同意换货", frozenset({"asked"}), "agreed",
            by=frozenset({DISTRIBUTOR}), clause=CLAUSE, guards=(_is_exchange,),
        ),
        Transition(
            "refuse", "拒绝", frozenset({"asked"}), "refused",
            by=frozenset({DISTRIBUTOR}), needs=("answer_words",), clause=CLAUSE,
        ),
        Transition(
            "withdraw", "撤回", frozenset({"asked"}), "withdrawn",
            by=frozenset({INSTITUTION}), clause=CLAUSE,
        ),
        Transition(
            "replace", "补发", frozenset({"agreed"}), "replaced",
            by=frozenset({DISTRIBUTOR}), needs=("new_note_no", "new_lot_no", "new_expires_on"),
            clause=CLAUSE,
        ),
        Transition(
            "exchange", "收到补发，换妥", frozenset({"replaced"}), "exchanged",
            by=frozenset({INSTITUTION}), clause=CLAUSE,
        ),
        Transition(
            "turn", "改为退货", frozenset({"agreed", "replaced"}), "returned",
            by=frozenset({INSTITUTION}), needs=("turn_words",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(RequestState.choices),
    standing_labels={INSTITUTION: "收货的医疗机构", DISTRIBUTOR: "配送该行的企业"},
    input_labels={
        "answer_words": "拒绝原因", "new_note_no": "补发配送单号", "new_lot_no": "补发批号",
        "new_expires_on": "补发有效期至", "turn_words": "改为退货的原因",
    },
)  # fmt: skip

REQUEST_LEVELS = {
    "asked": "yellow", "returned": "green", "agreed": "blue", "replaced": "blue",
    "exchanged": "green", "refused": "red", "withdrawn": "grey",
}  # fmt: skip
