"""Periodic reports: who sees them, in which capacity, when they are due."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from core.attachments.models import Attachment
from monitoring.models import PeriodicReport
from monitoring.queries.bulletins import DECIDING_ROLES
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states.report import (
    AUTHOR,
    OTHER_READERS,
    RECEIVER,
    REPORT_MACHINE,
    SENDER,
    SENT,
    UNSENT,
)
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within
from policy.queries.read import FALLBACK_POLICY, PolicyValue, province_policy_on, values_on

FIGURE = re.compile(r"(-?[\d,]+(\.\d+)?%?|—)\Z")
CODES = ("代码",)
"""Made of digits, but no figures."""
DRAWN = 200
"""Rows of a table on its page; all are in the workbook."""
OWN_KINDS = {"province": ("quarter", "three_rates", "regulator", "conduct"),
             "city": ("half_year", "reviews")}  # fmt: skip


def visible_periodic_reports(scope: Scope) -> QuerySet[PeriodicReport]:
    """Its bureau from the draft on, its receiver once it is handed in.

    The province sees that its cities' half-year reports are not in yet, so that it can ask.
    """
    rows = PeriodicReport.objects.all()
    if not scope.is_business or not (scope.is_bureau or scope.kind in OTHER_READERS):
        return within(scope, rows, NOTHING)
    seen = Q(issuer_id=scope.organisation_id) | Q(
        receiver_id=scope.organisation_id, state__in=sorted(SENT | {"returned"})
    )
    if scope.is_province_bureau:
        seen |= Q(receiver_id=scope.organisation_id)
    return within(scope, rows, seen)


def reads_report(scope: Scope, report: PeriodicReport) -> bool:
    """Whether words and tables are shown: an unsent draft is its own bureau's affair."""
    return report.issuer_id == scope.organisation_id or report.submitted_at is not None


def drawn_tables(report: PeriodicReport) -> list[dict[str, Any]]:
    """The tables for a page: each heading and cell with whether its column holds figures."""
    drawn = []
    for table in report.tables:
        figures = [
            label not in CODES and all(FIGURE.match(row[at]) for row in table["rows"])
            for at, label in enumerate(table["columns"])
        ]
        drawn.append(
            table | {
                "heads": list(zip(table["columns"], figures, strict=True)),
                "cells": [list(zip(row, figures, strict=True)) for row in table["rows"][:DRAWN]],
            }
        )  # fmt: skip
    return drawn


def own_report_kinds(scope: Scope) -> tuple[str, ...]:
    """The kinds that this person's bureau drafts."""
    if not (scope.is_bureau and scope.has_role(*ACTING_ROLES)):
        return ()
    return OWN_KINDS.get(scope.region_level or "", ())


def report_standings(scope: Scope, report: PeriodicReport) -> frozenset[str]:
    """The issuer drafts and hands in; the receiver takes it — at one's own bureau, another person."""
    held = set()
    if not scope.is_business:
        return frozenset()
    if report.issuer_id == scope.organisation_id:
        if scope.has_role(*ACTING_ROLES):
            held.add(AUTHOR)
        if scope.has_role(*DECIDING_ROLES):
            held.add(SENDER)
    if report.receiver_id == scope.organisation_id and scope.has_role(*ACTING_ROLES):
        own = report.issuer_id == scope.organisation_id
        if not (own and scope.user_id == report.state_by_id):
            held.add(RECEIVER)
    return frozenset(held)


def report_files(report: PeriodicReport) -> QuerySet[Attachment]:
    """What was printed when it was handed in, each time anew, oldest first."""
    return (
        Attachment.objects.filter(owner_type=REPORT_MACHINE.name, owner_id=report.pk)
        .select_related("file").order_by("pk")
    )  # fmt: skip


def is_late(report: PeriodicReport, today: date) -> bool:
    return report.state in UNSENT and report.due_on is not None and report.due_on < today


def late_reports(today: date) -> Q:
    return Q(state__in=sorted(UNSENT), due_on__lt=today)


def due_days(province_code: str, on: date) -> tuple[list[tuple[int, int]], str]:
    """[(month, day)] of the half-year reports and the clause; jiangxi-2026's where none is in force."""
    own = province_policy_on(province_code, on)
    value: PolicyValue = values_on(own.code if own else FALLBACK_POLICY, on)["half_year_report"]
    if not value.in_force:
        return [], ""
    days = [(int(month), int(day)) for month, day in re.findall(r"(\d{2})-(\d{2})", value.text)]
    return days, value.clause


def half_year_due(first: date, province_code: str) -> tuple[date | None, str]:
    """The day by which the report of the half-year that begins on `first` is handed in.

    The first day of the parameter's list that falls in the month after the half-year.
    """
    year, month = (first.year, 7) if first.month == 1 else (first.year + 1, 1)
    days, clause = due_days(province_code, date(year, month, 1))
    for each, day in days:
        if each == month:
            return date(year, month, day), clause
    return None, clause
