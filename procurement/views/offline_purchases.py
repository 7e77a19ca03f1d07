"""线下采购: the list, a record, one purchase with its explanation and judgement, its papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.attachments.models import Attachment
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.filters.offline_purchases import OfflineFilter
from procurement.forms.offline_purchases import OfflinePurchaseForm, SurgeCorrectionForm
from procurement.forms.standby import CaseWordsForm
from procurement.models import OfflinePurchase
from procurement.operations.offline_purchases import (
    correct_surge,
    record_offline,
    step_offline,
)
from procurement.queries.offline_purchases import (
    may_record_offline,
    offline_papers,
    offline_standings,
    visible_offline_purchases,
)
from procurement.states.offline_purchase import (
    BUYER,
    CLAUSE,
    OFFLINE_LEVELS,
    OFFLINE_MACHINE,
)
from procurement.tables.offline_purchases import OFFLINE_COLUMNS
from procurement.views.cases import CaseActView, CaseFileView, CaseView, PapersFormView

NAMED = ("product", "surge", "institution", "recorded_by", "county", "city")


class OfflineListView(FilteredListView):
    page_title = "线下采购"
    page_note = "平台以外的采购由医疗机构登记原因和凭证，或由医保部门发现后要求说明"
    filterset_class = OfflineFilter
    columns = OFFLINE_COLUMNS
    default_sort = "-recorded"
    keyset = ("recorded_at", "id")
    route, export_route, sheet_name = "offline-purchases", "offline-purchases-export", "线下采购"
    bar = ("stage", "source")
    search_hint = "产品、机构、编号、拼音首字母"
    empty_text = "没有线下采购，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[OfflinePurchase]:
        return visible_offline_purchases(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "登记", "url": reverse("offline-new"), "kind": "primary"}
        actions = [new] if may_record_offline(self.scope) else []
        return super().get_context_data(actions=actions, **kwargs)


class OfflineExportView(ExportMixin, OfflineListView):
    pass


class OfflineNewView(PapersFormView):
    page_title = "登记线下采购"
    page_note = "医疗机构写明原因并上传凭证，由所属医保局审核；医保部门发现的，由医疗机构说明"
    papers_label = "票据等凭证（可多选）"
    papers_note = "医疗机构登记须上传；医保部门发现的，有材料的一并上传。"
    form_class = OfflinePurchaseForm
    list_route, list_label = "offline-purchases", "线下采购"
    submit, done = "登记", "已登记，办理单位已收到待办"

    def allowed(self, scope: Scope) -> Verdict:
        return may_record_offline(scope)

    def initial(self) -> dict[str, Any]:
        asked = self.request.GET
        return {name: asked.get(name, "")[:27] for name in ("product_code", "surge_no")}

    def make(self, values: dict[str, Any]) -> str:
        row = record_offline(
            product=values.pop("product_code"), institution=values.pop("institution_code", None),
            uploads=self.uploads, by=self.user, scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return reverse("offline-purchase", args=[row.purchase_no])


class OfflineView(CaseView):
    key_field = key = "purchase_no"
    machine, levels = OFFLINE_MACHINE, OFFLINE_LEVELS
    steps = {
        "offline_purchase.record": "登记", "offline_purchase.correct_surge": "更正应急需求编号",
    }  # fmt: skip

    def visible(self, scope: Scope) -> QuerySet[OfflinePurchase]:
        return visible_offline_purchases(scope).select_related(*NAMED)

    def standings(self, row: OfflinePurchase) -> frozenset[str]:
        return offline_standings(self.scope, row)

    def form_of(self, verb: str, row: OfflinePurchase, data: Any = None) -> forms.Form:
        label = "线下采购的原因" if verb == "explain" else "审核意见"
        return CaseWordsForm(data, words_label=label, initial={"version": row.row_version})

    def act_url(self, row: OfflinePurchase, verb: str) -> str:
        return reverse("offline-act", args=[row.purchase_no, verb])

    def file_url(self, row: OfflinePurchase, file: Attachment) -> str:
        return reverse("offline-file", args=[row.purchase_no, file.pk])

    def papers(self, row: OfflinePurchase) -> list[Attachment]:
        return offline_papers(row)

    def who(self, row: OfflinePurchase) -> str:
        if row.state == OfflinePurchase.State.SUBMITTED:
            place = row.county or row.city
            return f"{place.name if place else '省级'}医保局审核"
        waits = row.state != OfflinePurchase.State.ACCEPTED
        return f"{row.institution.name}说明原因" if waits else ""

    def facts(self, row: OfflinePurchase) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = [
            {"label": "产品", "value": f"{row.product}（{row.product.code}）",
             "url": reverse("product-detail", args=[row.product.code])},
            {"label": "医疗机构", "value": row.institution.name},
            {"label": "数量", "value": f"{row.packs.normalize():f} 包装"},
            {"label": "单价", "value": f"{row.unit_price.normalize():f} 元"},
            {"label": "金额", "value": f"{row.amount:,.2f} 元"},
            {"label": "采购日期", "value": f"{row.bought_on:%Y-%m-%d}"},
            {"label": "销售单位", "value": row.seller},
            {"label": "来源", "value": f"{row.get_source_display()}（{row.recorded_by.name}）"},
        ]  # fmt: skip
        if row.surge is not None:
            facts.append({"label": "应急需求", "value": row.surge.report_no,
                          "url": reverse("surge-report", args=[row.surge.report_no])})  # fmt: skip
        words = (("发现的情况", row.finding), ("原因", row.reason), ("审核意见", row.note))
        return facts + [
            {"label": label, "value": said, "wide": True} for label, said in words if said
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: OfflinePurchase = kwargs["object"]
        crumbs = [
            {"label": "线下采购", "url": reverse("offline-purchases")}, {"label": row.purchase_no},
        ]  # fmt: skip
        failed: forms.Form | None = kwargs.pop("correction", None)
        context = self.case_context(
            row, breadcrumbs=crumbs, **kwargs, page_title=f"线下采购：{row.product}"
        )
        if BUYER in self.standings(row):
            context["step_forms"].append(
                {
                    "id": "surge", "title": "更正应急需求编号", "submit": "更正",
                    "url": reverse("offline-surge", args=[row.purchase_no]),
                    "draft": f"surge-{row}", "form": failed or self.correction(row),
                }
            )  # fmt: skip
        return super().get_context_data(**context)

    def correction(self, row: OfflinePurchase, data: Any = None) -> SurgeCorrectionForm:
        number = row.surge.report_no if row.surge else ""
        return SurgeCorrectionForm(
            data, words_label="更正原因", initial={"version": row.row_version, "surge_no": number}
        )


def _step(view: OfflineView, row: OfflinePurchase, values: dict[str, Any]) -> None:
    step_offline(
        purchase=row, verb=view.kwargs["verb"], words=values["words"], by=view.user,
        scope=view.scope, at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


class OfflineActView(CaseActView, OfflineView):
    acts = {"explain": _step, "accept": _step, "refuse": _step}

    def done_url(self, row: OfflinePurchase) -> str:
        return reverse("offline-purchase", args=[row.purchase_no])


class OfflineSurgeView(OfflineView):
    """POST only: it was bought for another surge, or for none."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: OfflinePurchase = self.get_object()
        if BUYER not in self.standings(row):
            return refusal_page(request, NotYours("应急需求编号由采购的医疗机构更正", CLAUSE))
        form = self.correction(row, request.POST)
        try:
            if not form.is_valid():
                return self.wrong(row, form)
            correct_surge(
                purchase=row, surge_no=form.cleaned_data["surge_no"],
                words=form.cleaned_data["words"], by=self.user, scope=self.scope,
                at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except MissingInput as missing:
            form.add_error(missing.field, missing.reason)
            return self.wrong(row, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已更正应急需求编号")
        return HttpResponseRedirect(reverse("offline-purchase", args=[row.purchase_no]))

    def wrong(self, row: OfflinePurchase, form: SurgeCorrectionForm) -> HttpResponse:
        context = self.get_context_data(object=row, correction=form)
        return self.render_to_response(context, status=400)


class OfflineFileView(CaseFileView, OfflineView):
    pass
