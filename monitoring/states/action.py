"""States of a 监管措施 and the table of its transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import ALLOWED, StateMachine, Transition, Verdict
from monitoring.states.action_kinds import CLAUSE, KINDS


class ActionState(models.TextChoices):
    PROPOSED = "proposed", "拟办"
    ISSUED = "issued", "已发出"
    ANSWERED = "answered", "已答复待核"
    RETURNED = "returned", "整改不到位"
    CLOSED = "closed", "已办结"
    ESCALATED = "escalated", "已升级"
    DISMISSED = "dismissed", "不予采取"
    WITHDRAWN = "withdrawn", "已撤销"


class Outcome(models.TextChoices):
    ACCEPTED = "accepted", "整改到位"
    NOT_ACCEPTED = "not_accepted", "整改不到位"
    RECOVERED = "recovered", "指标已恢复"
    ENDED = "ended", "期满或事项办结"


OFFICER = "officer"
SUBJECT = "subject"

UNSEEN_BY_SUBJECT = frozenset({"proposed", "dismissed"})
"""What the office is only thinking of is not the subject's to read."""
RUNNING = frozenset({"issued", "answered", "returned"})
WITH_SUBJECT = frozenset({"issued", "returned"})
STATE_LEVELS = {
    "proposed": "yellow", "issued": "orange", "answered": "blue", "returned": "red",
    "closed": "green", "escalated": "grey", "dismissed": "grey", "withdrawn": "grey",
}  # fmt: skip
OUTCOME_OF = {
    "accept": Outcome.ACCEPTED, "return": Outcome.NOT_ACCEPTED, "recover": Outcome.RECOVERED,
    "end": Outcome.ENDED,
}  # fmt: skip


def asks_for_answer(action: Any) -> Verdict:
    if KINDS[action.kind].answered:
        return ALLOWED
    label = KINDS[action.kind].label
    return Verdict(False, f"“{label}”不要求答复；有异议请与作出单位联系", KINDS[action.kind].clause)


def asks_for_none(action: Any) -> Verdict:
    if not KINDS[action.kind].answered:
        return ALLOWED
    return Verdict(False, "该措施要求答复，请按答复认定是否整改到位", KINDS[action.kind].clause)


ACTION_MACHINE: StateMachine[Any] = StateMachine(
    name="supervision_action",
    label="监管措施",
    transitions=(
        Transition(
            "take", "作出", frozenset({"proposed"}), "issued",
            by=frozenset({OFFICER}), needs=("matter", "demand"), clause=CLAUSE,
        ),
        Transition(
            "dismiss", "不予采取", frozenset({"proposed"}), "dismissed",
            by=frozenset({OFFICER}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "answer", "提交整改答复", frozenset({"issued", "returned"}), "answered",
            by=frozenset({SUBJECT}), needs=("answer",), clause=CLAUSE,
            guards=(asks_for_answer,),
        ),
        Transition(
            "accept", "认定整改到位", frozenset({"answered"}), "closed",
            by=frozenset({OFFICER}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "return", "认定整改不到位", frozenset({"answered"}), "returned",
            by=frozenset({OFFICER}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "recover", "指标恢复办结", RUNNING, "closed",
            by=frozenset({OFFICER}), needs=("note",), clause=CLAUSE,
            guards=(asks_for_answer,),
        ),
        Transition(
            "end", "事项办结", frozenset({"issued"}), "closed",
            by=frozenset({OFFICER}), needs=("note",), clause=CLAUSE, guards=(asks_for_none,),
        ),
        Transition(
            "withdraw", "撤销", RUNNING, "withdrawn",
            by=frozenset({OFFICER}), needs=("note",), clause=CLAUSE,
        ),
        # Only with the next step, which names this one.
        Transition(
            "escalate", "升级", frozenset({"issued", "answered", "returned"}), "escalated",
            by=frozenset({OFFICER}), clause=CLAUSE,
        ),
    ),
    state_labels=dict(ActionState.choices),
    standing_labels={OFFICER: "作出措施的医保局", SUBJECT: "措施对象"},
    input_labels={
        "matter": "事由", "demand": "整改要求", "answer": "整改情况", "note": "意见",
    },
)  # fmt: skip
