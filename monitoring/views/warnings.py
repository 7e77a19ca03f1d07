"""The list of warnings, one warning, and its file for Excel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from core.attachments.inspect import max_megabytes
from core.views.object_page import document_items, offered_actions
from core.workdays.deadlines import shanghai_day
from monitoring.filters import WarningFilter
from monitoring.models import Warning
from monitoring.queries.actions import actions_on_warnings, may_propose
from monitoring.queries.filter_options import batch_options, month_options
from monitoring.queries.visible import visible_warnings
from monitoring.queries.warning_page import file_url, warning_page
from monitoring.queries.warning_rows import WarningRow, warning_rows
from monitoring.rules import RULES_BY_CODE
from monitoring.rules.rule import Rule
from monitoring.states import OPEN_STATES
from monitoring.tables import WARNING_COLUMNS
from organisations.queries.changes import name_on
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView


def threshold_url(scope: Scope, rule: Rule | None) -> str:
    """The page of the parameter that a rule rests on, where the province proposes and rehearses."""
    if not scope.is_province_bureau or rule is None or not rule.parameter:
        return ""
    return reverse("policy-parameter", args=[rule.parameter])


class WarningListView(FilteredListView):
    """The warnings that one may see; the newest months come first, at any depth."""

    page_title = "预警"
    page_note = (
        "按监测指标每月 1 日、注册证到期等每日自动发出；被预警单位签收、说明，所属医保局核实办结"
    )
    filterset_class = WarningFilter
    columns = WARNING_COLUMNS
    default_sort = "-month"
    keyset = ("last_month", "id")
    route = "warning-list"
    export_route = "warning-export"
    sheet_name = "预警"
    bar = ("severity", "rule", "stage", "batch", "month")
    search_hint = "机构、企业、拼音首字母、编号"
    empty_title = "没有符合条件的预警"
    empty_text = "可以放宽筛选条件；新的预警在每月 1 日计算后发出。"
    empty_icon = "alert-triangle"

    def everything(self, scope: Scope) -> QuerySet[Warning]:
        return visible_warnings(scope)

    def visible(self, scope: Scope) -> QuerySet[Warning]:
        """A condition that is not understood is refused with 400, here as in the file."""
        found = super().visible(scope)
        self.refuse_broken_filter()
        return found

    def rows(self, objects: Iterable[Any]) -> list[WarningRow]:
        return warning_rows(objects)

    def row_key(self, row: WarningRow) -> int:
        return int(row.warning.pk)

    def row_label(self, row: WarningRow) -> str:
        return f"{row.label} {row.warning.warning_no}"

    def row_late(self, row: WarningRow) -> bool:
        return row.late

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"batch": batch_options(self.scope), "month": month_options(self.scope)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The province goes from its warnings to a changed threshold and its rehearsal."""
        if self.scope.is_province_bureau:
            rule = RULES_BY_CODE.get(self.request.GET.get("rule", ""))
            url = threshold_url(self.scope, rule) or reverse("value-changes")
            kwargs["actions"] = [{"label": "调整阈值并试算", "icon": "scale", "url": url}]
        return super().get_context_data(**kwargs)


class WarningExportView(ExportMixin, WarningListView):
    """Exactly the filtered list as Excel, with every column."""


class WarningDetailView(ScopedDetailView):
    template_name = "monitoring/warning_detail.html"
    key_field: ClassVar[str] = "warning_no"
    key: ClassVar[str] = "warning_no"

    def visible(self, scope: Scope) -> QuerySet[Warning]:
        return visible_warnings(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        warning: Warning = kwargs["object"]
        page = warning_page(warning, self.scope, timezone.now())
        return super().get_context_data(
            page=page,
            offered=offered_actions(
                page.offers.values(),
                url=lambda verb: reverse(f"warning-{verb}", args=[warning.warning_no]),
                version=warning.row_version,
                on_page={"explain": "explain", "close": "verify", "return": "verify"},
            ),
            threshold_url=threshold_url(self.scope, page.rule),
            documents=document_items(page.files, lambda each: file_url(warning, each)),
            followed=actions_on_warnings(self.scope, [warning.pk]),
            actions=[
                *self._may_act(warning),
                {
                    "label": "打印",
                    "icon": "printer",
                    "url": reverse("warning-print", args=[warning.warning_no]),
                },
            ],
            upload_megabytes=max_megabytes(),
            breadcrumbs=[
                {"label": "预警", "url": reverse("warning-list")},
                {"label": warning.warning_no},
            ],
            **{**kwargs, "page_title": f"{page.row.label} · {page.row.subject}"},
        )

    def _may_act(self, warning: Warning) -> list[dict[str, str]]:
        """A bureau turns an open warning of an institution or enterprise into an action."""
        if not may_propose(self.scope) or warning.state not in OPEN_STATES:
            return []
        if not (warning.institution_id or warning.enterprise_id):
            return []
        query = urlencode({"subject": warning.subject_code, "warnings": warning.warning_no})
        return [
            {"label": "转为监管措施", "icon": "gavel", "url": f"{reverse('action-new')}?{query}"}
        ]


class WarningPrintView(WarningDetailView):
    """The warning as official paper: A4, its facts, months, answer and opinion, who printed when."""

    template_name = "monitoring/warning_print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        warning: Warning = kwargs["object"]
        party = warning.institution or warning.enterprise
        return super().get_context_data(**kwargs) | {
            "page_title": "集中带量采购监测预警单",
            "organisation": self.user.organisation.name,
            "subject": (
                name_on(party, shanghai_day(warning.opened_at))
                if party and party.code == warning.subject_code
                else ""
            ),
            "number": warning.warning_no,
            "printed_by": f"{self.user.organisation.name} {self.user.name}",
            "printed_at": timezone.now(),
        }
