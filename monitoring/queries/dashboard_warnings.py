"""A subject's warnings that wait: how many of each level, and the latest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from monitoring.models import Warning
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.visible import visible_warnings
from monitoring.queries.warning_rows import WarningRow, warning_rows
from monitoring.states import OPEN_STATES
from organisations.queries.scope import Scope

LATEST = 6
RANK = {"red": 0, "orange": 1, "yellow": 2}


@dataclass(frozen=True)
class WarningPanel:
    counts: list[dict[str, Any]]
    total: int
    rows: list[WarningRow]
    url: str


def warning_panel(scope: Scope, subject: Subject) -> WarningPanel:
    """Open warnings of the subject and all below it: the newest month's gravest first."""
    gravity = Case(
        *(When(severity=level, then=Value(rank)) for level, rank in RANK.items()),
        output_field=IntegerField(),
    )
    latest = _open(scope, subject).order_by("-last_month", gravity, "-pk")[:LATEST]
    counts = open_counts(scope, subject)
    return WarningPanel(
        counts=counts,
        total=sum(each["count"] for each in counts),
        rows=warning_rows(latest),
        url=_list_url({"stage": "open"} | _about(subject)),
    )


def open_counts(scope: Scope, subject: Subject) -> list[dict[str, Any]]:
    """Open warnings of the subject and all below it by their level, gravest first."""
    by_level = dict(
        _open(scope, subject)
        .order_by()
        .values_list("severity")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return [
        {
            "level": level,
            "label": str(Warning.Severity(level).label),
            "count": by_level.get(level, 0),
            "url": _list_url({"severity": level, "stage": "open"} | _about(subject)),
        }
        for level in RANK
    ]


def _open(scope: Scope, subject: Subject) -> QuerySet[Warning]:
    rows = visible_warnings(scope).filter(Q(**{subject.column: subject.pk}), state__in=OPEN_STATES)
    if subject.is_enterprise and subject.province_id is not None:
        rows = rows.filter(province_id=subject.province_id)
    return rows


def _about(subject: Subject) -> dict[str, str]:
    single = subject.type == "institution" or subject.is_enterprise
    return {"subject_type": subject.type, "subject_code": subject.code} if single else {}


def _list_url(query: dict[str, str]) -> str:
    return f"{reverse('warning-list')}?{urlencode(query)}"
