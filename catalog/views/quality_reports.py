"""Quality reports: filed by institutions, explained by manufacturers, concluded by regulators."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.filters.quality import QualityReportFilter
from catalog.forms.quality import QualityReportForm, WordsForm
from catalog.models import QualityReport
from catalog.operations.quality_reports import answer_report, close_report, report_quality
from catalog.queries.quality import may_report, report_standings, visible_quality_reports
from catalog.queries.steps import steps_of
from catalog.states.quality import REPORT_LEVELS, REPORT_MACHINE
from catalog.tables.quality import REPORT_COLUMNS
from catalog.views.quality import OneFormView, StepView, quality_tabs
from core.transitions import Verdict
from core.views.object_page import offered_actions
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

STEPS = {
    "quality_report.report": "提交报告",
    "quality_report.answer": "企业说明",
    "quality_report.close": "处置办结",
}
HOLDERS = {"reported": "生产企业说明、药监部门处置", "answered": "药监部门处置"}


class QualityReportListView(FilteredListView):
    page_title = "质量与召回"
    page_note = "医疗机构报告的不良反应和质量风险，同时告知生产企业、药监和卫健部门"
    filterset_class = QualityReportFilter
    columns = REPORT_COLUMNS
    default_sort = "-reported"
    keyset = ("reported_at", "id")
    route, export_route, sheet_name = "quality-reports", "quality-reports-export", "质量报告"
    bar = ("stage", "kind", "severity", "lot_no")
    search_hint = "产品、机构、编号、拼音首字母"
    empty_text = "还没有报告，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[QualityReport]:
        return visible_quality_reports(scope).select_related(
            "product", "institution", "manufacturer"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "报告", "url": reverse("quality-report-new"), "kind": "primary"}
        return super().get_context_data(
            tabs=quality_tabs(self.route, self.scope),
            actions=[new] if may_report(self.scope) else [],
            **kwargs,
        )


class QualityReportExportView(ExportMixin, QualityReportListView):
    pass


class QualityReportNewView(OneFormView):
    page_title = "报告不良反应或质量风险"
    page_note = "提交后同时告知生产企业、所在地药监和卫健部门"
    form_class = QualityReportForm
    list_route, list_label = "quality-reports", "质量与不良反应报告"
    submit, done = "提交报告", "已提交，已告知生产企业、药监和卫健部门"

    def allowed(self, scope: Scope) -> Verdict:
        return may_report(scope)

    def make(self, values: dict[str, Any]) -> str:
        product = values.pop("product_code")
        row = report_quality(
            product=product, by=self.user, scope=self.scope, at=timezone.now(), **values
        )
        return reverse("quality-report", args=[row.report_no])


class QualityReportView(ScopedDetailView):
    template_name = "catalog/quality_object.html"
    key_field = key = "report_no"

    def visible(self, scope: Scope) -> QuerySet[QualityReport]:
        return visible_quality_reports(scope).select_related(
            "product", "institution", "manufacturer"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: QualityReport = kwargs["object"]
        failed, verb = kwargs.pop("failed", None), kwargs.pop("verb", "")
        offers = REPORT_MACHINE.offers(row, report_standings(self.scope, row))
        step_forms = [
            {
                "id": each.transition.verb,
                "title": each.transition.label,
                "submit": each.transition.label,
                "url": _step_url(row, each.transition.verb),
                "draft": f"{each.transition.verb}-{row.report_no}",
                "form": WordsForm.shown(
                    failed if verb == each.transition.verb else None,
                    label=REPORT_MACHINE.input_labels[each.transition.needs[0]],
                    version=row.row_version,
                ),
            }
            for each in offers
            if each.verdict
        ]
        return super().get_context_data(
            state={"words": row.get_state_display(), "level": REPORT_LEVELS[row.state],
                   "who": HOLDERS.get(row.state, "")},
            offered=offered_actions(
                offers, url=lambda verb: _step_url(row, verb), version=row.row_version,
                on_page={"answer": "answer", "close": "close"},
            ),
            facts=_facts(row),
            step_forms=step_forms,
            timeline=steps_of("quality_report", row.pk, STEPS),
            breadcrumbs=[{"label": "质量与不良反应报告", "url": reverse("quality-reports")},
                         {"label": row.report_no}],
            **{**kwargs, "page_title": f"{row.get_kind_display()}：{row.product}"},
        )  # fmt: skip


def _step_url(row: QualityReport, verb: str) -> str:
    return reverse(f"quality-report-{verb}", args=[row.report_no])


def _facts(row: QualityReport) -> list[dict[str, Any]]:
    facts = [
        {"label": "编号", "value": row.report_no},
        {"label": "种类", "value": f"{row.get_kind_display()}（{row.get_severity_display()}）"},
        {"label": "产品", "value": f"{row.product}（{row.product.code}）",
         "url": reverse("product-detail", args=[row.product.code])},
        {"label": "批号", "value": row.lot_no or "未填"},
        {"label": "医疗机构", "value": row.institution.name},
        {"label": "生产企业", "value": row.manufacturer.name if row.manufacturer else "—"},
        {"label": "发生日期", "value": f"{row.occurred_on:%Y-%m-%d}"},
        {"label": "情况描述", "value": row.description, "wide": True},
    ]  # fmt: skip
    for label, words in (("企业说明", row.answer), ("处置结论", row.conclusion)):
        if words:
            facts.append({"label": label, "value": words, "wide": True})
    return facts


class QualityReportAnswerView(StepView, QualityReportView):
    done = "说明已提交"
    verb = "answer"

    def address_of(self, row: QualityReport) -> str:
        return reverse("quality-report", args=[row.report_no])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"verb": self.verb, **kwargs})

    def act(self, row: QualityReport, values: dict[str, Any]) -> None:
        answer_report(
            report=row, answer=values["words"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class QualityReportCloseView(QualityReportAnswerView):
    done = "已处置办结"
    verb = "close"

    def act(self, row: QualityReport, values: dict[str, Any]) -> None:
        close_report(
            report=row, conclusion=values["words"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
