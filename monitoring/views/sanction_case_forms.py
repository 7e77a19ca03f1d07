"""Which form each step of a 惩戒案件 has, how it stands on the page, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse

from monitoring.forms.sanction_case import (
    SanctionDecisionForm,
    SanctionJudgeForm,
    SanctionNoticeForm,
    SanctionWordsForm,
)
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.decide import (
    Decision,
    decide_sanction,
    dismiss_sanction,
    revoke_sanction,
)
from monitoring.operations.sanctions.draft import drop_sanction, notify_sanction
from monitoring.operations.sanctions.repair import ask_repair, judge_repair
from monitoring.operations.sanctions.statement import make_statement

STEP_OF = {
    "notify": "notify", "drop": "drop", "state": "state", "decide": "decide",
    "dismiss": "dismiss", "ask_repair": "ask_repair", "grant_repair": "judge",
    "refuse_repair": "judge", "revoke": "revoke",
}  # fmt: skip
"""The form that carries a transition out: judging a repair decides between two of them."""
TITLES = {
    "notify": "告知当事企业", "drop": "撤销立案", "state": "提交陈述申辩", "decide": "作出决定",
    "dismiss": "不予惩戒", "ask_repair": "申请修复", "judge": "核实修复申请", "revoke": "撤销决定",
}  # fmt: skip
STEPS = tuple(TITLES)
WITH_FILES = frozenset({"state", "ask_repair"})
WORDS = {
    "drop": ("note", "原因"), "state": ("statement", "陈述申辩意见"), "dismiss": ("note", "理由"),
    "ask_repair": ("repair", "整改和修复情况"), "revoke": ("note", "撤销理由"),
}  # fmt: skip


def forms_for(verbs: Iterable[str]) -> dict[str, str]:
    """The part of the page that holds the form of each step."""
    return {verb: STEP_OF[verb] for verb in verbs}


def form_of(step: str, row: SanctionCase, *args: Any) -> Any:
    """The form of a step, bound where data is given."""
    more: dict[str, Any] = {"auto_id": f"id_{step}_%s", "of": row}
    if not args:
        more["initial"] = {"version": row.row_version}
        if step == "decide":
            more["initial"] |= {"grade": row.proposed_grade, "decision": row.proposal}
    if step == "notify":
        return SanctionNoticeForm(*args, **more)
    if step == "decide":
        return SanctionDecisionForm(*args, **more)
    if step == "judge":
        return SanctionJudgeForm(*args, **more)
    name, label = WORDS[step]
    return SanctionWordsForm(*args, name=name, label=label, **more)


def card_of(row: SanctionCase, step: str, failed: Any) -> dict[str, Any]:
    """One card of the page: title, form, address."""
    return {
        "id": step, "title": TITLES[step],
        "form": failed if failed is not None else form_of(step, row),
        "url": reverse("sanction-case-act", args=[row.case_no, step]),
        "files": step in WITH_FILES, "columns": "2" if step in ("notify", "decide") else "1",
    }  # fmt: skip


SIMPLE: dict[str, Callable[..., Any]] = {
    "drop": drop_sanction, "state": make_statement, "dismiss": dismiss_sanction,
    "ask_repair": ask_repair, "revoke": revoke_sanction,
}  # fmt: skip


def carry_out(step: str, data: dict[str, Any], files: list[Any], **common: Any) -> None:
    """The operation of a step with what its form holds."""
    if step == "notify":
        notify_sanction(
            proposal=data["proposal"], proposed_grade=data.get("proposed_grade", ""),
            due_on=data["due_on"], **common,
        )  # fmt: skip
    elif step == "decide":
        decision = Decision(
            data["decision"], data["effective_on"], data.get("effective_to"),
            data.get("grade", ""), data.get("grade_reason", ""),
        )  # fmt: skip
        decide_sanction(decision=decision, **common)
    elif step == "judge":
        judge_repair(granted=data["verdict"] == "yes", note=data["note"], **common)
    else:
        name, _ = WORDS[step]
        more = {"uploads": files} if step in WITH_FILES else {}
        SIMPLE[step](**{name: data[name]}, **more, **common)
