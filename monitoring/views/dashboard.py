"""Dashboards: the reader's own, and that of every subject below it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from core.transitions import MissingInput
from core.views.errors import refusal_page
from monitoring.indicators.cut import MonthCut
from monitoring.operations.request_computation import may_compute
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_page import dashboard_page
from monitoring.queries.dashboard_subject import Subject, own_subject
from monitoring.queries.figure_address import with_query
from organisations.views.scoped import ScopedTemplateView

WARNING_COLUMNS = [
    {"label": "级别"},
    {"label": "预警"},
    {"label": "对象"},
    {"label": "涉及"},
    {"label": "实测", "numeric": True},
    {"label": "阈值", "numeric": True},
    {"label": "月份"},
    {"label": "办理"},
    {"label": "答复期限"},
]


class DashboardView(ScopedTemplateView):
    """One subject's dashboard."""

    template_name = "monitoring/dashboard.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            page = dashboard_page(self.scope, *self.whose(), self.request.GET)
        except MissingInput as broken:
            return refusal_page(request, broken)
        if page is None:
            raise Http404
        return self.render_to_response(self.get_context_data(**page))

    def whose(self) -> tuple[str, str]:
        return self.kwargs["subject_type"], self.kwargs["code"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        subject: Subject = kwargs["subject"]
        choice: Choice | None = kwargs["choice"]
        paused = bool(self.request.GET.get("paused"))
        return super().get_context_data(
            **kwargs
            | {
                "page_title": subject.name,
                "breadcrumbs": _breadcrumbs(subject, choice),
                "warning_columns": WARNING_COLUMNS,
                "unfinished": bool(
                    choice
                    and choice.computed
                    and not choice.live
                    and MonthCut(choice.month).cut > choice.computed.computed_at
                ),
                "paused": paused,
                "pause_url": self._pause_url(paused),
                "may_compute": subject.type == "province"
                and not (choice and choice.live)
                and may_compute(self.scope).ok,
                "other_role_url": _address(subject.other_role, subject.code, choice),
            }
        )

    def _pause_url(self, paused: bool) -> str:
        """The same page with automatic updates stopped, or again with them."""
        query = {name: str(value) for name, value in self.request.GET.items() if name != "paused"}
        return with_query(self.request.path, query if paused else query | {"paused": "1"})


class OwnDashboardView(DashboardView):
    """The reader's own level; who watches no subject is told so."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.own = own_subject(self.scope)
        if self.own is None:
            self.template_name = "monitoring/dashboard_none.html"
            return self.render_to_response({"page_title": "看板", "scope": self.scope})
        return super().get(request, *args, **kwargs)

    def whose(self) -> tuple[str, str]:
        assert self.own is not None
        return self.own


def _breadcrumbs(subject: Subject, choice: Choice | None) -> list[dict[str, str]]:
    steps = [
        {"label": crumb.name, "url": _address(crumb.type, crumb.code, choice)}
        for crumb in subject.trail
    ]
    return [{"label": "看板", "url": reverse("dashboard")}, *steps, {"label": subject.name}]


def _address(subject_type: str, code: str, choice: Choice | None) -> str:
    if not (subject_type and code):
        return ""
    path = reverse("dashboard-subject", args=[subject_type, code])
    return with_query(path, choice.query() if choice else {})
