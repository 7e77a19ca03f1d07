"""督导检查 (赣2024 四、十八): results of an item, and the table of its transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import ALLOWED, StateMachine, Transition, Verdict

INSPECTION_CLAUSE = "赣医保字〔2024〕22号 四、十八"


class InspectionState(models.TextChoices):
    PLANNED = "planned", "待检查"
    VISITED = "visited", "已检查待反馈"
    RECTIFYING = "rectifying", "待整改"
    ANSWERED = "answered", "整改待核"
    RETURNED = "returned", "整改不到位"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已取消"


class ItemResult(models.TextChoices):
    OK = "ok", "符合"
    PROBLEM = "problem", "存在问题"
    NOT_APPLICABLE = "not_applicable", "不适用"


OFFICER, SUBJECT = "officer", "subject"
WITH_SUBJECT = frozenset({"rectifying", "returned"})
RUNNING = frozenset({"planned", "visited", "rectifying", "answered", "returned"})
INSPECTION_LEVELS = {
    "planned": "yellow", "visited": "blue", "rectifying": "orange", "answered": "blue",
    "returned": "red", "closed": "green", "cancelled": "grey",
}  # fmt: skip
RESULT_LEVELS = {"ok": "green", "problem": "orange", "not_applicable": "grey"}


def has_problems(row: Any) -> Verdict:
    if row.items.filter(result=ItemResult.PROBLEM).exists():
        return ALLOWED
    return Verdict(False, "检查没有发现问题，请直接反馈办结", INSPECTION_CLAUSE)


def has_none(row: Any) -> Verdict:
    if row.items.filter(result=ItemResult.PROBLEM).exists():
        return Verdict(False, "检查发现了问题，请反馈问题并限期整改", INSPECTION_CLAUSE)
    return ALLOWED


INSPECTION_MACHINE: StateMachine[Any] = StateMachine(
    name="site_inspection",
    label="督导检查",
    transitions=(
        Transition(
            "visit", "登记检查情况", frozenset({"planned"}), "visited",
            by=frozenset({OFFICER}), needs=("visit_note",), clause=INSPECTION_CLAUSE,
        ),
        Transition(
            "reschedule", "改期", frozenset({"planned"}), "planned",
            by=frozenset({OFFICER}), needs=("note",), clause=INSPECTION_CLAUSE,
        ),
        Transition(
            "cancel", "取消检查", frozenset({"planned"}), "cancelled",
            by=frozenset({OFFICER}), needs=("note",), clause=INSPECTION_CLAUSE,
        ),
        Transition(
            "feed_back", "反馈问题并限期整改", frozenset({"visited"}), "rectifying",
            by=frozenset({OFFICER}), needs=("conclusion",), clause=INSPECTION_CLAUSE,
            guards=(has_problems,),
        ),
        Transition(
            "clear", "反馈未发现问题并办结", frozenset({"visited"}), "closed",
            by=frozenset({OFFICER}), needs=("conclusion",), clause=INSPECTION_CLAUSE,
            guards=(has_none,),
        ),
        Transition(
            "answer", "提交整改情况", WITH_SUBJECT, "answered",
            by=frozenset({SUBJECT}), clause=INSPECTION_CLAUSE,
        ),
        Transition(
            "accept", "逐项认定整改到位并办结", frozenset({"answered"}), "closed",
            by=frozenset({OFFICER}), needs=("note",), clause=INSPECTION_CLAUSE,
        ),
        Transition(
            "return", "有项目整改不到位", frozenset({"answered"}), "returned",
            by=frozenset({OFFICER}), needs=("note",), clause=INSPECTION_CLAUSE,
        ),
    ),
    state_labels=dict(InspectionState.choices),
    standing_labels={OFFICER: "组织检查的医保局或其上级", SUBJECT: "被检查单位"},
    input_labels={"visit_note": "检查情况", "conclusion": "反馈意见", "note": "意见"},
)  # fmt: skip
