"""注册证: the list by expiry, and one number with all that is known of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.filters.applications import RegistrationFilter
from catalog.models import Registration
from catalog.queries.expiry import expiry_days
from catalog.queries.registration_page import registration_page
from catalog.queries.registrations import registrations_with_paper
from catalog.tables.applications import REGISTRATION_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView


class RegistrationListView(FilteredListView):
    page_title = "注册证（批准文号）"
    page_note = "到期前按省级设定的天数预警；到期之日起暂停采购，延续生效后自动恢复"
    filterset_class = RegistrationFilter
    columns = REGISTRATION_COLUMNS
    default_sort = "expires"
    route, export_route, sheet_name = "registration-papers", "registration-papers-export", "注册证"
    bar = ("own", "expiry", "kind")
    search_hint = "注册证号、企业、拼音首字母"
    empty_title = "没有登记的注册证"
    empty_text = "生产企业申报注册证后在此列出。"

    def everything(self, scope: Scope) -> QuerySet[Registration]:
        return registrations_with_paper(scope, timezone.localdate())


class RegistrationExportView(ExportMixin, RegistrationListView):
    pass


class RegistrationPaperView(ScopedDetailView):
    """What it is, its state, versions, products, applications, papers, and what can be done."""

    template_name = "catalog/registration_detail.html"
    key_field: ClassVar[str] = "number"
    key: ClassVar[str] = "number"

    def visible(self, scope: Scope) -> QuerySet[Registration]:
        return registrations_with_paper(scope, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Registration = kwargs["object"]
        today = timezone.localdate()
        days = expiry_days(self.scope, today)
        return super().get_context_data(
            page=registration_page(row, self.scope, today, days),
            days=days,
            breadcrumbs=[
                {"label": "注册证", "url": reverse("registration-papers")},
                {"label": row.number},
            ],
            **{**kwargs, "page_title": row.number, "page_note": row.get_kind_display()},
        )
