"""Statements: the list, one with its lines and steps, its sheet and paper, drafting by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from core.lists.workbook import workbook_response
from core.transitions import MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.models import Pool
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.views.cases import CaseActView, CaseView
from procurement.views.notes import pdf_answer
from settlement.documents.statement import statement_paper
from settlement.filters import StatementFilter
from settlement.forms.statements import (
    AnswerForm,
    ConfirmForm,
    MonthForm,
    OwnPaymentForm,
    ReopenForm,
    ReturnForm,
    StepForm,
)
from settlement.models import Statement
from settlement.operations.statements.answer import answer_statement, confirm_statement
from settlement.operations.statements.approve import (
    approve_statement,
    return_statement,
    review_statement,
)
from settlement.operations.statements.bank import record_own_payment
from settlement.operations.statements.clock import (
    agree_reopening,
    ask_reopening,
    begin_settling,
)
from settlement.queries.statement_page import (
    LINE_COLUMNS,
    by_place,
    line_cells,
    lines_of,
    statements,
)
from settlement.queries.statements import (
    may_draft,
    own_pool,
    statement_standings,
    visible_statement_checks,
    visible_statement_lines,
    visible_statement_payments,
)
from settlement.states.statement import (
    CLERK,
    PAYER,
    STATEMENT_LEVELS,
    STATEMENT_MACHINE,
)
from settlement.tables.statements import STATEMENT_COLUMNS

SHOWN_LINES = 200
EXTRA = {"ask_reopening": "申请补结", "agree_reopening": "同意补结", "record_payment": "登记付款"}
"""Steps that change no state, beside the machine's."""


class StatementListView(FilteredListView):
    page_title = "货款结算单"
    page_note = (
        "每月 1 日按上月中选产品的验收和退货，逐统筹区、逐收款企业生成；从确认到付款由不同的人办理"
    )
    filterset_class = StatementFilter
    columns = STATEMENT_COLUMNS
    default_sort = "-month"
    keyset = ("month", "id")
    route, export_route, sheet_name = "statements", "statements-export", "货款结算单"
    bar = ("stage", "month", "mode")
    search_hint = "收款企业、结算单号、拼音首字母"
    empty_text = "没有结算单，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[Statement]:
        return statements(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "生成结算单", "url": reverse("statement-begin"), "kind": "primary"}
        actions = [new] if may_draft(self.scope) else []
        return super().get_context_data(actions=actions, **kwargs)


class StatementExportView(ExportMixin, StatementListView):
    pass


class StatementBeginView(OneFormView):
    page_title = "生成结算单"
    page_note = "平台每月 1 日自动生成；统筹区的第一个月由医保局生成，以后逐月接续"
    form_class = MonthForm
    list_route, list_label = "statements", "货款结算单"
    submit, done = "生成", "已生成，收款企业已收到待办；没有可结算的收货时不生成"

    def allowed(self, scope: Scope) -> Verdict:
        return may_draft(scope)

    def initial(self) -> dict[str, Any]:
        return {}

    def make(self, values: dict[str, Any]) -> str:
        pool: Pool | None = own_pool(self.scope)
        if pool is None:
            raise MissingInput("month", "本局所在地区没有统筹区，不能生成结算单")
        begin_settling(
            pool=pool, month=values["month"], by=self.user, scope=self.scope, at=timezone.now()
        )
        return reverse("statements")


