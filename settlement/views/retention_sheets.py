"""One institution's explanation sheet: page, PDF, its steps and papers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.attachments.inspect import max_megabytes
from core.attachments.models import Attachment
from core.transitions import Refusal
from core.views.errors import refusal_page
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.files import paper_answer
from procurement.views.cases import CaseActView, CaseFileView, CaseView
from settlement.documents.retention import NATURE, STEPS, sheet_pdf
from settlement.forms.retention import OverlapForm, ShareOutForm, StepForm, WordsForm
from settlement.models import RetentionSheet
from settlement.operations.retention_sheet import (
    answer_sheet,
    appeal_sheet,
    decide_appeal,
    file_share_out,
    note_overlap,
)
from settlement.queries.navigation import sees_retention
from settlement.queries.retention import (
    appeal_papers,
    lines_of,
    sheet_standings,
    terms_of,
    visible_retention_rows,
    visible_retention_share_outs,
    visible_retention_sheets,
)
from settlement.queries.retention_what_if import METHOD, tried_use
from settlement.states.retention import (
    FROZEN_RUNS,
    OFFICE,
    RUN_MACHINE,
    SHEET_LEVELS,
    SHEET_MACHINE,
)
from settlement.tables.retention import money, six, why_failed
from settlement.views.retention import CRUMB

SHOWN = 400
WORDS = {
    "self_check": "自查意见（数据无误也请写明）", "appeal": "申诉理由", "maintain": "复核意见",
    "adjust": "复核意见（已更正的数据）",
}  # fmt: skip


class SheetView(CaseView):
    template_name = "settlement/retention_sheet.html"
    machine = SHEET_MACHINE
    levels = SHEET_LEVELS
    steps = {"retention_sheet.note_overlap": "标注与支付方式激励重叠"}
    key_field = key = "sheet_no"

    def exists_for(self, scope: Scope) -> bool:
        return sees_retention(scope)

    def visible(self, scope: Scope) -> QuerySet[RetentionSheet]:
        return visible_retention_sheets(scope).select_related(
            "institution", "run__batch", "run__pool"
        )

    def standings(self, row: RetentionSheet) -> frozenset[str]:
        return sheet_standings(self.scope, row)

    def form_of(self, verb: str, row: RetentionSheet, data: Any = None) -> forms.Form:
        first: dict[str, Any] = {"initial": {"version": row.row_version}}
        if verb in WORDS:
            return WordsForm(data, words_label=WORDS[verb], **first)
        if verb == "file":
            return ShareOutForm(data, **first)
        return StepForm(data, **first)

    def act_url(self, row: RetentionSheet, verb: str) -> str:
        return reverse("retention-sheet-act", args=[row.sheet_no, verb])

    def file_url(self, row: RetentionSheet, file: Attachment) -> str:
        return reverse("retention-sheet-file", args=[row.sheet_no, file.pk])

    def papers(self, row: RetentionSheet) -> list[Attachment]:
        return appeal_papers(row)

    def who(self, row: RetentionSheet) -> str:
        match row.state:
            case "checking" | "waiting" | "paid":
                return row.institution.name
            case "appealed":
                return f"{row.run.pool.name}所在地医保局复核"
            case "filed" | "ended":
                return ""
        return "等待统筹区统一办理"

    def facts(self, row: RetentionSheet) -> list[dict[str, Any]]:
        run = row.run
        facts: list[dict[str, Any]] = [
            {"label": "医疗机构", "value": f"{row.institution.name}（{row.institution.code}）"},
            {"label": "统筹区", "value": run.pool.name},
            {"label": "批次年度", "value": f"{run.batch.name} 第 {run.year_no} 年",
             "url": reverse("retention-run", args=[run.run_no])},
            {"label": "申诉截止",
             "value": f"{run.appeal_due_on:%Y-%m-%d}" if run.appeal_due_on else "发布后确定"},
            {"label": "资金性质", "value": NATURE, "wide": True},
            {"label": "测算依据", "value": "；".join(STEPS), "wide": True},
        ]  # fmt: skip
        for label, words in (
            ("自查意见", row.self_check_note), ("申诉理由", row.appeal_text),
            ("复核意见", row.decision_note), ("支付方式激励重叠", row.overlap_note),
        ):  # fmt: skip
            if words:
                facts.append({"label": label, "value": words, "wide": True})
        if row.before_appeal:
            before = f"{Decimal(row.before_appeal['retained']):,.2f} 元"
            facts.append({"label": "申诉前留用金额", "value": before})
        share_out = visible_retention_share_outs(self.scope).filter(sheet=row).first()
        if share_out is not None:
            facts += [
                {"label": "医务人员薪酬", "value": f"{share_out.staff_amount:,.2f} 元"},
                {"label": "医共体成员单位", "value": f"{share_out.members_amount:,.2f} 元"},
                {"label": "其他用途", "value": f"{share_out.other_amount:,.2f} 元"},
                {"label": "分配办法", "value": share_out.method, "wide": True},
            ]
        return facts

    def timeline(self, row: RetentionSheet) -> list[dict[str, Any]]:
        """Its own steps among its run's; of a step that moved both, what it did to the sheets."""
        run = steps_of(self.scope, RUN_MACHINE.name, row.run_id)
        own = steps_of(self.scope, SHEET_MACHINE.name, row.pk)
        one_each = {(step["at"], step["who"]): step for step in [*run, *own]}
        return sorted(one_each.values(), key=lambda step: step["at"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: RetentionSheet = kwargs["object"]
        context = self.case_context(row, **kwargs)
        for form in context["step_forms"]:
            form["files"] = form["id"] == "appeal"
        context["step_forms"] = [f for f in context["step_forms"] if f["id"] != "confirm"]
        for action in context["offered"]:
            if action.get("url") == "#confirm":
                action |= {"url": self.act_url(row, "confirm"), "method": "post",
                           "fields": {"version": row.row_version}}  # fmt: skip
        rows = visible_retention_rows(self.scope).filter(sheet=row)
        found = list(rows.select_related("group", "run").order_by("group__code")[:SHOWN])
        terms = terms_of(row.run)
        chosen = self.request.GET.get("group", "")
        opened = next((each for each in found if each.group.code == chosen), None)
        opened = opened or next((each for each in found if each.retained), None)
        opened = opened or (found[0] if found else None)
        marks = OFFICE in self.standings(row) and row.run.state not in FROZEN_RUNS
        return super().get_context_data(
            **context
            | {
                "lines": [
                    {"row": each, "why": why_failed(each) or each.get_failed_because_display(),
                     "base": money(each.base), "ratio": six(each.ratio),
                     "tried": tried_use(each, terms, row.run.share_max)}
                    for each in found
                ],
                "timeline": self.timeline(row), "method": METHOD, "opened": opened,
                "opened_lines": lines_of(opened, terms) if opened else [],
                "upload_megabytes": max_megabytes(),
                "overlap_form": OverlapForm(
                    initial={"version": row.row_version, "words": row.overlap_note}
                ) if marks else None,
                "overlap_url": reverse("retention-sheet-overlap", args=[row.sheet_no]),
                "actions": [
                    {"label": "下载 PDF", "url": reverse("retention-sheet-pdf", args=[row.sheet_no]),
                     "download": True},
                    {"label": "下载 Excel", "download": True,
                     "url": f"{reverse('retention-rows-export')}?sheet={row.sheet_no}"},
                ],
                "breadcrumbs": [
                    {"label": CRUMB, "url": reverse("retention-runs")},
                    {"label": row.run.run_no,
                     "url": reverse("retention-run", args=[row.run.run_no])},
                    {"label": row.institution.name},
                ],
                "page_title": f"结余留用测算说明：{row.institution.name}",
            }
        )  # fmt: skip


def _answer(view: SheetView, row: RetentionSheet, values: dict[str, Any]) -> None:
    answer_sheet(
        sheet=row, verb=view.kwargs["verb"], words=values.get("words", ""), by=view.user,
        scope=view.scope, at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


def _appeal(view: SheetView, row: RetentionSheet, values: dict[str, Any]) -> None:
    appeal_sheet(
        sheet=row, words=values["words"], uploads=view.request.FILES.getlist("files"),
        by=view.user, scope=view.scope, at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


def _decide(view: SheetView, row: RetentionSheet, values: dict[str, Any]) -> None:
    decide_appeal(
        sheet=row, verb=view.kwargs["verb"], words=values["words"], by=view.user, scope=view.scope,
        at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


def _file(view: SheetView, row: RetentionSheet, values: dict[str, Any]) -> None:
    given = {name: value for name, value in values.items() if name != "version"}
    file_share_out(
        sheet=row, by=view.user, scope=view.scope, at=timezone.now(),
        seen_version=values["version"], **given,
    )  # fmt: skip


class SheetActView(CaseActView, SheetView):
    acts = {
        "self_check": _answer, "confirm": _answer, "appeal": _appeal, "maintain": _decide,
        "adjust": _decide, "file": _file,
    }  # fmt: skip

    def done_url(self, row: RetentionSheet) -> str:
        return reverse("retention-sheet", args=[row.sheet_no])


class SheetOverlapView(SheetView):
    """POST only: mark or unmark the overlap with incentives of payment reform."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: RetentionSheet = self.get_object()
        form = OverlapForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(object=row), status=400)
        try:
            note_overlap(
                sheet=row, note=form.cleaned_data["words"], by=self.user, scope=self.scope,
                at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已保存支付方式激励重叠的标注")
        return HttpResponseRedirect(reverse("retention-sheet", args=[row.sheet_no]))


class SheetFileView(CaseFileView, SheetView):
    pass


class SheetPdfView(SheetView):
    """The sheet as PDF, to whoever sees it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: RetentionSheet = self.get_object()
        try:
            body = sheet_pdf(row)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return paper_answer(request, f"结余留用测算说明_{row.sheet_no}.pdf", body)
