"""院内目录: the list, one item with its mappings, new and changed ones, the word on a doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.filters.hospital_items import CoverageFilter, HospitalItemFilter
from catalog.forms.hospital_items import HospitalItemForm, ItemNoteForm
from catalog.models import HospitalItem
from catalog.operations.hospital_items.confirm import confirm_mapping
from catalog.operations.hospital_items.put import RowsRefused, put_items
from catalog.queries.hospital_items import (
    ItemRowShown,
    coverage,
    item_of_key,
    item_rows,
    items_with_parties,
    mapping_history,
    standing_counts,
)
from catalog.rules.hospital_item import KEEPERS, keeps_items, may_confirm
from catalog.states.hospital_item import DOUBT_REMEDIES, Basis, Doubt, ItemStanding
from catalog.tables.hospital_items import COVERAGE_COLUMNS, ITEM_COLUMNS, REGION_ITEM_COLUMNS
from core.transitions import Refusal, StaleVersion, Verdict
from core.views.conflict import Conflict, conflict_page, typed
from core.views.errors import refusal_page
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView


def sees_items(scope: Scope) -> bool:
    """Hospitals, authorities and agencies; enterprises have no such page."""
    return scope.is_business and scope.kind != "enterprise"


def keeping(scope: Scope) -> Verdict:
    return keeps_items(
        is_institution=scope.kind == "institution", has_role=scope.has_role(*KEEPERS)
    )


class ItemKeeper:
    """Writing pages are the hospital's own; its other people are told who writes."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def entry(self, scope: Scope) -> Verdict:
        return keeping(scope)