class StatementView(CaseView):
    template_name = "settlement/statement.html"
    key_field = key = "statement_no"
    machine, levels = STATEMENT_MACHINE, STATEMENT_LEVELS
    steps: ClassVar[Mapping[str, str]] = {}

    def visible(self, scope: Scope) -> QuerySet[Statement]:
        return statements(scope)

    def standings(self, row: Statement) -> frozenset[str]:
        return statement_standings(self.scope, row)

    def form_of(self, verb: str, row: Statement, data: Any = None) -> forms.Form:
        kinds: dict[str, type[forms.Form]] = {
            "confirm": ConfirmForm, "answer": AnswerForm, "return": ReturnForm,
            "ask_reopening": ReopenForm, "record_payment": OwnPaymentForm,
        }  # fmt: skip
        return kinds.get(verb, StepForm)(data, initial={"version": row.row_version})

    def act_url(self, row: Statement, verb: str) -> str:
        return reverse("statement-act", args=[row.statement_no, verb])

    def facts(self, row: Any) -> list[dict[str, Any]]:
        own = self.scope.kind == "institution"
        facts = [
            {"label": "收款企业", "value": f"{row.payee.name}（{row.payee.code}）"},
            {"label": "付款方",
             "value": row.institution.name if row.institution else f"{row.pool.name}医保基金"},
            {"label": "结算月份", "value": f"{row.month:%Y-%m}"},
            {"label": "付款期限", "value": f"{row.due_on:%Y-%m-%d}"},
            {"label": "本机构金额" if own else "金额", "value": f"{row.shown_total:,.2f} 元"},
        ]  # fmt: skip
        if row.shown_paid is not None:
            facts.append({"label": "已付", "value": f"{row.shown_paid:,.2f} 元"})
        if row.reply_due_on:
            facts.append({"label": "机构核实期限", "value": f"{row.reply_due_on:%Y-%m-%d}"})
        people = (("审核", row.reviewed_by_name), ("批准", row.first_by_name),
                  ("第二批准", row.second_by_name))  # fmt: skip
        if not own and self.scope.kind != "enterprise":
            facts += [{"label": label, "value": name} for label, name in people if name]
            if row.entry_id:
                facts.append({"label": "应付分录", "value": f"{row.entry_id:08d}",
                              "url": reverse("ledger-entry", args=[row.entry_id])})  # fmt: skip
        if row.return_reason and row.state == "answered":
            facts.append({"label": "退回原因", "value": row.return_reason, "wide": True})
        if row.reopen_reason:
            said = f"{row.reopen_reason}（{row.reopen_by_name}申请，待另一人同意）"
            facts.append({"label": "补结申请", "value": said, "wide": True})
        return facts

    def who(self, row: Any) -> str:
        return {
            "drafted": row.payee.name, "confirmed": "未核实的医疗机构",
            "answered": f"{row.pool.region.name}医保局", "reviewed": f"{row.pool.region.name}医保局",
            "countersigned": f"{row.pool.region.name}医保局",
            "held": "暂停期满后自动恢复",
        }.get(row.state, self._payer(row))  # fmt: skip

    def _payer(self, row: Statement) -> str:
        if row.state not in ("approved", "part_paid"):
            return ""
        if row.open_amount <= 0:
            return "与以后的结算单冲抵"
        return row.institution.name if row.institution else f"{row.pool.name}医保经办机构"

    def extra_steps(self, row: Statement) -> list[str]:
        """Steps beside the machine's that this reader may take now."""
        held = self.standings(row)
        steps = []
        if CLERK in held and row.state in ("approved", "part_paid", "paid", "closed"):
            if not row.reopen_reason:
                steps.append("ask_reopening")
            elif row.reopen_by_id != self.user.pk:
                steps.append("agree_reopening")
        if row.mode == "institution" and PAYER in held and row.state in ("approved", "part_paid"):
            steps.append("record_payment")
        return steps

    def has_answered(self, row: Statement) -> bool:
        """The reader's institution has answered; the statement waits for others."""
        own = visible_statement_checks(self.scope).filter(statement=row)
        return self.scope.kind == "institution" and not own.filter(state="waiting").exists()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Any = kwargs["object"]
        failed, verb = kwargs.get("failed"), kwargs.get("verb", "")
        context = self.case_context(row, **kwargs)
        # Only people's own steps: paying is what the bank's answer does. One of two approvals.
        hidden = {
            "pay", "pay_part", "close", "bounce", "bounce_part",
            *(("approve",) if row.needs_two else ("approve_first", "approve_second")),
        }  # fmt: skip
        if self.has_answered(row):
            hidden.add("answer")
        labels = {self.machine.named(each).label for each in hidden}
        context["offered"] = [each for each in context["offered"] if each["label"] not in labels]
        context["step_forms"] = [
            each for each in context["step_forms"] if each["id"] not in hidden
        ] + [
            {
                "id": each, "title": EXTRA[each], "submit": EXTRA[each],
                "url": self.act_url(row, each), "draft": f"{each}-{row}",
                "form": failed if failed and verb == each else self.form_of(each, row),
            }
            for each in self.extra_steps(row)
        ]  # fmt: skip
        lines = lines_of(self.scope, row)
        checks = visible_statement_checks(self.scope).filter(statement=row)
        payments = visible_statement_payments(self.scope).filter(statement=row)
        return super().get_context_data(
            **context
            | {
                "page_title": f"货款结算单 {row.statement_no}",
                "breadcrumbs": [{"label": "货款结算单", "url": reverse("statements")},
                                {"label": row.statement_no}],
                "lines": lines[:SHOWN_LINES], "line_count": len(lines),
                "checks": checks.select_related("institution").order_by("institution__code"),
                "payments": payments.select_related("entry").order_by("pk"),
                "documents": [
                    {"label": "结算单.pdf", "url": reverse("statement-paper", args=[row.statement_no])},
                    {"label": "明细.xlsx", "url": reverse("statement-sheet", args=[row.statement_no])},
                ],
                "timeline": steps_of(self.scope, "statement", row.pk),
            }
        )  # fmt: skip


