"""States of an announcement and the table of its transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class AnnouncementState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    PUBLISHED = "published", "已发布"
    SUPERSEDED = "superseded", "已更正"
    WITHDRAWN = "withdrawn", "已撤回"


STATE_LEVELS = {
    "draft": "grey", "submitted": "blue", "published": "green", "superseded": "grey",
    "withdrawn": "orange",
}  # fmt: skip
ONCE_PUBLISHED = ("published", "superseded", "withdrawn")

AUTHOR = "author"
OTHER_REVIEWER = "other_reviewer"
PUBLISHER = "publisher"
NEW_VERSION = "new_version"

ANNOUNCEMENT_MACHINE: StateMachine[Any] = StateMachine(
    name="announcement",
    label="公告",
    transitions=(
        Transition("submit", "提交审核", frozenset({"draft"}), "submitted", by=frozenset({AUTHOR})),
        Transition(
            "return",
            "退回修改",
            frozenset({"submitted"}),
            "draft",
            by=frozenset({OTHER_REVIEWER}),
            needs=("review_note",),
        ),
        Transition(
            "publish",
            "审核并发布",
            frozenset({"submitted"}),
            "published",
            by=frozenset({OTHER_REVIEWER}),
        ),
        Transition(
            "withdraw",
            "撤回",
            frozenset({"published"}),
            "withdrawn",
            by=frozenset({PUBLISHER}),
            needs=("withdrawal_note",),
        ),
        # The corrected version takes its place in the same transaction.
        Transition(
            "supersede",
            "由更正版替代",
            frozenset({"published"}),
            "superseded",
            by=frozenset({NEW_VERSION}),
        ),
    ),
    state_labels=dict(AnnouncementState.choices),
    standing_labels={
        AUTHOR: "发布单位经办",
        OTHER_REVIEWER: "发布单位审核人或负责人（不能是提交人本人）",
        PUBLISHER: "发布单位审核人或负责人",
        NEW_VERSION: "更正版",
    },
    input_labels={"review_note": "退回理由", "withdrawal_note": "撤回原因"},
)
