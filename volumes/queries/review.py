"""Reports as the reviewing bureaus read them: what waits, what breaks a rule, history and peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from organisations.queries.scope import Scope
from volumes.models import VolumeReport, VolumeReportLine
from volumes.queries.visible import visible_reports
from volumes.rules.shortfall import Shortfall, shortfall_of
from volumes.states.report import HANDED_STATES, INSIDE_STATES, REVIEW_STATES

WAITING = ("submitted", *REVIEW_STATES)

DROPPED = Q(prior_year_qty__gt=0, report__task__drop_max__isnull=False) & Q(
    reported_qty__lt=F("prior_year_qty") * (1 - F("report__task__drop_max"))
)
RISEN = Q(prior_year_qty__gt=0, report__task__rise_max__isnull=False) & Q(
    reported_qty__gt=F("prior_year_qty") * (1 + F("report__task__rise_max"))
)
FLAGGED = DROPPED | RISEN
"""rules/deviation.py's `beyond` as a condition on lines; a test holds the two equal."""


def reports_for_review(scope: Scope) -> QuerySet[VolumeReport]:
    """Visible reports that were handed in, with `lines_n`, `flagged`, `unjudged`, `returned_n`."""
    rows = visible_reports(scope).filter(state__in=(*HANDED_STATES, "returned"))
    return rows.annotate(
        lines_n=_kept("lines"),
        flagged=_kept("flagged"),
        unjudged=_kept("unjudged"),
        returned_n=_kept("returned"),
    )


def with_line_counts(rows: QuerySet[VolumeReport]) -> QuerySet[VolumeReport]:
    """The same, counted from the lines themselves: what a decision rests on."""
    return rows.annotate(
        lines_n=_count(Q()),
        flagged=_count(FLAGGED),
        unjudged=_count(FLAGGED & Q(review="")),
        returned_n=_count(Q(review="returned")),
    )


def waiting_for(scope: Scope, rows: QuerySet[VolumeReport]) -> QuerySet[VolumeReport]:
    """Those whose turn it is at the reader's own office."""
    return rows.filter(state__in=WAITING, office=scope.organisation_id)


def shortfalls(scope: Scope) -> QuerySet[VolumeReport]:
    """不报与少报: obliged units that have not handed in, or whose figures fall below the limit.

    With `low_n` (groups below last year's actual by more than the limit) and `none_n` (used last
    year, reported 0). S2-12.3: the health commission of the same level is told.
    """
    rows = (
        visible_reports(scope)
        .filter(is_obliged=True)
        .exclude(task__state__in=("draft", "withdrawn"))
    )
    return rows.annotate(low_n=_kept("dropped"), none_n=_kept("unreported")).filter(
        Q(state__in=INSIDE_STATES) | Q(low_n__gt=0) | Q(none_n__gt=0)
    )


def shortfall(report: VolumeReport, at: datetime) -> Shortfall:
    """In which way it is one of `shortfalls` at a moment; reads its task."""
    return shortfall_of(
        state=report.state, closes_at=report.task.closes_at, extended_until=report.extended_until,
        at=at,
    )  # fmt: skip


def _kept(name: str) -> Any:
    """A count that the lines' triggers keep beside the report (`models/report_count.py`)."""
    return Coalesce(F(f"counts__{name}"), 0)


def _count(condition: Q) -> Any:
    lines = VolumeReportLine.objects.filter(condition, report=OuterRef("pk")).order_by()
    return Coalesce(Subquery(lines.values("report").annotate(n=Count("pk")).values("n")), 0)


@dataclass(frozen=True)
class ReviewLine:
    """One line before its reviewer; quantities in base units of the group."""

    line: VolumeReportLine
    flag: str
    own_before: Decimal | None
    agreed_before: Decimal | None
    peer_median: Decimal | None
    peers: int

    @property
    def deviation(self) -> Decimal | None:
        prior = self.line.prior_year_qty
        return (self.line.reported_qty - prior) / prior if prior else None

    @property
    def peer_share(self) -> Decimal | None:
        """The own figure ÷ the median of neighbours."""
        return self.line.reported_qty / self.peer_median if self.peer_median else None


PEERS = """
WITH own AS (
    SELECT v.group_id, o.level, o.institution_kind, v.batch_id, v.year_no, v.city_id, v.province_id,
           v.institution_id
    FROM volumes_volumereportline v
    JOIN organisations_organisation o ON o.id = v.institution_id
    WHERE v.report_id = %(report)s
)
SELECT p.group_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY p.reported_qty)::numeric(18,4),
       count(*)
FROM (SELECT DISTINCT level, institution_kind, batch_id, year_no, city_id, province_id,
             institution_id FROM own) me
JOIN organisations_organisation n
  ON n.level = me.level AND n.institution_kind = me.institution_kind AND n.id <> me.institution_id
JOIN volumes_volumereportline p
  ON p.institution_id = n.id AND p.batch_id = me.batch_id AND p.year_no = me.year_no
 AND p.city_id IS NOT DISTINCT FROM me.city_id AND p.province_id = me.province_id
WHERE p.status IN ('submitted', 'approved')
GROUP BY p.group_id
"""
"""Neighbours: units of the same level and kind in the same city, of the same batch year."""

BEFORE = """
SELECT v.group_id, v.reported_qty, a.agreed
FROM volumes_volumereportline v
LEFT JOIN LATERAL (
    SELECT sum(c.agreed_qty) AS agreed
    FROM contracts_agreementline c JOIN catalog_product p ON p.id = c.product_id
    WHERE c.institution_id = v.institution_id AND c.batch_id = v.batch_id
      AND c.year_no = v.year_no AND p.group_id = v.group_id
) a ON TRUE
WHERE v.institution_id = %(institution)s AND v.batch_id = %(batch)s AND v.year_no = %(year)s - 1
"""


def review_lines(report: VolumeReport) -> list[ReviewLine]:
    """All lines, those beyond the limits first; four queries for any number of lines."""
    lines = VolumeReportLine.objects.filter(report=report).select_related("group", "report__task")
    dropped = set(lines.filter(DROPPED).values_list("pk", flat=True))
    risen = set(lines.filter(RISEN).values_list("pk", flat=True))
    peers = {group: (median, number) for group, median, number in _fetch(PEERS, report)}
    before = {group: (own, agreed) for group, own, agreed in _fetch(BEFORE, report)}
    found = []
    for line in lines.order_by("group__code"):
        flag = "drop" if line.pk in dropped else "rise" if line.pk in risen else ""
        median, number = peers.get(line.group_id, (None, 0))
        own, agreed = before.get(line.group_id, (None, None))
        found.append(ReviewLine(line, flag, own, agreed, median, number))
    return sorted(found, key=lambda each: (not each.flag, each.line.group.code))


def _fetch(sql: str, report: VolumeReport) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "report": report.pk, "institution": report.institution_id,
                "batch": report.task.batch_id, "year": report.task.year_no,
            },
        )  # fmt: skip
        return list(cursor.fetchall())
