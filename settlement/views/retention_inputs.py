"""测算数据 of 结余留用: the list, one row by form, many by sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import BooleanField, QuerySet, Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView
from organisations.views.sheet_upload import SheetUploadView
from settlement.filters import RetentionInputFilter
from settlement.forms.retention_inputs import RetentionInputEditForm, RetentionInputForm
from settlement.models import RetentionInput
from settlement.operations.retention_inputs import FIELDS, InputRow, enter_retention_inputs
from settlement.queries.navigation import keeps_inputs
from settlement.queries.retention import own_pools, starts_retention
from settlement.queries.retention_inputs import NamedInputs, named_inputs
from settlement.queries.visible import visible_retention_inputs
from settlement.tables.retention_inputs import INPUT_COLUMNS

CRUMB = "结余留用测算数据"
NAMES = ("batch_code", "year_no", "pool_code", "group_code")


def input_row(values: dict[str, Any], named: NamedInputs) -> InputRow:
    """Checked values as the operation takes them."""
    return InputRow(
        year=values["year"], pool=named.pools[values["pool_code"]],
        group=named.groups[values["group_code"]], source=values["source"],
        **{name: values[name] for name in FIELDS},
    )  # fmt: skip


class InputListView(FilteredListView):
    page_title = CRUMB
    page_note = (
        "集采前均价和各项比例，按批次年度、统筹区、品种录入并写明来源；缺一项的品种算不出结余"
    )
    filterset_class = RetentionInputFilter
    columns = INPUT_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "retention-inputs", "retention-inputs-export", "测算数据"
    bar = ("batch", "year_no")
    search_hint = "品种、拼音首字母"
    empty_text = "还没有录入测算数据，或不在您的查看范围内。"

    def exists_for(self, scope: Scope) -> bool:
        return keeps_inputs(scope)

    def everything(self, scope: Scope) -> QuerySet[RetentionInput]:
        rows = visible_retention_inputs(scope).select_related("batch", "pool", "group")
        # Who only reads is not led to the form.
        return rows.annotate(may_edit=Value(bool(starts_retention(scope)), BooleanField()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions: list[dict[str, Any]] = []
        if starts_retention(self.scope):
            actions = [
                {"label": "录入", "url": reverse("retention-input-edit"), "kind": "primary"},
                {"label": "Excel 批量", "url": reverse("retention-input-upload")},
            ]
        return super().get_context_data(actions=actions, **kwargs)


class InputExportView(ExportMixin, InputListView):
    pass


class InputEditView(ScopedTemplateView):
    """One row, new or there already; what is named in the address is filled in."""

    template_name = "catalog/quality_new.html"
    page_title = "录入测算数据"
    page_note = "财政会签前可以更正；更正后请重新测算"

    def exists_for(self, scope: Scope) -> bool:
        return keeps_inputs(scope)

    def _row(self, asked: Any) -> RetentionInput | None:
        """The row that the address names, in the reader's sight."""
        number = asked.get("year_no", "")
        if not (number.isascii() and number.isdigit() and len(number) < 3):
            return None
        return visible_retention_inputs(self.scope).filter(
            batch__code=asked.get("batch_code", ""), year_no=int(number),
            pool__code=asked.get("pool_code", ""), group__code=asked.get("group_code", ""),
        ).first()  # fmt: skip

    def _initial(self) -> dict[str, Any]:
        asked = self.request.GET
        own = own_pools(self.scope).first()
        row = self._row(asked)
        initial: dict[str, Any] = {name: asked.get(name, "") for name in NAMES} | {"version": 0}
        initial["pool_code"] = initial["pool_code"] or (own.code if own else "")
        if row is not None:
            initial |= {name: getattr(row, name) for name in (*FIELDS, "source")}
            initial["version"] = row.row_version
        return initial

    def _page(self, form: forms.Form, status: int = 200) -> HttpResponse:
        named = "-".join(str(self.request.GET.get(name, "")) for name in NAMES)
        return self.render_to_response(
            self.get_context_data(
                form=form, submit="保存", list_url=reverse("retention-inputs"),
                draft=f"retention-input-{named}"[:120].rstrip("-"),
                breadcrumbs=[{"label": CRUMB, "url": reverse("retention-inputs")},
                             {"label": self.page_title}],
            ),
            status=status,
        )  # fmt: skip

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = starts_retention(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        named = NamedInputs({}, {}, {})
        return self._page(RetentionInputEditForm(initial=self._initial(), named=named))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = starts_retention(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        named = named_inputs(
            self.scope, batches=[request.POST.get("batch_code", "")],
            groups=[request.POST.get("group_code", "")],
        )  # fmt: skip
        form = RetentionInputEditForm(request.POST, named=named)
        if not form.is_valid():
            return self._page(form, 400)
        values = form.cleaned_data
        try:
            count = enter_retention_inputs(
                rows=[input_row(values, named)], by=self.user, scope=self.scope,
                at=timezone.now(), seen_version=values["version"],
            )  # fmt: skip
        except Refusal as refusal:
            field = getattr(refusal, "field", None)
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self._page(form, refusal.status)
        messages.success(request, "已保存" if count else "与原数据相同，没有变动")
        return HttpResponseRedirect(reverse("retention-inputs"))


class InputUploadView(SheetUploadView):
    page_title = "导入测算数据"
    page_note = "先检查后写入，有一行错误则全部不写入；已有的按批次年度、统筹区和品种更正"
    sheet_name = "测算数据"
    route, back_route = "retention-input-upload", "retention-inputs"
    max_rows = 5_000
    sheet_columns = (
        SheetColumn("batch_code", "批次代码", 18, "批次页上的代码"),
        SheetColumn("year_no", "采购年度序号", 14, "如 1"),
        SheetColumn("pool_code", "统筹区代码", 14, "本级统筹区"),
        SheetColumn("group_code", "品种代码", 16, "品种目录中的代码"),
        SheetColumn("baseline_price", "集采前加权均价", 16, "元，每基本单位，可空"),
        SheetColumn("fund_share_before", "上年基金支付比例", 16, "0 到 1，可空"),
        SheetColumn("fund_share", "当年基金支付比例", 16, "0 到 1，可空"),
        SheetColumn("insured_share", "本统筹区参保使用占比", 20, "0 到 1，可空"),
        SheetColumn("source", "数据来源", 40, "文件名称、文号或统计口径"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return keeps_inputs(scope)

    def allowed(self, scope: Scope) -> Verdict:
        return starts_retention(scope)

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        self.named = named_inputs(
            self.scope, batches={row.cells.get("batch_code", "") for row in rows},
            groups={row.cells.get("group_code", "") for row in rows},
        )  # fmt: skip

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        return RetentionInputForm(texts, named=self.named)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        """Nothing twice."""
        seen: dict[tuple[Any, ...], int] = {}
        errors = []
        for row, each in zip(rows, values, strict=True):
            key = (each["batch_code"].strip(), *(each[name] for name in NAMES[1:]))
            if key in seen:
                words = f"与第 {seen[key]} 行重复，只留一行"
                errors.append(SheetError(row.line, "品种代码", row.cells["group_code"][:80], words))
            seen.setdefault(key, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        count = enter_retention_inputs(
            rows=[input_row(each, self.named) for each in values], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return f"已写入 {count} 行，{len(values) - count} 行与原数据相同；请重新测算"
