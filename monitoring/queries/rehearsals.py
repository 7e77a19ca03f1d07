"""Rehearsals of changes as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from catalog.models import OverrideChange
from catalog.queries.second_person import may_change_batch
from core.jobs.models import Job
from core.templatetags.formats import number, percent
from core.transitions import Verdict
from monitoring.indicators.registry import BY_CODE
from monitoring.models import Rehearsal, RehearsalRow, Warning
from monitoring.queries.jobs import job_panel, job_row
from monitoring.queries.names import names_of
from monitoring.queries.warning_rows import MULTIPLES
from monitoring.rules import RULES_BY_CODE
from monitoring.rules.parameters import FIGURES_OF, rules_reading
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within
from policy.models import ValueChange
from policy.queries.changes import may_propose

EFFECTS = {
    "named": ("新增预警", "orange"),
    "cleared": ("不再预警", "green"),
    "severity": ("级别改变", "yellow"),
}
SEVERITIES = dict(Warning.Severity.choices)


def visible_rehearsals(scope: Scope) -> QuerySet[Rehearsal]:
    """Rehearsals of the changes of one's own province, for its bureau."""
    own = _of_province("", scope.province_code)
    return within(scope, Rehearsal.objects.all(), own if scope.is_province_bureau else NOTHING)


def visible_rehearsal_rows(scope: Scope) -> QuerySet[RehearsalRow]:
    """Their rows; a rehearsal names subjects of its own province only."""
    own = _of_province("rehearsal__", scope.province_code)
    return within(scope, RehearsalRow.objects.all(), own if scope.is_province_bureau else NOTHING)


def _of_province(prefix: str, code: str) -> Q:
    return Q(**{f"{prefix}change__policy__province_code": code}) | Q(
        **{f"{prefix}override__batch__policy__province_code": code}
    )


def may_rehearse(scope: Scope, change: ValueChange | OverrideChange) -> Verdict:
    """Those who may propose such a change may try it."""
    if isinstance(change, OverrideChange):
        return may_change_batch(scope, change.batch)
    return may_propose(scope, change.policy)


def latest_rehearsal(scope: Scope, change: ValueChange | OverrideChange) -> Rehearsal | None:
    of = {"override": change} if isinstance(change, OverrideChange) else {"change": change}
    rows = visible_rehearsals(scope).filter(**of).select_related("job", "change", "override")
    return rows.order_by("-id").first()


@dataclass(frozen=True)
class Reach:
    """What a parameter does: the rules that read it, or the figures that it makes."""

    rules: list[str]
    figures: list[tuple[str, str]]

    @property
    def can_be_tried(self) -> bool:
        return bool(self.rules)


def reach_of(key: str) -> Reach:
    return Reach(
        rules=[rule.label for rule in rules_reading(key)],
        figures=[
            (BY_CODE[code].label, reverse("indicator-detail", args=[code]))
            for code in FIGURES_OF.get(key, ())
        ],
    )


def rehearsal_panel(scope: Scope, rehearsal: Rehearsal) -> dict[str, Any]:
    """The job's progress, asked for at the change's own address."""
    panel = job_panel(job_row(scope, rehearsal.job))
    if rehearsal.job.state in Job.OPEN_STATES:
        panel["url"] = reverse("rehearsal-panel", args=[rehearsal.subject.change_no])
    return panel | {"title": "试算", "result_url": ""}


@dataclass(frozen=True)
class EffectRow:
    """One subject: what was measured, against which thresholds, with what effect."""

    row: RehearsalRow
    rule: str
    subject: str
    matter: str
    measured: str
    threshold_now: str
    threshold_then: str
    severity: str
    effect: str
    level: str


def effect_rows(rows: Iterable[RehearsalRow]) -> list[EffectRow]:
    """Name everything on these rows; the number of queries does not grow with them."""
    listed = list(rows)
    names = names_of(listed)
    return [
        EffectRow(
            row=row,
            rule=RULES_BY_CODE[row.rule].label,
            subject=names.subject(row),
            matter=names.matter(row),
            measured=_measure(row, row.measured),
            threshold_now=_measure(row, row.threshold_now),
            threshold_then=_measure(row, row.threshold_then),
            severity=_severity(row),
            effect=EFFECTS[row.effect][0],
            level=EFFECTS[row.effect][1],
        )
        for row in listed
    ]


def _measure(row: RehearsalRow, value: Decimal | None) -> str:
    if value is None:
        return "—"
    return f"{number(value)} 倍" if row.rule in MULTIPLES else percent(value, 2)


def _severity(row: RehearsalRow) -> str:
    now, then = (SEVERITIES.get(each, "无") for each in (row.severity_now, row.severity_then))
    return f"{now} → {then}"


def month_tabs(rehearsal: Rehearsal, month: date, effect: str) -> list[dict[str, Any]]:
    """The effects of one month with their counts."""
    counts: dict[str, int] = next(
        (each for each in rehearsal.months if each["month"] == f"{month:%Y-%m}"), {}
    )
    address = reverse("rehearsal-month", args=[rehearsal.subject.change_no, f"{month:%Y-%m}"])
    return [
        {
            "label": label, "url": f"{address}?effect={key}", "count": counts.get(key, 0),
            "active": key == effect,
        }
        for key, (label, _) in EFFECTS.items()
    ]  # fmt: skip
