"""States of a periodic report: drafted from the records, handed in, received or sent back."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class ReportKind(models.TextChoices):
    HALF_YEAR = "half_year", "半年问题处置情况报告"
    QUARTER = "quarter", "季度采购配送执行情况报告"
    THREE_RATES = "three_rates", "月度三率表"
    REGULATOR = "regulator", "中选产品生产流通使用单位名单"
    REVIEWS = "reviews", "季度处方点评结果（医保支付资格管理）"
    CONDUCT = "conduct", "年度纠正不正之风工作清单"


MONTHS_OF_REPORT = {"half_year": 6, "quarter": 3, "three_rates": 1, "regulator": 1,
                    "reviews": 3, "conduct": 12}  # fmt: skip
CLAUSE_OF_REPORT = {
    "half_year": "赣2026 四", "quarter": "陕 四（五）", "three_rates": "赣医保字〔2024〕22号 三",
    "regulator": "赣医保字〔2024〕22号 五", "reviews": "赣2026 二（三）",
    "conduct": "赣2026 二（八）",
}  # fmt: skip

RECEIVERS_OF_REPORT = {
    "half_year": ("bureau",), "quarter": ("bureau",), "three_rates": ("bureau",),
    "regulator": ("regulator",), "reviews": ("agency",),
    "conduct": ("health_commission", "discipline"),
}  # fmt: skip
"""Kinds of office that a report goes to, the first that is there; a city's reviews go to its own."""
OTHER_READERS = frozenset({"regulator", "agency", "health_commission", "discipline"})


class ReportState(models.TextChoices):
    DRAFT = "draft", "起草"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "退回补充"
    ACCEPTED = "accepted", "已接收"


REPORT_LEVELS = {"draft": "yellow", "submitted": "blue", "returned": "orange", "accepted": "green"}
UNSENT = frozenset({"draft", "returned"})
"""Where the reporting bureau still has to act."""
SENT = frozenset({"submitted", "accepted"})

AUTHOR = "report_author"
SENDER = "report_sender"
RECEIVER = "report_receiver"

REPORT_MACHINE: StateMachine[Any] = StateMachine(
    name="periodic_report",
    label="工作报告",
    transitions=(
        Transition(
            "edit", "修改文稿", UNSENT, "draft", by=frozenset({AUTHOR}), needs=("title", "body"),
        ),
        Transition("submit", "报送", UNSENT, "submitted", by=frozenset({SENDER})),
        Transition(
            "return", "退回补充", frozenset({"submitted"}), "returned",
            by=frozenset({RECEIVER}), needs=("note",),
        ),
        Transition(
            "accept", "接收", frozenset({"submitted"}), "accepted", by=frozenset({RECEIVER}),
        ),
    ),
    state_labels=dict(ReportState.choices),
    standing_labels={
        AUTHOR: "起草单位的经办、审核或负责人", SENDER: "起草单位的审核或负责人",
        RECEIVER: "接收单位的经办、审核或负责人",
    },
    input_labels={"title": "标题", "body": "正文", "note": "意见"},
)  # fmt: skip
