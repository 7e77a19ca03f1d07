"""Which kept 年度考核 another limit of the non-selected share would turn; nothing is written.

Of all parameters only this limit judges an assessment; the quantities judged are kept with it, so a
proposed value is applied to them as they stand. A group that fails for its agreed quantity, or that
had no agreement, is the same under any limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q

from catalog.models import OverrideChange
from catalog.queries.overrides import overrides_of
from monitoring.models import AssessedGroup, YearAssessment
from monitoring.queries.assessed import GroupRow, batch_names, group_rows, visible_assessed_groups
from organisations.queries.scope import Scope
from policy.models import ValueChange
from policy.queries.parse import parse_value

KEY = "non_selected_share_max"
SHOWN = 20
"""Turned groups that the page names, of each direction."""


@dataclass(frozen=True)
class RejudgedYear:
    """One assessed agreement year: groups that pass now and would pass, and which way they turn.

    `share_max` is the limit that it was judged by; `failed`, `cleared` the first groups that would
    newly fail or newly pass.
    """

    batch: str
    batch_code: str
    year_no: int
    share_max: Decimal | None
    groups: int
    passed_now: int
    passed_then: int
    fails: int
    clears: int
    failed: list[GroupRow]
    cleared: list[GroupRow]


def judges_assessments(key: str) -> bool:
    return key == KEY


def rejudged_years(
    scope: Scope, change: ValueChange | OverrideChange, *, named: bool = True
) -> list[RejudgedYear]:
    """Every assessed year that the proposed value would have judged, the newest first.

    A policy's value judges the batches under it that had none of their own on the year's last day;
    a batch's own judges that batch. `named` False: without the groups.
    """
    if not judges_assessments(change.parameter.key):
        return []
    raw = None if change.value is None else parse_value(KEY, change.value)
    value = raw if isinstance(raw, Decimal) else None
    years = _years(change)
    over = _over(value)
    fails = Q(because="") & over
    clears = Q(because="non_selected") & ~over
    counted = {
        row["assessment_id"]: row
        for row in visible_assessed_groups(scope)
        .filter(assessment__in=[each.pk for each in years])
        .order_by()
        .values("assessment_id")
        .annotate(
            number=Count("pk"), now=Count("pk", filter=Q(passed=True)),
            fails=Count("pk", filter=fails), clears=Count("pk", filter=clears),
        )
    }  # fmt: skip
    names = batch_names(each.batch_code for each in years)
    return [
        RejudgedYear(
            batch=names.get(each.batch_code, each.batch_code), batch_code=each.batch_code,
            year_no=each.year_no, share_max=each.share_max, groups=row["number"],
            passed_now=row["now"], passed_then=row["now"] - row["fails"] + row["clears"],
            fails=row["fails"], clears=row["clears"],
            failed=_named(scope, each, fails) if named and row["fails"] else [],
            cleared=_named(scope, each, clears) if named and row["clears"] else [],
        )
        for each in years
        if (row := counted.get(each.pk))
    ]  # fmt: skip


def _years(change: ValueChange | OverrideChange) -> list[YearAssessment]:
    rows = YearAssessment.objects.select_related("year__batch").order_by("-ends_on", "batch_code")
    if isinstance(change, OverrideChange):
        return list(rows.filter(year__batch=change.batch))
    of_policy = rows.filter(year__batch__policy=change.policy)
    return [each for each in of_policy if KEY not in overrides_of(each.year.batch_id, each.ends_on)]


def _over(value: Decimal | None) -> Q:
    """Multiplied, as the assessment does it: a share exactly at the limit passes."""
    if value is None:
        return Q(pk__isnull=True)
    return Q(share_denominator__gt=0, share_numerator__gt=F("share_denominator") * value) | Q(
        share_denominator__lt=0, share_numerator__lt=F("share_denominator") * value
    )


def _named(scope: Scope, year: YearAssessment, turned: Q) -> list[GroupRow]:
    rows: list[AssessedGroup] = list(
        visible_assessed_groups(scope)
        .filter(turned, assessment=year)
        .select_related("group")
        .order_by("-share_denominator", "pk")[:SHOWN]
    )
    return group_rows(rows)
