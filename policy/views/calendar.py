"""The working-day calendar: its years, one year, and a year as a file."""

from __future__ import annotations

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core.workdays.models import CalendarYear
from core.workdays.notice import missing_year_notice
from core.workdays.upload import COLUMNS
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView, ScopedView
from policy.forms import FIRST_YEAR, LAST_YEAR
from policy.queries.calendar_page import (
    days_of,
    visible_calendar_years,
    year_page,
    years_with_counts,
)
from policy.rules import CALENDAR_ROLES, uploads_calendar


def upload_action(scope: Scope) -> dict[str, str]:
    """The button, greyed with the reason for those who may only read."""
    verdict = uploads_calendar(
        is_province_bureau=scope.is_province_bureau, has_role=scope.has_role(*CALENDAR_ROLES)
    )
    return {
        "label": "录入年度日历",
        "url": reverse("calendar-upload"),
        "kind": "primary",
        "icon": "upload",
        "reason": verdict.reason,
    }


class CalendarListView(ScopedTemplateView):
    template_name = "policy/calendar_list.html"
    page_title = "工作日历"
    page_note = (
        "期限按国务院办公厅公布的节假日安排计算工作日；尚未公布的年度按周末和固定法定节日暂定"
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            years=years_with_counts(self.scope),
            missing=missing_year_notice(timezone.localdate()),
            this_year=timezone.localdate().year,
            actions=[upload_action(self.scope)],
            **kwargs,
        )


class CalendarYearView(ScopedTemplateView):
    template_name = "policy/calendar_year.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = {row.year: row for row in visible_calendar_years(self.scope).order_by("year")}
        year = known.get(self.kwargs["year"])
        if year is None:
            raise Http404
        page = year_page(year.year, days_of(self.scope, year.year))
        return super().get_context_data(
            published=year.status == CalendarYear.Status.PUBLISHED,
            page=page,
            earlier=known.get(year.year - 1),
            later=known.get(year.year + 1),
            today=timezone.localdate(),
            actions=[upload_action(self.scope)],
            breadcrumbs=[
                {"label": "工作日历", "url": reverse("calendar-list")},
                {"label": f"{year.year} 年"},
            ],
            **{**kwargs, "year": year, "page_title": f"{year.year} 年工作日历"},
        )


class CalendarFileView(ScopedView):
    """A year as `date,is_workday,name`: what is stored, or the provisional guess to fill in."""

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Http404
        answer = HttpResponse(content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="workdays-{year}.csv"'
        # Excel reads UTF-8 only behind a byte order mark.
        answer.write("\ufeff")
        writer = csv.writer(answer)
        writer.writerow(COLUMNS)
        for row in days_of(self.scope, year):
            writer.writerow((row.date.isoformat(), int(row.is_workday), row.name))
        return answer