class HospitalItemListView(FilteredListView):
    template_name = "catalog/hospital_item_list.html"
    page_title = "院内目录"
    page_note = "本机构 HIS 的编码、名称和单位，对照到挂网产品；下单、收货、上报按对照换算"
    filterset_class = HospitalItemFilter
    columns = ITEM_COLUMNS
    default_sort = "code"
    keyset = ("institution_id", "his_code")
    keyset_ascending = True
    route = "hospital-item-list"
    export_route = "hospital-item-export"
    sheet_name = "院内目录"
    bar = ("standing", "doubt", "institution")
    search_hint = "院内编码、名称、拼音首字母"
    empty_title = "没有符合条件的项目"
    empty_text = "可以放宽条件；尚未登记的，从“导入”上传整份院内目录。"

    def exists_for(self, scope: Scope) -> bool:
        return sees_items(scope)

    def everything(self, scope: Scope) -> QuerySet[HospitalItem]:
        if scope.kind != "institution":
            # Whose item it is comes first where there are many hospitals'.
            self.columns = REGION_ITEM_COLUMNS  # type: ignore[misc]
        return items_with_parties(scope)

    def rows(self, objects: Iterable[Any]) -> list[ItemRowShown]:
        return item_rows(objects)

    def row_key(self, row: ItemRowShown) -> Any:
        return row.item.pk

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        if self.scope.kind != "institution":
            return {}
        own = visible_organisations(self.scope).filter(pk__in=self.scope.institution_ids)
        return {
            "institution": [
                {"value": code, "label": name}
                for code, name in own.order_by("name").values_list("code", "name")
            ]
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        verdict = keeping(self.scope)
        actions: list[dict[str, str]] = []
        if self.scope.kind == "institution":
            actions = [
                {"label": label, "url": reverse(route), "kind": kind, "icon": icon, "reason": verdict.reason}
                for label, route, kind, icon in (
                    ("按建议对照", "hospital-item-suggestions", "", "list-check"),
                    ("导入", "hospital-item-upload", "", "upload"),
                    ("登记一项", "hospital-item-new", "primary", "plus"),
                )
            ]  # fmt: skip
        else:
            kwargs["page_note"] = (
                "辖区各医疗机构 HIS 的编码、名称和单位，对照到挂网产品；各家进度见“院内目录对照”"
            )
        return super().get_context_data(actions=actions, tabs=self._tabs(), **kwargs)

    def _tabs(self) -> list[dict[str, Any]]:
        """Counted for a hospital's own list only; a region's would be read through."""
        base, chosen = reverse(self.route), self.request.GET.get("standing", "")
        counts = standing_counts(self.scope) if self.scope.kind == "institution" else None
        tabs = [
            {"label": label, "url": f"{base}?standing={value}", "active": chosen == value,
             "count": counts.get(value, 0) if counts is not None else "",
             "late": value == ItemStanding.DOUBTFUL}
            for value, label in ItemStanding.choices
        ]  # fmt: skip
        return [{"label": "全部", "url": f"{base}?all=1", "active": not chosen}, *tabs]


class HospitalItemExportView(ExportMixin, HospitalItemListView):
    pass


class ItemCoverageView(FilteredListView):
    page_title = "院内目录对照进度"
    page_note = (
        "辖区各医疗机构登记了多少院内项目、对照了多少；对照率按在用项目计算，含存疑的不算已对照"
    )
    filterset_class = CoverageFilter
    columns = COVERAGE_COLUMNS
    default_sort = "code"
    route = "hospital-item-coverage"
    export_route = "hospital-item-coverage-export"
    sheet_name = "院内目录对照进度"
    bar = ("lacks",)
    search_hint = "机构名称、编码、拼音首字母"

    def exists_for(self, scope: Scope) -> bool:
        return sees_items(scope)

    def everything(self, scope: Scope) -> QuerySet[Organisation]:
        return coverage(scope)


class ItemCoverageExportView(ExportMixin, ItemCoverageView):
    pass


class HospitalItemView(ScopedDetailView):
    template_name = "catalog/hospital_item.html"
    object: HospitalItem

    def exists_for(self, scope: Scope) -> bool:
        return sees_items(scope)

    def visible(self, scope: Scope) -> QuerySet[HospitalItem]:
        return items_with_parties(scope)

    def get_object(self) -> HospitalItem:
        found = item_of_key(self.get_queryset(), self.kwargs["key"])
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item: HospitalItem = kwargs["object"]
        row = item_rows([item])[0]
        mine = item.institution_id == self.scope.organisation_id
        mapping = row.mapping
        confirming = may_confirm(standing=item.standing, doubts=mapping.doubts if mapping else ())
        actions = []
        if self.scope.kind == "institution":
            own = keeping(self.scope) if mine else Verdict(False, "只有该机构自己能修改")
            actions = [
                {"label": "修改", "url": reverse("hospital-item-edit", args=[item.key]),
                 "kind": "primary", "icon": "edit", "reason": own.reason}
            ]  # fmt: skip
        return super().get_context_data(
            **{
                "row": row,
                "doubts": [
                    (Doubt(each).label, DOUBT_REMEDIES[Doubt(each)])
                    for each in (mapping.doubts if mapping and row.doubts else ())
                ],
                "history": mapping_history(self.scope, item),
                "may_confirm": confirming if mine and keeping(self.scope) else None,
                "form": ItemNoteForm(initial={"version": item.row_version}),
                "actions": actions,
                "page_title": item.name,
                "page_note": f"{item.institution.name} · 院内编码 {item.his_code}",
                "breadcrumbs": [
                    {"label": "院内目录", "url": reverse("hospital-item-list")},
                    {"label": item.his_code},
                ],
                **kwargs,
            }
        )


class HospitalItemConfirmView(ItemKeeper, HospitalItemView):
    """POST: the doubtful mapping is right."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        item = self.get_object()
        form = ItemNoteForm(request.POST)
        if form.is_valid():
            try:
                confirm_mapping(
                    item=item, note=form.cleaned_data["note"], by=self.user, scope=self.scope,
                    at=timezone.now(), seen_version=form.cleaned_data["version"],
                )  # fmt: skip
            except Refusal as refusal:
                if refusal.status != 400:
                    return refusal_page(request, refusal, form)
                form.add_error("note", refusal.reason)
            else:
                messages.success(request, "已核对，存疑消除；结论记入对照记录")
                return HttpResponseRedirect(reverse("hospital-item", args=[item.key]))
        return self.render_to_response(self.get_context_data(object=item, form=form), status=400)


class HospitalItemNewView(ItemKeeper, ScopedTemplateView):
    template_name = "catalog/hospital_item_form.html"
    page_title = "登记院内项目"
    page_note = "填院内编码、名称和单位；知道对应产品的，一并填医保编码和换算"
    item: HospitalItem | None = None

    def form_of(self, data: Any = None) -> HospitalItemForm:
        return HospitalItemForm(data, initial=self.initial(), known=self.item is not None)

    def initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "") for name in ("product_code", "name")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "form": kwargs.pop("form", None) or self.form_of(),
            "version": self.item.row_version if self.item else 0,
            "draft": f"hospital-item-{self.item.pk if self.item else 'new'}",
            "breadcrumbs": [
                {"label": "院内目录", "url": reverse("hospital-item-list")},
                {"label": self.item.his_code if self.item else "登记"},
            ],
        }
        return super().get_context_data(**context, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_of(request.POST)
        seen = request.POST.get("version", "0")
        known = self.item is not None and seen.isdecimal() and len(seen) < 10
        # A new item must not be there yet; an edit without its version saw none that stands.
        version = int(seen) if known else 0
        if form.is_valid():
            raw = form.raw()
            if self.item is not None:
                raw["his_code"] = self.item.his_code
            try:
                put_items(
                    raws=[(1, raw)], basis=Basis.PAGE, all_or_nothing=True, by=self.user,
                    scope=self.scope, at=timezone.now(), seen_version=version,
                )  # fmt: skip
            except RowsRefused as refused:
                for problem in refused.problems:
                    form.add_error(problem.column, f"{problem.message}。{problem.remedy}")
            except StaleVersion as stale:
                return self._conflict(request, form, stale)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, "已保存")
                return HttpResponseRedirect(
                    reverse("hospital-item", args=[self._key(raw["his_code"])])
                )
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _key(self, his_code: str) -> str:
        return f"{self.user.organisation.code}/{his_code.strip()}"

    def _conflict(
        self, request: HttpRequest, form: HospitalItemForm, stale: StaleVersion
    ) -> HttpResponse:
        code = self.item.his_code if self.item else form.cleaned_data["his_code"].strip()
        rows = item_rows(
            items_with_parties(self.scope).filter(
                institution_id=self.scope.organisation_id, his_code=code
            )
        )
        if not rows:
            return refusal_page(request, stale, form)
        kept = HospitalItemForm(initial_of(rows[0]))
        kept.is_valid()
        return conflict_page(
            request,
            Conflict(
                reason=stale.reason, mine=typed(form), theirs=typed(kept),
                who=rows[0].item.changed_by_name, at=rows[0].item.changed_at,
                back_url=reverse("hospital-item-edit", args=[self._key(code)]),
            ),
        )  # fmt: skip


class HospitalItemEditView(HospitalItemNewView):
    page_title = "修改院内项目"
    page_note = "改变对照会结束原对照、从生效日期起开始新对照；此前的采购和上报不变"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.item = self._own()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.item = self._own()
        return super().post(request, *args, **kwargs)

    def _own(self) -> HospitalItem:
        own = items_with_parties(self.scope).filter(institution_id=self.scope.organisation_id)
        found = item_of_key(own, self.kwargs["key"])
        if found is None:
            raise Http404
        return found

    def initial(self) -> dict[str, Any]:
        assert self.item is not None
        return initial_of(item_rows([self.item])[0])


def initial_of(row: ItemRowShown) -> dict[str, Any]:
    """What the form shows of an item that stands."""
    item, mapping = row.item, row.mapping
    return {
        "his_code": item.his_code, "name": item.name, "specification": item.specification,
        "unit": item.unit, "manufacturer_name": item.manufacturer_name,
        "product_code": mapping.product.code if mapping else "",
        "units_per_pack": f"{mapping.units_per_pack.normalize():f}" if mapping else "",
        "is_stopped": item.is_stopped,
    }  # fmt: skip
