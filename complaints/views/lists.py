"""The list of complaints: all, one's open ones, late ones, and reports of lower prices before."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from complaints.filters import ComplaintFilter
from complaints.models import Complaint
from complaints.queries.cases import may_file, with_state
from complaints.queries.visible import visible_complaints
from complaints.rules import PRE_PRICE_LOWER
from complaints.tables import COMPLAINT_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin

TABS = (
    ("在办", "open=1"),
    ("逾期", "late=1"),
    ("集采前价格更低", f"category={PRE_PRICE_LOWER}"),
    ("近 90 天全部", "all=1"),
)


class ComplaintListView(FilteredListView):
    page_title = "诉求"
    page_note = "四方在同一处办理：提出、回复并承诺、解决、确认、办结；逾期自动列入医保局督办"
    filterset_class = ComplaintFilter
    columns = COMPLAINT_COLUMNS
    default_sort = "-filed"
    keyset = ("filed_at", "id")
    route, export_route, sheet_name = "complaint-list", "complaint-export", "诉求"
    bar = ("state", "category", "filed_by", "level", "since", "until")
    search_hint = "编号、产品、机构、拼音首字母"
    empty_title = "没有符合条件的诉求"
    empty_text = "可以放宽条件；没有选日期时只列近 90 天提出的。"
    held = ("open", "late")

    def everything(self, scope: Scope) -> QuerySet[Complaint]:
        return with_state(visible_complaints(scope)).select_related(
            "case", "product", "institution", "manufacturer", "distributor"
        )

    def row_label(self, row: Complaint) -> str:
        return row.complaint_no

    def row_late(self, row: Any) -> bool:
        due = row.due
        return due is not None and due < timezone.localdate()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url, given = reverse(self.route), self.request.GET
        new = {"label": "提出诉求", "icon": "plus", "url": reverse("complaint-new"),
               "kind": "primary"}  # fmt: skip
        tabs = []
        for label, query in TABS:
            name, _, value = query.partition("=")
            tabs.append(
                {"label": label, "url": f"{url}?{query}", "active": given.get(name) == value}
            )
        if not any(tab["active"] for tab in tabs):
            tabs[-1]["active"] = True
        return super().get_context_data(
            tabs=tabs, actions=[new] if may_file(self.scope) else [], **kwargs
        )


class ComplaintExportView(ExportMixin, ComplaintListView):
    pass
