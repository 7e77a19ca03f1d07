"""结余留用: states of a pool's run for a batch's year, and of each institution's sheet in it."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 八"
SHARE_OUT_CLAUSE = "赣医保字〔2024〕22号 十一"
OVERLAP_CLAUSE = "赣医保字〔2024〕22号 八（支付方式衔接）"

OFFICE = "pool_office"
APPROVER = "pool_approver"
PAYER = "pool_payer"
FIRST_PAYER = "pool_first_payer"
"""Of the approvers: whoever may pay now, and whoever may be the first of two."""
FINANCE = "pool_finance"
INSTITUTION = "institution"
WHOLE_RUN = "whole_run"
"""Nobody holds it for one sheet: the step is taken for all of a run at once."""


class RunState(models.TextChoices):
    DRAFT = "draft", "测算草稿"
    SELF_CHECK = "self_check", "机构自查"
    PUBLISHED = "published", "已发布待确认"
    NOTICED = "noticed", "公示中"
    COUNTERSIGNED = "countersigned", "财政已会签"
    AGREED = "agreed", "待第二人拨付"
    PAID = "paid", "已拨付"


class SheetState(models.TextChoices):
    DRAFT = "draft", "测算草稿"
    CHECKING = "checking", "待自查"
    CHECKED = "checked", "已自查"
    WAITING = "waiting", "待确认"
    CONFIRMED = "confirmed", "已确认"
    APPEALED = "appealed", "申诉中"
    MAINTAINED = "maintained", "申诉不成立"
    ADJUSTED = "adjusted", "申诉成立已调整"
    PAID = "paid", "已拨付待备案"
    FILED = "filed", "分配已备案"
    ENDED = "ended", "无留用金额"


class FailedBecause(models.TextChoices):
    """Why nothing is kept; the first that applies."""

    UNREPORTED = "unreported", "未报量"
    MISSING_INPUT = "missing_input", "缺测算数据"
    NO_AGREEMENT = "no_agreement", "没有已生效的协议"
    INCOMPLETE = "incomplete", "约定采购量未完成"
    NON_SELECTED = "non_selected", "非中选占比超过上限"
    NO_SAVINGS = "no_savings", "没有结余"


RUN_LEVELS = {
    "draft": "grey", "self_check": "blue", "published": "yellow", "noticed": "yellow",
    "countersigned": "blue", "agreed": "blue", "paid": "green",
}  # fmt: skip
SHEET_LEVELS = {
    "draft": "grey", "checking": "yellow", "checked": "blue", "waiting": "yellow",
    "confirmed": "green", "appealed": "orange", "maintained": "grey", "adjusted": "blue",
    "paid": "yellow", "filed": "green", "ended": "grey",
}  # fmt: skip
OPEN_RUNS = ("draft", "self_check")
FROZEN_RUNS = ("countersigned", "agreed", "paid")

RUN_MACHINE: StateMachine[Any] = StateMachine(
    name="retention_run",
    label="结余留用测算",
    transitions=(
        Transition(
            "compute", "重新测算", frozenset({"draft", "self_check"}), "draft",
            by=frozenset({OFFICE}), clause=CLAUSE,
        ),
        Transition(
            "start_check", "发机构自查", frozenset({"draft"}), "self_check",
            by=frozenset({OFFICE}), clause=CLAUSE,
        ),
        Transition(
            "publish", "发布测算结果", frozenset({"self_check"}), "published",
            by=frozenset({APPROVER}), clause=CLAUSE,
        ),
        Transition(
            "give_notice", "公示", frozenset({"published"}), "noticed",
            by=frozenset({APPROVER}), needs=("notice_to",), clause=CLAUSE,
        ),
        Transition(
            "countersign", "财政会签", frozenset({"noticed"}), "countersigned",
            by=frozenset({FINANCE}), needs=("finance_note",), clause="赣医保字〔2024〕22号 十八",
        ),
        Transition(
            "send_back", "退回医保局", frozenset({"noticed"}), "published",
            by=frozenset({FINANCE}), needs=("finance_note",), clause="赣医保字〔2024〕22号 十八",
        ),
        Transition(
            "agree_pay", "同意拨付（第一人）", frozenset({"countersigned"}), "agreed",
            by=frozenset({FIRST_PAYER}), clause=CLAUSE,
        ),
        Transition(
            "pay", "拨付", frozenset({"countersigned", "agreed"}), "paid",
            by=frozenset({PAYER}), clause=CLAUSE,
        ),
    ),
    state_labels=dict(RunState.choices),
    standing_labels={
        OFFICE: "统筹区所在地医保局的经办、审核或负责人",
        APPROVER: "统筹区所在地医保局的审核或负责人",
        PAYER: "统筹区所在地医保局的审核或负责人（超过双人复核金额的由第二人）",
        FIRST_PAYER: "统筹区所在地医保局的审核或负责人（超过双人复核金额时）",
        FINANCE: "统筹区所在地财政部门的经办、审核或负责人",
    },
    input_labels={"notice_to": "公示截止日期", "finance_note": "财政意见"},
)  # fmt: skip

SHEET_MACHINE: StateMachine[Any] = StateMachine(
    name="retention_sheet",
    label="结余留用测算说明",
    transitions=(
        Transition(
            "start_check", "发机构自查", frozenset({"draft"}), "checking",
            by=frozenset({WHOLE_RUN}), clause=CLAUSE,
        ),
        Transition(
            "self_check", "提交自查意见", frozenset({"checking"}), "checked",
            by=frozenset({INSTITUTION}), needs=("self_check_note",), clause=CLAUSE,
        ),
        Transition(
            "publish", "发布", frozenset({"checking", "checked"}), "waiting",
            by=frozenset({WHOLE_RUN}), clause=CLAUSE,
        ),
        Transition(
            "confirm", "确认", frozenset({"waiting"}), "confirmed",
            by=frozenset({INSTITUTION}), clause=CLAUSE,
        ),
        Transition(
            "appeal", "申诉", frozenset({"waiting"}), "appealed",
            by=frozenset({INSTITUTION}), needs=("appeal_text",), clause=CLAUSE,
        ),
        Transition(
            "maintain", "维持原结果", frozenset({"appealed"}), "maintained",
            by=frozenset({APPROVER}), needs=("decision_note",), clause=CLAUSE,
        ),
        Transition(
            "adjust", "按更正后的数据重算", frozenset({"appealed"}), "adjusted",
            by=frozenset({APPROVER}), needs=("decision_note",), clause=CLAUSE,
        ),
        Transition(
            "pay", "拨付", frozenset({"waiting", "confirmed", "maintained", "adjusted"}), "paid",
            by=frozenset({WHOLE_RUN}), clause=CLAUSE,
        ),
        Transition(
            "end", "无留用办结", frozenset({"waiting", "confirmed", "maintained", "adjusted"}),
            "ended", by=frozenset({WHOLE_RUN}), clause=CLAUSE,
        ),
        Transition(
            "file", "备案内部分配", frozenset({"paid"}), "filed",
            by=frozenset({INSTITUTION}), clause=SHARE_OUT_CLAUSE,
        ),
    ),
    state_labels=dict(SheetState.choices),
    standing_labels={
        WHOLE_RUN: "统筹区所在地医保局按统筹区统一",
        APPROVER: "统筹区所在地医保局的审核或负责人",
        INSTITUTION: "本单位的经办、审核或负责人",
    },
    input_labels={
        "self_check_note": "自查意见", "appeal_text": "申诉理由", "decision_note": "复核意见",
    },
)  # fmt: skip
