"""Trying a change before it is put in force: months with counts, and the subjects of one month."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from catalog.models import OverrideChange
from catalog.queries.override_changes import override_change_row, visible_override_changes
from core.jobs.models import Job
from core.lists.keyset import keyset_page
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from monitoring.operations.rehearse_change import MOST_MONTHS, request_rehearsal
from monitoring.queries.months import MalformedMonth, parse_month
from monitoring.queries.rehearsals import (
    EFFECTS,
    effect_rows,
    latest_rehearsal,
    may_rehearse,
    month_tabs,
    reach_of,
    rehearsal_panel,
    visible_rehearsal_rows,
)
from monitoring.queries.rehearsed_assessments import judges_assessments, rejudged_years
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView
from policy.models import ValueChange
from policy.queries.changes import change_row, visible_changes

Subject = ValueChange | OverrideChange
OF_BATCHES = "PC"
"""Numbers of changes of the batches' own values begin so."""


class OfChange(ScopedDetailView):
    """A page of one change, by its number, for the bureau of its policy's province."""

    object: Subject
    key_field: ClassVar[str] = "change_no"
    key: ClassVar[str] = "change_no"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[Any]:
        if self.kwargs["change_no"].startswith(OF_BATCHES):
            return visible_override_changes(scope).select_related("batch__policy", "parameter")
        return visible_changes(scope).select_related("policy", "parameter")

    def crumbs(self, change: Subject, *last: dict[str, str]) -> list[dict[str, str]]:
        if isinstance(change, OverrideChange):
            first = {
                "label": "批次执行参数",
                "url": reverse("batch-parameters", args=[change.batch.code]),
            }
            own = "override-change"
        else:
            first = {"label": "参数调整", "url": reverse("value-changes")}
            own = "value-change"
        page = {"label": change.change_no, "url": reverse(own, args=[change.change_no])}
        return [first, page, *last]

    def words(self, change: Subject) -> tuple[str, str]:
        """What the value was and what it is to become."""
        today = timezone.localdate()
        if isinstance(change, OverrideChange):
            row = override_change_row(change, today)
            return row.before, row.after
        of_policy = change_row(change, today)
        return of_policy.before, of_policy.after


class RehearsalView(OfChange):
    template_name = "monitoring/rehearsal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change: Subject = kwargs["object"]
        before, after = self.words(change)
        rehearsal = latest_rehearsal(self.scope, change)
        return super().get_context_data(
            **{
                "rehearsal": rehearsal,
                "panel": rehearsal_panel(self.scope, rehearsal) if rehearsal else {},
                "reach": reach_of(change.parameter.key),
                "may": may_rehearse(self.scope, change),
                "judges": judges_assessments(change.parameter.key),
                "years": rejudged_years(self.scope, change),
                "month_choices": [
                    {"value": str(n), "label": f"{n} 个月"} for n in range(1, MOST_MONTHS + 1)
                ],
                "page_title": f"试算：{change.parameter.label} {before} → {after}",
                "page_note": "按已计算月份的指标重新对照规则，不改动任何指标和预警",
                "breadcrumbs": self.crumbs(change, {"label": "试算"}),
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        change: Subject = self.get_object()
        allowed = may_rehearse(self.scope, change)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        months = request.POST.get("months", "")
        try:
            request_rehearsal(
                change=change, months=int(months) if months.isdecimal() else 0, by=self.user,
                scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return HttpResponseRedirect(reverse("rehearsal", args=[change.change_no]))


class RehearsalPanelView(RehearsalView):
    """The progress, asked for every two seconds."""

    template_name = "monitoring/_rehearsal_panel.html"
    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().get(request, *args, **kwargs)
        rehearsal = latest_rehearsal(self.scope, self.object)
        if rehearsal is None:
            raise Http404
        if rehearsal.job.state not in Job.OPEN_STATES:
            answer["HX-Refresh"] = "true"
        return answer


class RehearsalMonthView(OfChange):
    """Whom the new value names in one month, and whom no longer."""

    template_name = "monitoring/rehearsal_month.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except MissingInput as broken:
            return refusal_page(request, broken)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change: Subject = kwargs["object"]
        rehearsal = latest_rehearsal(self.scope, change)
        month = self._month()
        if rehearsal is None or f"{month:%Y-%m}" not in [m["month"] for m in rehearsal.months]:
            raise Http404
        effect = self.request.GET.get("effect", "named")
        if effect not in EFFECTS:
            raise MissingInput("effect", "没有这一类影响，请从页面上选择")
        rows = visible_rehearsal_rows(self.scope).filter(
            rehearsal=rehearsal, month=month, effect=effect
        )
        page = keyset_page(
            rows, order=("id",), cursor=self.request.GET.get("cursor", ""), ascending=True
        )
        return super().get_context_data(
            **{
                "rows": effect_rows(page.rows),
                "tabs": month_tabs(rehearsal, month, effect),
                "newer_url": f"?effect={effect}&cursor={page.newer}" if page.newer else "",
                "older_url": f"?effect={effect}&cursor={page.older}" if page.older else "",
                "page_title": f"{month.year} 年 {month.month} 月的影响",
                "page_note": f"{change.parameter.label} · {change.change_no}",
                "breadcrumbs": self.crumbs(
                    change,
                    {"label": "试算", "url": reverse("rehearsal", args=[change.change_no])},
                    {"label": f"{month:%Y-%m}"},
                ),
                **kwargs,
            }
        )

    def _month(self) -> date:
        try:
            return parse_month(self.kwargs["month"])
        except MalformedMonth as error:
            raise Http404 from error
