"""企业供应评分: sides, periods, parts, grades; states of an appeal (赣2024 六)."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

SCORE_CLAUSE = "赣医保字〔2024〕22号 六"


class Side(models.TextChoices):
    MANUFACTURER = "manufacturer", "生产企业"
    DISTRIBUTOR = "distributor", "配送企业"


class Period(models.TextChoices):
    MONTH = "month", "月度"
    QUARTER = "quarter", "季度"
    YEAR = "year", "年度"


class Part(models.TextChoices):
    FULFILMENT = "fulfilment", "供应配送率"
    COMPLAINT = "complaint", "诉求按时解决率"
    RECTIFICATION = "rectification", "按期整改率"
    RESPONSE = "response", "订单响应率"
    ON_TIME = "on_time", "配送及时率"


INDICATOR_OF = {
    "fulfilment": "fulfilment_rate",
    "complaint": "resolve_on_time_rate",
    "response": "response_rate",
    "on_time": "on_time_rate",
}
"""The monthly indicator that a part is made of; 按期整改率 is made of the actions themselves."""


class Grade(models.TextChoices):
    INCENTIVE = "incentive", "激励"
    NORMAL = "normal", "正常"
    RISK = "risk", "风险提示"
    REDUCE = "reduce", "减少约定采购量"
    DISQUALIFY = "disqualify", "取消资格建议"
    NONE = "none", "不评级"


class Source(models.TextChoices):
    COMPUTED = "computed", "首次计算"
    RECOMPUTED = "recomputed", "数据重算"
    APPEAL = "appeal", "申诉成立"


GRADE_LEVELS = {
    "incentive": "green", "normal": "blue", "risk": "yellow", "reduce": "orange",
    "disqualify": "red", "none": "grey",
}  # fmt: skip
STEPS_OF = {
    "risk": ("interview", "report_risk"),
    "reduce": ("interview", "reduce_quantity", "credit"),
    "disqualify": ("reduce_quantity", "credit", "document_penalty"),
}
"""Which actions a grade gives reason to propose; none is taken by itself."""
REDUCE_AFTER, DISQUALIFY_AFTER = 2, 4
"""Quarters in a row below on_time_rate_min."""
LONGEST_ROW = 4


class AppealState(models.TextChoices):
    SUBMITTED = "submitted", "待裁定"
    UPHELD = "upheld", "申诉成立"
    REJECTED = "rejected", "申诉不成立"
    WITHDRAWN = "withdrawn", "已撤回"


APPELLANT, RULER = "appellant", "ruler"
APPEAL_LEVELS = {
    "submitted": "orange", "upheld": "green", "rejected": "grey", "withdrawn": "grey",
}  # fmt: skip

APPEAL_MACHINE: StateMachine[Any] = StateMachine(
    name="score_appeal",
    label="评分申诉",
    transitions=(
        Transition(
            "uphold", "认定申诉成立", frozenset({"submitted"}), "upheld",
            by=frozenset({RULER}), needs=("note",), clause=SCORE_CLAUSE,
        ),
        Transition(
            "reject", "认定申诉不成立", frozenset({"submitted"}), "rejected",
            by=frozenset({RULER}), needs=("note",), clause=SCORE_CLAUSE,
        ),
        Transition(
            "withdraw", "撤回申诉", frozenset({"submitted"}), "withdrawn",
            by=frozenset({APPELLANT}), clause=SCORE_CLAUSE,
        ),
    ),
    state_labels=dict(AppealState.choices),
    standing_labels={RULER: "省级医保局", APPELLANT: "申诉企业"},
    input_labels={"note": "裁定意见"},
)  # fmt: skip
