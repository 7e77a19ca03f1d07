"""Filter sets of lists that are bounded by time: without dates they give the last 90 days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import django_filters
from django.db.models import DateTimeField, QuerySet
from django.utils import timezone

from core.transitions.refusals import MissingInput

DEFAULT_DAYS = 90
MAX_DAYS = 366
TOO_LONG = f"起止日期至多相隔 {MAX_DAYS} 天，请分段查询"


class PeriodFilter(django_filters.FilterSet):
    """`since` and `until` are days of Beijing time, both included, on the column `period_field`.

    Where one of `unbounded_by` names a single document, the days may be left out altogether.
    """

    period_field: ClassVar[str] = ""
    unbounded_by: ClassVar[tuple[str, ...]] = ()

    since = django_filters.DateFilter(label="起始日期（含），默认为截止日期前 90 天", method="keep")
    until = django_filters.DateFilter(label="截止日期（含），默认为今天", method="keep")

    def keep(self, rows: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        """Both days are applied together, below."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().filter_queryset(queryset)
        given = self.form.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since is None and until is None and any(given.get(name) for name in self.unbounded_by):
            return rows
        start, end = period(since, until, timezone.localdate())
        column = rows.model._meta.get_field(self.period_field)
        if isinstance(column, DateTimeField):
            bounds: tuple[Any, Any] = (_midnight(start), _midnight(end + timedelta(days=1)))
        else:
            bounds = (start, end + timedelta(days=1))
        return rows.filter(
            **{f"{self.period_field}__gte": bounds[0], f"{self.period_field}__lt": bounds[1]}
        )


def period(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """First and last day asked for; raises MissingInput where they are the wrong way round."""
    end = until or (max(today, since) if since else today)
    start = since or end - timedelta(days=DEFAULT_DAYS)
    if start > end:
        raise MissingInput("since", "起始日期晚于截止日期，请更正")
    if (end - start).days > MAX_DAYS:
        raise MissingInput("since", TOO_LONG)
    return start, end


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
