"""Applications that one sees, and what is published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from catalog.filters.applications import ApplicationFilter, PublicityFilter
from catalog.models import ProductApplication
from catalog.queries.application_rows import (
    ApplicationRow,
    application_rows,
    applications_with_parties,
    public_applications,
)
from catalog.queries.applications import files_applications, has_applications
from catalog.tables.applications import APPLICATION_COLUMNS, PUBLICITY_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin


class ApplicationListView(FilteredListView):
    page_title = "挂网申请"
    page_note = "每件申请现在到哪一步、由谁办、到哪天为止；通过并到生效日期以前，目录按原登记执行"
    filterset_class = ApplicationFilter
    columns = APPLICATION_COLUMNS
    default_sort = "-number"
    route, export_route, sheet_name = "application-list", "application-export", "挂网申请"
    bar = ("stage", "kind", "state")
    search_hint = "申请编号、产品、编码、企业"
    empty_title = "没有符合条件的申请"

    def exists_for(self, scope: Scope) -> bool:
        return has_applications(scope)

    def everything(self, scope: Scope) -> QuerySet[ProductApplication]:
        return applications_with_parties(scope)

    def rows(self, objects: Iterable[Any]) -> list[ApplicationRow]:
        return application_rows(objects)

    def row_key(self, row: ApplicationRow) -> int:
        return int(row.application.pk)

    def row_label(self, row: ApplicationRow) -> str:
        return row.application.application_no

    def row_late(self, row: ApplicationRow) -> bool:
        return row.late

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if files_applications(self.scope):
            context["actions"] = [
                {"label": "新的申请", "icon": "plus", "kind": "primary", "url": reverse("application-kinds")},
                {"label": "Excel 批量填报", "icon": "upload", "url": reverse("application-upload")},
            ]  # fmt: skip
        return context


class ApplicationExportView(ExportMixin, ApplicationListView):
    pass


class PublicityListView(FilteredListView):
    page_title = "挂网公示"
    page_note = "审核通过、正在公示的挂网申请；对内容有异议的，公示期内在该件页面提出"
    filterset_class = PublicityFilter
    columns = PUBLICITY_COLUMNS
    default_sort = "-to"
    route, export_route, sheet_name = "publicity-list", "publicity-export", "挂网公示"
    bar = ("open", "kind")
    search_hint = "产品、企业、申请编号"
    empty_title = "没有公示"
    empty_text = "新的公示发布后在此列出。"

    def everything(self, scope: Scope) -> QuerySet[ProductApplication]:
        return public_applications(scope)

    def rows(self, objects: Iterable[Any]) -> list[ApplicationRow]:
        return application_rows(objects)

    def row_key(self, row: ApplicationRow) -> int:
        return int(row.application.pk)


class PublicityExportView(ExportMixin, PublicityListView):
    pass
