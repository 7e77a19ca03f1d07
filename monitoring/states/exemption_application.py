"""考核豁免申请 (赣2024 十四): causes, and the table of its transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

EXEMPTION_CLAUSE = "赣医保字〔2024〕22号 十四"


class ExemptionState(models.TextChoices):
    SUBMITTED = "submitted", "待核查"
    CHECKED = "checked", "已核查待认定"
    RETURNED = "returned", "退回补正"
    GRANTED = "granted", "已认定"
    REFUSED = "refused", "不予认定"
    WITHDRAWN = "withdrawn", "已撤回"


class ExemptionCause(models.TextChoices):
    KEY_MONITORED = "key_monitored", "纳入重点监控目录"
    PUBLIC_HEALTH = "public_health", "公共卫生事件"
    GUIDELINE = "guideline", "临床指南推荐级别变化"
    SHORTAGE = "shortage", "短缺药、急抢救药供应不足"
    OTHER = "other", "其他临床需求重大变化"


KINDS = (("agreed_volume", "不考核约定量"), ("non_selected", "非中选不计考核"))
OPEN_STATES = frozenset({"submitted", "checked", "returned"})
APPLICANT, CHECKER, GRANTER = "applicant", "checker", "granter"
EXEMPTION_LEVELS = {
    "submitted": "orange", "checked": "yellow", "returned": "red", "granted": "green",
    "refused": "grey", "withdrawn": "grey",
}  # fmt: skip
LONGEST_DAYS = 366

EXEMPTION_MACHINE: StateMachine[Any] = StateMachine(
    name="exemption_application",
    label="考核豁免申请",
    transitions=(
        Transition(
            "check", "核查属实，报省级", frozenset({"submitted"}), "checked",
            by=frozenset({CHECKER}), needs=("check_note",), clause=EXEMPTION_CLAUSE,
        ),
        Transition(
            "return", "退回补正", frozenset({"submitted", "checked"}), "returned",
            by=frozenset({CHECKER, GRANTER}), needs=("check_note",), clause=EXEMPTION_CLAUSE,
        ),
        Transition(
            "resubmit", "补正后重新提交", frozenset({"returned"}), "submitted",
            by=frozenset({APPLICANT}), needs=("statement",), clause=EXEMPTION_CLAUSE,
        ),
        Transition(
            "grant", "认定", frozenset({"checked"}), "granted",
            by=frozenset({GRANTER}), needs=("decision_note",), clause=EXEMPTION_CLAUSE,
        ),
        Transition(
            "refuse", "不予认定", frozenset({"checked"}), "refused",
            by=frozenset({GRANTER}), needs=("decision_note",), clause=EXEMPTION_CLAUSE,
        ),
        Transition(
            "withdraw", "撤回申请", OPEN_STATES, "withdrawn",
            by=frozenset({APPLICANT}), clause=EXEMPTION_CLAUSE,
        ),
    ),
    state_labels=dict(ExemptionState.choices),
    standing_labels={
        APPLICANT: "申请的医疗机构", CHECKER: "所属设区市医保局", GRANTER: "省级医保局",
    },
    input_labels={
        "check_note": "核查意见", "statement": "申请理由", "decision_note": "认定意见",
    },
)  # fmt: skip
