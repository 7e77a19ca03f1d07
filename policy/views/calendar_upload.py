"""A year's calendar handed in: errors by line, a preview of what changes, then applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, TransitionRefused, Verdict
from core.views.errors import refusal_page
from core.workdays.errors import CalendarUploadRefused
from core.workdays.models import CalendarYear
from core.workdays.upload import parse_rows
from core.workdays.workbook import csv_of
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from policy.forms import CalendarUploadForm
from policy.operations.upload_calendar_year import upload_year
from policy.queries.calendar_page import (
    calendar_change,
    calendar_fingerprint,
    upload_obstacle,
    year_page,
    years_with_counts,
)
from policy.rules import CALENDAR_ROLES, uploads_calendar
from policy.views.calendar_errors import error_items

SALT = "policy.calendar-upload"
VALID_SECONDS = 3600


class CalendarEntry(ScopedTemplateView):
    """Open to the province bureau's reviewers and leaders; others are told why not."""

    template_name = "policy/calendar_upload.html"
    page_title = "录入年度日历"
    page_note = "先校验并预览变化，确认后才写入；有任何一处错误都不写入"

    def entry(self, scope: Scope) -> Verdict:
        return uploads_calendar(
            is_province_bureau=scope.is_province_bureau, has_role=scope.has_role(*CALENDAR_ROLES)
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [
            {"label": "工作日历", "url": reverse("calendar-list")},
            {"label": "录入年度日历"},
        ]
        return super().get_context_data(**{"breadcrumbs": crumbs, **kwargs})


class CalendarUploadView(CalendarEntry):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        years = list(years_with_counts(self.scope))
        wanted = next(
            (row.year for row in reversed(years) if row.status == CalendarYear.Status.PROVISIONAL),
            None,
        )
        wanted = wanted or max((row.year for row in years), default=timezone.localdate().year)
        form = CalendarUploadForm(initial={"year": wanted})
        return super().get_context_data(**{"form": form, "wanted": wanted, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CalendarUploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._again(form)
        year, file = form.cleaned_data["year"], form.cleaned_data["file"]
        obstacle = upload_obstacle(self.scope, year)
        if obstacle:
            form.add_error("year", obstacle)
            return self._again(form)
        content = file.read()
        try:
            content = csv_of(content)
            rows = parse_rows(content, year=year)
        except CalendarUploadRefused as refused:
            errors = error_items(file.name, content, refused.errors)
            return self._again(form, errors, len(refused.errors))
        change = calendar_change(self.scope, year, rows)
        token = signing.dumps(
            {
                "year": year,
                "source": form.cleaned_data["source"],
                "content": content.decode("utf-8-sig"),
                "before": calendar_fingerprint(self.scope, year),
                "user": self.user.pk,
            },
            salt=SALT,
            compress=True,
        )
        context = self.get_context_data(
            change=change,
            page=year_page(year, rows, (each.day for each in change.changes if each.counts)),
            source=form.cleaned_data["source"],
            token=token,
            form=form,
        )
        return self.render_to_response(context)

    def _again(
        self, form: CalendarUploadForm, errors: Sequence[dict[str, Any]] = (), total: int = 0
    ) -> HttpResponse:
        context = self.get_context_data(form=form, file_errors=errors, error_total=total)
        return self.render_to_response(context, status=400)


class CalendarApplyView(CalendarEntry):
    """Writes what the preview showed, unless the year was entered by somebody else meanwhile."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            held = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=VALID_SECONDS)
        except signing.BadSignature:
            reason = "预览已过期或不完整，没有写入，请重新上传文件并确认"
            return refusal_page(request, MissingInput("token", reason))
        year = held["year"]
        if held["user"] != self.user.pk:
            reason = "这份预览由另一个账号上传，请本人重新上传并确认"
            return refusal_page(request, MissingInput("token", reason))
        if held["before"] != calendar_fingerprint(self.scope, year):
            reason = f"{year} 年的日历在预览之后已被更改，没有写入，请重新上传并核对变化"
            return refusal_page(request, TransitionRefused(reason))
        rows = parse_rows(held["content"].encode(), year=year)
        try:
            upload_year(
                year=year, rows=rows, source=held["source"], by=self.user, at=timezone.now()
            )
        except CalendarUploadRefused as refused:
            return refusal_page(request, TransitionRefused("；".join(refused.errors)))
        messages.success(request, f"{year} 年工作日历已写入，此后的期限按它计算")
        return HttpResponseRedirect(reverse("calendar-year", args=[year]))
