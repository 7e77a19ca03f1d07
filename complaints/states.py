"""States of a complaint, who moves it, and at which level of bureau it is."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 四"
PRICE_CLAUSE = "赣医保字〔2024〕22号 十三"
JOINT_CLAUSE = "赣医保字〔2024〕22号 十八"


MESSAGE = "complaint_message"
"""The owner type of the files in a thread."""


class CaseState(models.TextChoices):
    FILED = "filed", "已提交"
    REPLIED = "replied", "已回复"
    CLAIMED = "claimed", "已解决待确认"
    REFUSED = "refused", "未解决"
    CONFIRMED = "confirmed", "已确认解决"
    CLOSED = "closed", "已办结"
    WITHDRAWN = "withdrawn", "已撤回"


class Level(models.TextChoices):
    COUNTY = "county", "县级"
    CITY = "city", "市级"
    PROVINCE = "province", "省级"


FILER = "filer"
RESPONDENT = "respondent"
HANDLER = "handler"

OPEN = frozenset({"filed", "replied", "claimed", "refused", "confirmed"})
ENDED = frozenset({"closed", "withdrawn"})
WITH_RESPONDENT = frozenset({"filed", "replied", "refused"})
"""States in which the side complained of has to act."""

COMPLAINT_MACHINE: StateMachine[Any] = StateMachine(
    name="complaint",
    label="诉求",
    transitions=(
        Transition(
            "reply", "回复并承诺", frozenset({"filed", "refused"}), "replied",
            by=frozenset({RESPONDENT}), needs=("reply",), clause=CLAUSE,
        ),
        Transition(
            "claim", "申报已解决", frozenset({"replied"}), "claimed",
            by=frozenset({RESPONDENT}), needs=("solution",), clause=CLAUSE,
        ),
        Transition(
            "confirm", "确认已解决", frozenset({"claimed"}), "confirmed",
            by=frozenset({FILER}), clause=CLAUSE,
        ),
        Transition(
            "refuse", "未解决", frozenset({"claimed"}), "refused",
            by=frozenset({FILER}), needs=("refusal",), clause=CLAUSE,
        ),
        Transition(
            "withdraw", "撤回", frozenset({"filed", "replied", "refused"}), "withdrawn",
            by=frozenset({FILER}), needs=("withdrawal",), clause=CLAUSE,
        ),
        Transition(
            "close", "办结",
            frozenset({"filed", "replied", "claimed", "refused", "confirmed"}), "closed",
            by=frozenset({HANDLER}), needs=("conclusion",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(CaseState.choices),
    standing_labels={
        FILER: "提出诉求的单位", RESPONDENT: "被反映的单位", HANDLER: "正在督办的医保局",
    },
    input_labels={
        "reply": "回复内容", "solution": "解决情况", "refusal": "未解决的情况",
        "withdrawal": "撤回原因", "conclusion": "办结意见",
    },
)  # fmt: skip

STATE_LEVELS = {
    "filed": "yellow", "replied": "blue", "claimed": "blue", "refused": "red",
    "confirmed": "green", "closed": "grey", "withdrawn": "grey",
}  # fmt: skip
