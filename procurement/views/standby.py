"""备供启动: the list, a notice, one case with the province's steps, its papers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from core.attachments.models import Attachment
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.filters.standby import StandbyFilter
from procurement.forms.standby import (
    CaseWordsForm,
    StandbyEndForm,
    StandbyNoticeForm,
    StandbyStartForm,
)
from procurement.models import StandbyCase
from procurement.operations.standby import answer_notice, end_standby, give_notice, start_standby
from procurement.queries.standby import (
    candidates,
    case_papers,
    may_give_notice,
    standby_standings,
    visible_standby_cases,
)
from procurement.states.standby import STANDBY_LEVELS, STANDBY_MACHINE
from procurement.tables.standby import STANDBY_COLUMNS
from procurement.views.cases import CaseActView, CaseFileView, CaseView, PapersFormView

NAMED = (
    "product", "manufacturer", "batch", "region", "province", "given_by",
    "standby_product__manufacturer", "standby_manufacturer",
)  # fmt: skip
WAITS_FOR = {"submitted": "省级医保局决定是否启动", "in_force": "恢复供应后由省级医保局结束"}


class StandbyListView(FilteredListView):
    page_title = "备供启动"
    page_note = (
        "中选企业因不可抗力等不能供应的，书面报告；省级启动备供后，期间到货的备供产品视同中选"
    )
    filterset_class = StandbyFilter
    columns = STANDBY_COLUMNS
    default_sort = "-given"
    keyset = ("given_at", "id")
    route, export_route, sheet_name = "standby-cases", "standby-cases-export", "备供启动"
    bar = ("stage", "source")
    search_hint = "产品、企业、编号、拼音首字母"
    empty_text = "没有启动备供，也没有等待决定的。"

    def everything(self, scope: Scope) -> QuerySet[StandbyCase]:
        return visible_standby_cases(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "报告不能供应", "url": reverse("standby-new"), "kind": "primary"}
        actions = [new] if may_give_notice(self.scope) else []
        return super().get_context_data(actions=actions, **kwargs)


class StandbyExportView(ExportMixin, StandbyListView):
    pass


class StandbyNewView(PapersFormView):
    page_title = "报告不能供应"
    page_note = "提交后由省级医保局决定是否启动备供；每个供应地区一件"
    papers_note = "生产企业须上传加盖公章的书面报告；医保部门登记发现的情况，有材料的一并上传。"
    form_class = StandbyNoticeForm
    list_route, list_label = "standby-cases", "备供启动"
    submit, done = "提交", "已提交，省级医保局已收到待办"

    def allowed(self, scope: Scope) -> Verdict:
        return may_give_notice(scope)

    def initial(self) -> dict[str, Any]:
        return {"product_code": self.request.GET.get("product_code", "")}

    def make(self, values: dict[str, Any]) -> str:
        product = values.pop("product_code")
        cases = give_notice(
            product=product, uploads=self.uploads, by=self.user, scope=self.scope,
            at=timezone.now(), **values,
        )  # fmt: skip
        if len(cases) > 1:
            return reverse("standby-cases")
        return reverse("standby-case", args=[cases[0].case_no])


class StandbyView(CaseView):
    key_field = key = "case_no"
    machine, levels = STANDBY_MACHINE, STANDBY_LEVELS
    steps = {"standby_case.give": "提交"}

    def visible(self, scope: Scope) -> QuerySet[StandbyCase]:
        return visible_standby_cases(scope).select_related(*NAMED)

    def standings(self, row: StandbyCase) -> frozenset[str]:
        return standby_standings(self.scope, row)

    def form_of(self, verb: str, row: StandbyCase, data: Any = None) -> forms.Form:
        today = timezone.localdate()
        first: dict[str, Any] = {"initial": {"version": row.row_version}}
        if verb == "start":
            on = max(today, row.unable_from)
            first["initial"]["on"] = on
            return StandbyStartForm(
                data, words_label="办理意见", products=candidates(row, on), **first
            )
        if verb == "end":
            first["initial"]["on"] = max(today, row.starts_on or today)
            return StandbyEndForm(data, words_label="恢复供应的情况", **first)
        label = "不予启动的原因" if verb == "refuse" else "撤回的原因"
        return CaseWordsForm(data, words_label=label, **first)

    def act_url(self, row: StandbyCase, verb: str) -> str:
        return reverse("standby-act", args=[row.case_no, verb])

    def file_url(self, row: StandbyCase, file: Attachment) -> str:
        return reverse("standby-file", args=[row.case_no, file.pk])

    def papers(self, row: StandbyCase) -> list[Attachment]:
        return case_papers(row)

    def who(self, row: StandbyCase) -> str:
        return WAITS_FOR.get(row.state, "")

    def facts(self, row: StandbyCase) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = [
            {"label": "中选产品", "value": f"{row.product}（{row.product.code}）",
             "url": reverse("product-detail", args=[row.product.code])},
            {"label": "中选企业", "value": row.manufacturer.name},
            {"label": "供应地区", "value": row.region.name},
            {"label": "批次", "value": row.batch.name},
            {"label": "不能供应自", "value": f"{row.unable_from:%Y-%m-%d}"},
            {"label": "来源", "value": f"{row.get_source_display()}（{row.given_by.name}）"},
            {"label": "原因", "value": row.description, "wide": True},
        ]  # fmt: skip
        if row.standby_product is not None:
            until = f"{row.ends_on:%Y-%m-%d}（含）" if row.ends_on else "省级医保局结束为止"
            facts += [
                {"label": "备供产品", "value": f"{row.standby_product}（{row.standby_product.code}）",
                 "url": reverse("product-detail", args=[row.standby_product.code])},
                {"label": "备供企业", "value": row.standby_product.manufacturer.name},
                {"label": "视同中选", "wide": True,
                 "value": f"{row.starts_on:%Y-%m-%d} 起至{until}到货的备供产品，计入约定采购量完成率"},
            ]  # fmt: skip
        for label, words in (("省级意见", row.note), ("结束或撤回", row.closing_note)):
            if words:
                facts.append({"label": label, "value": words, "wide": True})
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: StandbyCase = kwargs["object"]
        crumbs = [{"label": "备供启动", "url": reverse("standby-cases")}, {"label": row.case_no}]
        return super().get_context_data(
            **self.case_context(
                row, breadcrumbs=crumbs, **kwargs,
                page_title=f"备供启动：{row.region.name} {row.product}",
            )
        )  # fmt: skip


def _start(view: StandbyView, row: StandbyCase, values: dict[str, Any]) -> None:
    start_standby(
        case=row, standby_product=values["standby_product"], starts_on=values["on"],
        note=values["words"], by=view.user, scope=view.scope, at=timezone.now(),
        seen_version=values["version"],
    )  # fmt: skip


def _end(view: StandbyView, row: StandbyCase, values: dict[str, Any]) -> None:
    end_standby(
        case=row, ends_on=values["on"], closing_note=values["words"], by=view.user,
        scope=view.scope, at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


def _answer(view: StandbyView, row: StandbyCase, values: dict[str, Any]) -> None:
    answer_notice(
        case=row, verb=view.kwargs["verb"], words=values["words"], by=view.user,
        scope=view.scope, at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


class StandbyActView(CaseActView, StandbyView):
    acts = {"start": _start, "end": _end, "refuse": _answer, "withdraw": _answer}

    def done_url(self, row: StandbyCase) -> str:
        return reverse("standby-case", args=[row.case_no])


class StandbyFileView(CaseFileView, StandbyView):
    pass