def _disputes(row: Statement, values: dict[str, Any]) -> dict[int, str]:
    found = by_place(row, values["lines"])
    missing = [str(place) for place in values["lines"] if place not in found]
    if missing:
        raise MissingInput("lines", f"没有序号为 {'、'.join(missing)} 的行，请核对明细表")
    return dict.fromkeys(found.values(), values["reason"])


def _acting(view: StatementView, values: dict[str, Any]) -> dict[str, Any]:
    return {"by": view.user, "scope": view.scope, "at": timezone.now(),
            "seen_version": values["version"]}  # fmt: skip


def _confirm(view: StatementView, row: Statement, values: dict[str, Any]) -> None:
    confirm_statement(
        statement=row, disputes=_disputes(row, values), invoice_no=values["invoice_no"],
        **_acting(view, values),
    )  # fmt: skip


def _answer(view: StatementView, row: Statement, values: dict[str, Any]) -> None:
    disputed = visible_statement_lines(view.scope).filter(statement=row, state="disputed")
    replies = dict.fromkeys(disputed.values_list("pk", flat=True), values["reply"])
    answer_statement(
        statement=row, disputes=_disputes(row, values), replies=replies, **_acting(view, values)
    )


def _review(view: StatementView, row: Statement, values: dict[str, Any]) -> None:
    review_statement(statement=row, **_acting(view, values))


def _approve(view: StatementView, row: Statement, values: dict[str, Any]) -> None:
    approve_statement(statement=row, **_acting(view, values))


def _return(view: StatementView, row: Statement, values: dict[str, Any]) -> None:
    return_statement(statement=row, reason=values["return_reason"], **_acting(view, values))


def _ask(view: StatementView, row: Statement, values: dict[str, Any]) -> None:
    ask_reopening(
        statement=row, reason=values["reopen_reason"], by=view.user, scope=view.scope,
        at=timezone.now(),
    )  # fmt: skip


def _agree(view: StatementView, row: Statement, values: dict[str, Any]) -> None:
    agree_reopening(statement=row, by=view.user, scope=view.scope, at=timezone.now())


def _pay(view: StatementView, row: Statement, values: dict[str, Any]) -> None:
    record_own_payment(
        statement=row, amount=values["amount"], paid_on=values["paid_on"],
        reference=values["reference"], by=view.user, scope=view.scope, at=timezone.now(),
    )  # fmt: skip


class StatementActView(CaseActView, StatementView):
    def again(self, row: Any, verb: str, form: forms.Form) -> HttpResponse:
        """The form stands below the lines: what is wrong is told at once."""
        messages.error(self.request, "没有办理：请改正页面下方表单中标出的问题")
        return super().again(row, verb, form)

    acts = {
        "confirm": _confirm, "answer": _answer, "review": _review, "approve": _approve,
        "approve_first": _approve, "approve_second": _approve, "return": _return,
        "ask_reopening": _ask, "agree_reopening": _agree, "record_payment": _pay,
    }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["verb"] in EXTRA:
            return self._extra(request, str(kwargs["verb"]))
        return super().post(request, *args, **kwargs)

    def _extra(self, request: HttpRequest, verb: str) -> HttpResponse:
        """A step that is not in the table: the operation itself says whose it is."""
        row = self.get_object()
        form = self.form_of(verb, row, request.POST)
        try:
            if not form.is_valid():
                return self.again(row, verb, form)
            self.acts[verb](self, row, form.cleaned_data)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self.again(row, verb, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"{EXTRA[verb]}：已办理")
        return HttpResponseRedirect(self.done_url(row))

    def done_url(self, row: Statement) -> str:
        return reverse("statement", args=[row.statement_no])


class StatementSheetView(StatementView):
    """Every line that the reader sees, as Excel."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        return workbook_response(
            name=f"结算单明细_{row.statement_no}", columns=LINE_COLUMNS,
            rows=(line_cells(line) for line in lines_of(self.scope, row)),
        )  # fmt: skip


class StatementPaperView(StatementView):
    """The statement as an official PDF."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        content = statement_paper(row, lines_of(self.scope, row), row.shown_total)
        return pdf_answer(request, f"结算单_{row.statement_no}", content)
