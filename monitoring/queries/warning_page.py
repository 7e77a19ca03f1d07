"""Everything that a warning's page shows: facts, figure, clause, history, timeline, next steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from core.attachments.models import Attachment
from monitoring.models import IndicatorValue, Warning
from monitoring.queries.visible import visible_indicator_values, visible_warning_steps
from monitoring.queries.warning_parties import answerers, first_bureaus
from monitoring.queries.warning_rows import WarningRow, measure_text, warning_rows
from monitoring.queries.warning_standings import OBJECT_TYPE, warning_standings
from monitoring.rules import RULES_BY_CODE
from monitoring.rules.rule import Rule
from monitoring.states import ANSWERER_STATES, BUREAU_STATES, WARNING_MACHINE
from organisations.models import Organisation
from organisations.queries.scope import Scope

STEP_LABELS = {
    "raise": "系统发出预警",
    "recover": "指标恢复",
    "reopen": "级别升高，重新发出",
    "escalate": "级别升高",
} | {
    transition.verb: transition.label
    for transition in WARNING_MACHINE.transitions
    if transition.verb not in ("recover", "reopen")
}


@dataclass(frozen=True)
class WarningPage:
    """One warning as its reader sees it. `offers` are the steps that concern the reader."""

    row: WarningRow
    rule: Rule | None
    figure: IndicatorValue | None
    months: list[Any]
    timeline: list[dict[str, Any]]
    files: list[Attachment]
    holder: str
    offers: dict[str, Any]


def warning_page(warning: Warning, scope: Scope, now: datetime) -> WarningPage:
    """Gather the page; about a dozen queries whatever the warning's history."""
    files = warning_files(warning)
    return WarningPage(
        row=warning_rows([warning])[0],
        rule=RULES_BY_CODE.get(warning.rule),
        figure=figure_of(warning, scope),
        months=_months(warning),
        timeline=_timeline(warning, scope, files),
        files=files,
        holder=_holder(warning),
        offers={
            offer.transition.verb: offer
            for offer in WARNING_MACHINE.offers(warning, warning_standings(scope, warning))
        },
    )


def _months(warning: Warning) -> list[Any]:
    """What was measured month by month, newest first, with its figures as they are read."""
    months: list[Any] = list(warning.months.order_by("-month"))
    for month in months:
        month.measured_text = measure_text(warning, month.measured)
        month.threshold_text = measure_text(warning, month.threshold)
    return months


def warning_files(warning: Warning) -> list[Attachment]:
    """The evidence handed in with explanations, oldest first."""
    return list(
        Attachment.objects.filter(owner_type=OBJECT_TYPE, owner_id=warning.pk)
        .select_related("file")
        .order_by("pk")
    )


def figure_of(warning: Warning, scope: Scope) -> IndicatorValue | None:
    """The figure of the latest broken month that the warning rests on, if the reader may see it."""
    rule = RULES_BY_CODE.get(warning.rule)
    if rule is None or not rule.indicator:
        return None
    rows = visible_indicator_values(scope).filter(
        month=warning.last_month,
        indicator=rule.indicator,
        subject_type=warning.subject_type,
        subject_code=warning.subject_code,
        batch_code=warning.batch_code,
        group_code=warning.group_code,
    )
    if warning.rule != "abnormal_order":
        rows = rows.filter(product_code=warning.product_code)
    if warning.year_no is not None:
        rows = rows.filter(year_no=warning.year_no)
    # The rules on indicators with both windows fire on the year to date.
    return rows.order_by("-window").first()


def _timeline(warning: Warning, scope: Scope, files: list[Attachment]) -> list[dict[str, Any]]:
    steps = list(visible_warning_steps(scope).filter(warning=warning).order_by("pk"))
    items = []
    for step in steps:
        items.append(
            {
                "at": step.at,
                "who": "　".join(part for part in (step.organisation_name, step.by_name) if part),
                "what": STEP_LABELS.get(step.verb, step.verb),
                "note": step.text,
                "level": "red" if step.verb == "return" else "",
                "files": [
                    {"url": file_url(warning, file), "label": file.name}
                    for file in files
                    if step.verb == "explain" and file.uploaded_at == step.at
                ],
            }
        )
    return items


def file_url(warning: Warning, file: Attachment) -> str:
    return reverse("warning-file", args=[warning.warning_no, file.pk])


def _holder(warning: Warning) -> str:
    """Who has to act now."""
    if warning.state in ANSWERER_STATES:
        ids = answerers([warning]).get(warning.pk, [])
    elif warning.state in BUREAU_STATES:
        ids = first_bureaus(warning)
    else:
        return ""
    names = Organisation.objects.filter(pk__in=ids).order_by("code").values_list("name", flat=True)
    return "、".join(names)
