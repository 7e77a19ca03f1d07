"""列名对照: what the own files' columns are called, once for each upload; and uploads that use it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.lists.sheet import SheetColumn
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from procurement.operations.column_names import save_columns
from procurement.queries.column_names import (
    may_name_columns,
    own_columns,
    own_kinds,
    saved_names,
    visible_column_mappings,
)
from procurement.rules.column_names import FIELDS, LABELS, LONGEST, NATIONAL


class OwnLayout:
    """Stands before a SheetUploadView: the organisation's own headings, other columns passed over."""

    mapping_kind: ClassVar[str]
    own_sheet_columns: ClassVar[tuple[SheetColumn, ...]]
    scope: Scope

    @cached_property
    def sheet_columns(self) -> tuple[SheetColumn, ...]:
        return own_columns(self.scope, self.mapping_kind, self.own_sheet_columns)

    @property
    def mapped(self) -> Collection[str] | None:
        return set(saved_names(self.scope, self.mapping_kind)) or None


class ColumnNamesView(ScopedTemplateView):
    template_name = "procurement/column_names.html"
    page_title = "列名对照"
    page_note = (
        "用其他系统导出的 Excel 导入时，写明各字段在您的表里叫什么；写一次，以后每次导入都用"
    )

    def exists_for(self, scope: Scope) -> bool:
        return bool(own_kinds(scope))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheets = []
        held = {row.kind: row for row in visible_column_mappings(self.scope)}
        national = self.request.GET.get("names") == "national"
        for kind in own_kinds(self.scope):
            names = saved_names(self.scope, kind)
            if national:
                names = NATIONAL[kind] | names
            sheets.append(
                {
                    "kind": kind, "label": LABELS[kind],
                    "version": held[kind].row_version if kind in held else "",
                    "rows": [
                        {"field": field, "heading": heading, "name": names.get(field, "")}
                        for field, heading in FIELDS[kind].items()
                    ],
                }
            )  # fmt: skip
        return super().get_context_data(
            sheets=sheets, national=national, may=may_name_columns(self.scope), longest=LONGEST,
            breadcrumbs=[{"label": self.page_title}], **kwargs,
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        may = may_name_columns(self.scope)
        if not may:
            return refusal_page(request, NotYours.of(may))
        kind = request.POST.get("kind", "")
        if kind not in own_kinds(self.scope):
            raise Http404
        version = request.POST.get("version", "")
        if version and not (version.isdecimal() and len(version) < 9):
            return refusal_page(request, MissingInput("version", "页面已过期，请刷新后重试"))
        names = {
            field: request.POST.get(f"name-{field}", "").replace("\x00", "")
            for field in FIELDS[kind]
        }
        try:
            save_columns(
                kind=kind, names=names, by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=int(version) if version else None,
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"已保存{LABELS[kind]}的列名对照")
        return HttpResponseRedirect(reverse("column-names"))
