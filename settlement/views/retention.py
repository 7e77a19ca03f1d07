"""Pages of 结余留用 for offices: runs, one run with its steps, sheets, rows, the yearly assessment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.views.cases import CaseActView, CaseView
from settlement.filters.retention import (
    RetentionRowFilter,
    RetentionRunFilter,
    RetentionSheetFilter,
)
from settlement.forms.retention import ComputeForm, NoticeForm, StepForm, WhatIfForm, WordsForm
from settlement.formulas.retention import Terms
from settlement.models import RetentionRow, RetentionRun, RetentionSheet
from settlement.operations.retention_request import request_retention
from settlement.operations.retention_run import (
    agree_payment,
    answer_finance,
    give_notice,
    publish_run,
    request_payment,
    start_check,
)
from settlement.queries.navigation import sees_retention
from settlement.queries.retention import (
    notice_rows,
    own_pools,
    run_standings,
    run_totals,
    starts_retention,
    visible_retention_rows,
    visible_retention_runs,
    visible_retention_sheets,
    year_of,
)
from settlement.queries.retention_what_if import MOST_ROWS, tried_terms
from settlement.states.retention import RUN_LEVELS, RUN_MACHINE
from settlement.tables.retention import (
    ASSESSMENT_COLUMNS,
    ROW_COLUMNS,
    RUN_COLUMNS,
    SHEET_COLUMNS,
)

CRUMB = "结余留用"
NOTICED = 200


class RetentionListView(FilteredListView):
    """What all lists here share."""

    default_sort = "-number"
    keyset = ("id",)

    def exists_for(self, scope: Scope) -> bool:
        return sees_retention(scope)


class RunListView(RetentionListView):
    page_title = CRUMB
    page_note = (
        "每个批次采购年度结束后按统筹区测算：自查、发布、确认或申诉、公示、财政会签、拨付、备案"
    )
    filterset_class = RetentionRunFilter
    columns = RUN_COLUMNS
    route, export_route, sheet_name = "retention-runs", "retention-runs-export", CRUMB
    bar = ("state", "batch")
    search_hint = "编号、批次名称或代码、拼音首字母"
    empty_text = "采购年度结束后，由统筹区所在地医保局测算。"

    def everything(self, scope: Scope) -> QuerySet[RetentionRun]:
        return visible_retention_runs(scope).select_related("batch", "pool")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = [
            {"label": "测算说明", "url": reverse("retention-sheets")},
            {"label": "年度考核", "url": reverse("year-assessments")},
        ]
        if starts_retention(self.scope):
            new = {"label": "测算", "url": reverse("retention-compute"), "kind": "primary"}
            actions.insert(0, new)
        return super().get_context_data(actions=actions, **kwargs)


class RunExportView(ExportMixin, RunListView):
    pass


class SheetListView(RetentionListView):
    page_title = "结余留用测算说明"
    page_note = "每家医疗机构一份，医共体由牵头机构领取；可按支付方式激励重叠筛选和导出"
    filterset_class = RetentionSheetFilter
    columns = SHEET_COLUMNS
    route, export_route, sheet_name = "retention-sheets", "retention-sheets-export", "结余留用"
    bar = ("state", "batch", "overlap")
    search_hint = "医疗机构、拼音首字母"
    empty_text = "测算后由医保局发起自查，届时在这里查看。"

    def everything(self, scope: Scope) -> QuerySet[RetentionSheet]:
        return visible_retention_sheets(scope).select_related("institution", "run__batch", "pool")


class SheetExportView(ExportMixin, SheetListView):
    pass


class RowListView(RetentionListView):
    page_title = "结余留用明细"
    page_note = "每家机构每个品种一行，金额与测算说明、导出文件一致"
    filterset_class = RetentionRowFilter
    columns = ROW_COLUMNS
    route, export_route, sheet_name = "retention-rows", "retention-rows-export", "结余留用明细"
    bar = ("because", "result", "batch")
    search_hint = "品种、医疗机构、拼音首字母"

    def everything(self, scope: Scope) -> QuerySet[RetentionRow]:
        return visible_retention_rows(scope).select_related(
            "institution", "group", "sheet", "run__batch"
        )


class RowExportView(ExportMixin, RowListView):
    pass


class AssessmentListView(RetentionListView):
    page_title = "年度考核"
    page_note = (
        "约定量未完成或非中选占比超过上限的品种考核不合格；用于总额预算、绩效分级和结余留用，"
        "与年度通报是同一口径"
    )
    filterset_class = RetentionRowFilter
    columns = ASSESSMENT_COLUMNS
    route, export_route, sheet_name = "year-assessments", "year-assessments-export", "年度考核"
    bar = ("result", "batch", "year_no")
    search_hint = "品种、医疗机构、拼音首字母"

    def everything(self, scope: Scope) -> QuerySet[RetentionRow]:
        return visible_retention_rows(scope).select_related(
            "institution", "group", "sheet", "run__batch"
        )


class AssessmentExportView(ExportMixin, AssessmentListView):
    pass


class ComputeView(OneFormView):
    page_title = "测算结余留用"
    page_note = "在后台按全部数据测算，发布前可反复测算；已发布的不再改动"
    form_class = ComputeForm
    list_route, list_label = "retention-runs", CRUMB
    submit, done = "开始测算", "已开始测算"

    def exists_for(self, scope: Scope) -> bool:
        return sees_retention(scope)

    def allowed(self, scope: Scope) -> Verdict:
        return starts_retention(scope)

    def initial(self) -> dict[str, Any]:
        pool = own_pools(self.scope).first()
        return {
            "batch": self.request.GET.get("batch", ""),
            "year_no": self.request.GET.get("year_no", ""),
            "pool": self.request.GET.get("pool", "") or (pool.code if pool else ""),
        }

    def make(self, values: dict[str, Any]) -> str:
        job = request_retention(
            year=values["year"], pool=values["pool"], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return reverse("job-detail", args=[job.pk])


class RunView(CaseView):
    template_name = "settlement/retention_run.html"
    machine = RUN_MACHINE
    levels = RUN_LEVELS
    steps = {"retention_run.compute": "测算"}
    key_field = key = "run_no"

    def exists_for(self, scope: Scope) -> bool:
        return sees_retention(scope)

    def visible(self, scope: Scope) -> QuerySet[RetentionRun]:
        return visible_retention_runs(scope).select_related("batch", "pool")

    def standings(self, row: RetentionRun) -> frozenset[str]:
        return run_standings(self.scope, row)

    def form_of(self, verb: str, row: RetentionRun, data: Any = None) -> forms.Form:
        first: dict[str, Any] = {"initial": {"version": row.row_version}}
        if verb == "give_notice":
            return NoticeForm(data, **first)
        if verb in ("countersign", "send_back"):
            return WordsForm(data, words_label="财政意见", **first)
        return StepForm(data, **first)

    def act_url(self, row: RetentionRun, verb: str) -> str:
        return reverse("retention-run-act", args=[row.run_no, verb])

    def file_url(self, row: RetentionRun, file: Any) -> str:
        raise NotImplementedError("runs have no papers")

    def who(self, row: RetentionRun) -> str:
        match row.state:
            case RetentionRun.State.DRAFT:
                return "医保局核对后发机构自查"
            case RetentionRun.State.SELF_CHECK:
                return "医疗机构自查，医保局发布"
            case RetentionRun.State.PUBLISHED:
                return "医疗机构确认或申诉，医保局复核后公示"
            case RetentionRun.State.NOTICED:
                return "公示期满后财政部门会签"
            case RetentionRun.State.COUNTERSIGNED:
                return "医保局拨付"
            case RetentionRun.State.AGREED:
                return f"{row.pay_first_by_name}已同意，由医保局另一名审核人或负责人拨付"
        return "医疗机构备案内部分配"

    def facts(self, row: RetentionRun) -> list[dict[str, Any]]:
        limit = "不设上限" if row.share_max is None else f"{row.share_max * 100:.2f}%"
        clauses = row.clauses
        basis = "报量与实际使用量取小" if row.basis == "min" else "报量"
        return [
            {"label": "统筹区", "value": row.pool.name},
            {"label": "批次", "value": f"{row.batch.name} 第 {row.year_no} 年",
             "url": reverse("batch-detail", args=[row.batch.code])},
            {"label": "测算基准", "value": f"{basis}（{clauses.get('retention_basis', '')}）"},
            {"label": "留用比例上限",
             "value": f"{row.ratio_max * 100:.2f}%（{clauses.get('retention_ratio_max', '')}）"},
            {"label": "报量精准度容差", "value":
             f"{row.tolerance * 100:.2f}%（{clauses.get('retention_accuracy_tolerance', '')}）"},
            {"label": "非中选占比上限",
             "value": f"{limit}（{clauses.get('non_selected_share_max', '')}）"},
            {"label": "测算", "value":
             f"{timezone.localtime(row.computed_at):%Y-%m-%d %H:%M}　{row.computed_by_name}"},
            {"label": "申诉截止", "value":
             f"{row.appeal_due_on:%Y-%m-%d}" if row.appeal_due_on else "发布后确定"},
            {"label": "公示", "value":
             f"{row.notice_from:%Y-%m-%d} 至 {row.notice_to:%Y-%m-%d}"
             if row.notice_from and row.notice_to else "尚未公示"},
            *([{"label": "财政意见", "value": row.finance_note, "wide": True}]
              if row.finance_note else []),
        ]  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: RetentionRun = kwargs["object"]
        context = self.case_context(row, **kwargs)
        # Steps that take no input are buttons, not forms.
        plain = {"compute", "start_check", "publish", "agree_pay", "pay"}
        context["step_forms"] = [f for f in context["step_forms"] if f["id"] not in plain]
        for action in context["offered"]:
            verb = str(action.get("url", "")).removeprefix("#")
            if verb in plain:
                action |= {"url": self.act_url(row, verb), "method": "post",
                           "fields": {"version": row.row_version}}  # fmt: skip
        noticed = list(notice_rows(row)[: NOTICED + 1])
        here = f"?run={row.run_no}"
        return super().get_context_data(
            **context
            | {
                "totals": run_totals(self.scope, row), "here": here,
                "noticed": noticed[:NOTICED], "more_noticed": len(noticed) > NOTICED,
                "try_form": self._try_form(row), "tried": self._tried(row), "most": MOST_ROWS,
                "actions": [
                    {"label": "测算说明", "url": f"{reverse('retention-sheets')}{here}"},
                    {"label": "明细", "url": f"{reverse('retention-rows')}{here}"},
                    {"label": "年度考核", "url": f"{reverse('year-assessments')}{here}"},
                ],
                "breadcrumbs": [{"label": CRUMB, "url": reverse("retention-runs")},
                                {"label": row.run_no}],
                "page_title": f"{CRUMB}：{row.batch.name} 第 {row.year_no} 年（{row.pool.name}）",
            }
        )  # fmt: skip

    def _try_form(self, row: RetentionRun) -> WhatIfForm | None:
        """Bureaus may try other terms."""
        if not self.scope.is_bureau:
            return None
        if "basis" in self.request.GET:
            return WhatIfForm(self.request.GET)
        return WhatIfForm(initial={
            "basis": row.basis, "ratio_max": row.ratio_max, "tolerance": row.tolerance,
        })  # fmt: skip

    def _tried(self, row: RetentionRun) -> Any:
        form = self._try_form(row)
        if form is None or not form.is_bound or not form.is_valid():
            return None
        values = form.cleaned_data
        found = tried_terms(row, Terms(values["basis"], values["ratio_max"], values["tolerance"]))
        return {"found": found, "change": found.retained - found.before if found else None}


def _compute(view: RunView, row: RetentionRun, values: dict[str, Any]) -> None:
    request_retention(
        year=year_of(row), pool=row.pool, by=view.user, scope=view.scope, at=timezone.now()
    )


def _plain(operation: Any) -> Any:
    def act(view: RunView, row: RetentionRun, values: dict[str, Any]) -> None:
        operation(
            run=row, by=view.user, scope=view.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip

    return act


def _notice(view: RunView, row: RetentionRun, values: dict[str, Any]) -> None:
    give_notice(
        run=row, notice_to=values["notice_to"], by=view.user, scope=view.scope, at=timezone.now(),
        seen_version=values["version"],
    )  # fmt: skip


def _finance(view: RunView, row: RetentionRun, values: dict[str, Any]) -> None:
    answer_finance(
        run=row, verb=view.kwargs["verb"], finance_note=values["words"], by=view.user,
        scope=view.scope, at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


class RunActView(CaseActView, RunView):
    acts = {
        "compute": _compute, "start_check": _plain(start_check), "publish": _plain(publish_run),
        "give_notice": _notice, "countersign": _finance, "send_back": _finance,
        "agree_pay": _plain(agree_payment), "pay": _plain(request_payment),
    }  # fmt: skip

    def done_url(self, row: RetentionRun) -> str:
        return reverse("retention-run", args=[row.run_no])
