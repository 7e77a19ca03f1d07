"""States of a warning and the table of its transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import ALLOWED, StateMachine, Transition, Verdict


class WarningState(models.TextChoices):
    OPEN = "open", "待签收"
    ACKNOWLEDGED = "acknowledged", "已签收"
    EXPLAINED = "explained", "已说明待核实"
    RETURNED = "returned", "退回补充"
    CLOSED = "closed", "已办结"
    RECOVERED = "recovered", "已恢复"


# Where somebody still has to act.
OPEN_STATES = frozenset({"open", "acknowledged", "explained", "returned"})
# Where the answering party has to act, and where the bureau has to.
ANSWERER_STATES = frozenset({"open", "acknowledged", "returned"})
BUREAU_STATES = frozenset({"explained"})

ANSWERER = "answerer"
BUREAU = "bureau"
MONTHLY_JOB = "monthly_job"

WARNING_MACHINE: StateMachine[Any] = StateMachine(
    name="warning",
    label="预警",
    transitions=(
        Transition(
            "acknowledge",
            "签收",
            frozenset({"open"}),
            "acknowledged",
            by=frozenset({ANSWERER}),
        ),
        Transition(
            "explain",
            "提交说明",
            frozenset({"open", "acknowledged", "returned"}),
            "explained",
            by=frozenset({ANSWERER}),
            needs=("explanation",),
        ),
        Transition(
            "close",
            "核实办结",
            frozenset({"explained"}),
            "closed",
            by=frozenset({BUREAU}),
            needs=("closing_note",),
        ),
        Transition(
            "return",
            "退回补充",
            frozenset({"explained"}),
            "returned",
            by=frozenset({BUREAU}),
            needs=("closing_note",),
        ),
        Transition("recover", "恢复", OPEN_STATES, "recovered", by=frozenset({MONTHLY_JOB})),
        # A closed warning whose figure got a severer colour needs an answer again.
        Transition(
            "reopen",
            "重新发出",
            frozenset({"closed"}),
            "open",
            by=frozenset({MONTHLY_JOB}),
        ),
    ),
    state_labels=dict(WarningState.choices),
    standing_labels={
        ANSWERER: "被预警单位",
        BUREAU: "所属医保局",
        MONTHLY_JOB: "月度任务",
    },
    input_labels={"explanation": "情况说明", "closing_note": "核实意见"},
)


class EntryState(models.TextChoices):
    WAITING = "waiting", "待说明"
    EXPLAINED = "explained", "已说明待跟进"
    FOLLOWED = "followed", "已跟进"
    CLOSED = "closed", "已进院"


FORBIDDEN_REASONS = {
    "cost_control": "费用控制",
    "drug_share": "药占比考核",
    "variety_limit": "品种规格数量限制",
    "committee": "药事会未审定",
}
"""S2-11.2: 不得以费用控制、药占比、用药品种规格数量要求、药事委员会审定等为由影响中选产品的使用。"""
ENTRY_REASONS = (
    ("no_need", "暂无临床用药需求"),
    ("supply", "企业供货不足或未响应"),
    ("no_delivery", "无配送关系或配送不到位"),
    ("stock", "原有库存待消化"),
    ("clinical", "临床替换过渡中"),
    *FORBIDDEN_REASONS.items(),
    ("other", "其他"),
)
ENTRY_CLAUSE = "赣医保字〔2024〕22号 二"
FORBIDDEN_CLAUSE = "赣医保字〔2024〕22号 十一"


def reason_stands(check: Any) -> Verdict:
    """A forbidden reason is sent back with a demand to mend, never taken note of as an answer."""
    if check.reason_code in FORBIDDEN_REASONS:
        return Verdict(
            False,
            f"“{FORBIDDEN_REASONS[check.reason_code]}”不得作为不进院的理由："
            "请退回，要求限期采购或说明真实原因",
            FORBIDDEN_CLAUSE,
        )
    return ALLOWED


HOSPITAL = "hospital"
ENTRY_OPEN_STATES = frozenset({"waiting", "explained", "followed"})
ENTRY_LEVELS = {"waiting": "orange", "explained": "blue", "followed": "yellow", "closed": "green"}

ENTRY_MACHINE: StateMachine[Any] = StateMachine(
    name="entry_check",
    label="进院排查",
    transitions=(
        Transition(
            "explain", "说明原因", frozenset({"waiting", "explained"}), "explained",
            by=frozenset({HOSPITAL}), needs=("reason_code", "explanation"), clause=ENTRY_CLAUSE,
        ),
        Transition(
            "follow", "登记跟进", frozenset({"explained", "followed"}), "followed",
            by=frozenset({BUREAU}), needs=("follow_up",), clause=ENTRY_CLAUSE,
            guards=(reason_stands,),
        ),
        Transition(
            "return", "退回重新说明", frozenset({"explained", "followed"}), "waiting",
            by=frozenset({BUREAU}), needs=("follow_up",), clause=ENTRY_CLAUSE,
        ),
        # The first receipt ends it, whatever was said before.
        Transition(
            "enter", "首次验收", ENTRY_OPEN_STATES, "closed", by=frozenset({MONTHLY_JOB}),
        ),
    ),
    state_labels=dict(EntryState.choices),
    standing_labels={HOSPITAL: "该医疗机构", BUREAU: "所属医保局", MONTHLY_JOB: "每日任务"},
    input_labels={"reason_code": "未进院原因", "explanation": "说明", "follow_up": "跟进意见"},
)  # fmt: skip
