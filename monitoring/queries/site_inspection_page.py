"""What the page of one 督导检查 shows: facts and the checklist with its results."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from monitoring.models import SiteInspection
from monitoring.queries.site_inspections import (
    items_of,
    knows_findings,
    to_mend,
    visible_site_inspections,
)
from monitoring.states.site_inspection import RESULT_LEVELS
from organisations.queries.scope import Scope


def checklist_of(scope: Scope, row: SiteInspection) -> list[dict[str, Any]]:
    """Rows for the table; before the findings may be known only what is looked at."""
    told = knows_findings(scope, row)
    return [
        {
            "seq": each.seq, "matter": each.matter, "clause": each.clause,
            "result": each.get_result_display() if told else "",
            "level": RESULT_LEVELS.get(each.result, "grey"),
            "finding": each.finding if told else "", "demand": each.demand if told else "",
            "answer": each.answer if told else "",
            "verdict": _verdict(each.accepted) if told else "",
            "verdict_level": "green" if each.accepted else "red",
        }
        for each in items_of(row)
    ]  # fmt: skip


def of_inspection(scope: Scope, number: str) -> dict[str, Any]:
    """What a measure is drafted with that comes of an inspection; empty where none is seen."""
    row = (
        visible_site_inspections(scope)
        .select_related("subject")
        .filter(inspection_no=number or "-", fed_back_at__isnull=False)
        .first()
    )
    if row is None:
        return {}
    left = to_mend(row)
    lines = [f"{each.seq}. {each.finding}" for each in left]
    return {
        "subject": row.subject.code, "kind": "interview",
        "matter": "\n".join([f"督导检查（{row.letter_no}）反馈的问题未整改到位：", *lines])[:4000],
        "demand": "\n".join(f"{each.seq}. {each.demand}" for each in left)[:4000],
    }  # fmt: skip


def facts_of(scope: Scope, row: SiteInspection) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": "检查单位", "value": f"{row.office.name}（{row.get_level_display()}）"},
        {"label": "被检查单位", "value": row.subject.name},
        {"label": "任务", "value": row.task_name},
        {"label": "编号", "value": row.inspection_no},
        {"label": "计划日期", "value": f"{row.planned_on:%Y-%m-%d}"},
        {"label": "方式", "value": "事先通知" if row.announced else "不事先通知"},
        {"label": "检查人员", "value": row.inspectors},
    ]
    if row.action is not None:
        facts.append(
            {"label": "所依措施", "value": row.action.letter_no or row.action.action_no,
             "url": reverse("action-detail", args=[row.action.action_no])}
        )  # fmt: skip
    if row.visited_on:
        facts.append({"label": "检查日期", "value": f"{row.visited_on:%Y-%m-%d}"})
    if knows_findings(scope, row):
        facts += _found(row)
    facts.append({"label": "依据", "value": row.clause, "wide": True})
    facts.append({"label": "检查事由", "value": row.matter, "wide": True})
    if knows_findings(scope, row) and row.visit_note:
        facts.append({"label": "检查情况", "value": row.visit_note, "wide": True})
    if row.conclusion:
        facts.append({"label": "反馈意见", "value": row.conclusion, "wide": True})
    if row.note:
        facts.append({"label": "意见", "value": row.note, "wide": True})
    return facts


def _found(row: SiteInspection) -> list[dict[str, Any]]:
    facts = []
    if row.present:
        facts.append({"label": "在场人员", "value": row.present})
    if row.letter_no:
        facts.append({"label": "反馈文号", "value": row.letter_no})
    if row.fed_back_at:
        facts.append({"label": "反馈时间", "value": _moment(row.fed_back_at)})
    if row.due_on:
        words = "（暂定）" if row.due_provisional else ""
        facts.append({"label": "整改期限", "value": f"{row.due_on:%Y-%m-%d}{words}"})
    if row.answered_at:
        late = row.due_on and timezone.localdate(row.answered_at) > row.due_on
        facts.append(
            {"label": "整改答复", "value": _moment(row.answered_at) + ("（逾期）" if late else "")}
        )
    return facts


def _verdict(accepted: bool | None) -> str:
    if accepted is None:
        return ""
    return "整改到位" if accepted else "整改不到位"


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
