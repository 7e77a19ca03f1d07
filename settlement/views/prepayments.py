"""预付金: the list, the request, one with its use, its steps."""

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
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.views.cases import CaseActView, CaseView
from settlement.filters import PrepaymentFilter
from settlement.forms.prepayments import (
    PayPrepaymentForm,
    PrepaymentAskForm,
    RefusePrepaymentForm,
    ReturnedPrepaymentForm,
)
from settlement.forms.statements import StepForm
from settlement.models import Prepayment
from settlement.operations.prepayments.ask import ask_prepayments
from settlement.operations.prepayments.decide import approve_prepayment, refuse_prepayment
from settlement.operations.prepayments.pay import pay_prepayment, return_prepayment
from settlement.queries.ledger import visible_postings
from settlement.queries.prepayments import (
    entries_of,
    left_of,
    may_ask,
    prepayment_standings,
    visible_prepayments,
    year_of_prepayment,
)
from settlement.queries.statements import own_pool
from settlement.states.prepayment import PAYER, PREPAYMENT_LEVELS, PREPAYMENT_MACHINE
from settlement.tables.prepayments import PREPAYMENT_COLUMNS, recipient

CRUMB = "预付金"
USE_COLUMNS = (("业务日期", 14), ("摘要", 50), ("金额（元）", 16), ("分录", 12))


def has_prepayments(scope: Scope) -> bool:
    """Everybody with money of their own here."""
    return scope.is_business and scope.kind in (
        "agency", "bureau", "finance", "institution", "enterprise",
    )  # fmt: skip


class PrepaymentListView(FilteredListView):
    page_title = CRUMB
    page_note = "协议三方签订后按年度约定采购金额的比例预付，随采购逐月冲抵，年度结束清算余额"
    filterset_class = PrepaymentFilter
    columns = PREPAYMENT_COLUMNS
    default_sort = "-asked"
    keyset = ("asked_at", "id")
    route, export_route, sheet_name = "prepayments", "prepayments-export", CRUMB
    bar = ("stage", "kind", "batch")
    search_hint = "医疗机构、供货企业、编号、拼音首字母"
    empty_text = "没有预付金，或不在您的查看范围内。"

    def exists_for(self, scope: Scope) -> bool:
        return has_prepayments(scope)

    def everything(self, scope: Scope) -> QuerySet[Prepayment]:
        return visible_prepayments(scope).select_related(
            "pool", "batch", "institution", "enterprise"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "申请预付金", "url": reverse("prepayment-new"), "kind": "primary"}
        actions = [new] if may_ask(self.scope) else []
        return super().get_context_data(actions=actions, **kwargs)


class PrepaymentExportView(ExportMixin, PrepaymentListView):
    pass


class PrepaymentNewView(OneFormView):
    page_title = "申请预付金"
    page_note = "基数是该年度三方都已签订协议的约定采购金额，比例和对象按批次的政策"
    form_class = PrepaymentAskForm
    list_route, list_label = "prepayments", CRUMB
    submit, done = "申请", "已申请，审核人或负责人已收到待办"

    def exists_for(self, scope: Scope) -> bool:
        return has_prepayments(scope)

    def allowed(self, scope: Scope) -> Verdict:
        return may_ask(scope)

    def initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "") for name in ("batch", "year_no")}

    def make(self, values: dict[str, Any]) -> str:
        pool = own_pool(self.scope)
        if pool is None:
            raise MissingInput("batch", "本局所在地区没有统筹区，不能申请预付金")
        ask_prepayments(
            year=values["year"], pool=pool, month=values["month"], by=self.user, scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return reverse("prepayments")


class PrepaymentView(CaseView):
    template_name = "settlement/prepayment.html"
    key_field = key = "prepayment_no"
    machine, levels = PREPAYMENT_MACHINE, PREPAYMENT_LEVELS
    steps: ClassVar[Mapping[str, str]] = {}

    def exists_for(self, scope: Scope) -> bool:
        return has_prepayments(scope)

    def visible(self, scope: Scope) -> QuerySet[Prepayment]:
        return visible_prepayments(scope).select_related(
            "pool__region", "batch", "institution", "enterprise"
        )

    def standings(self, row: Prepayment) -> frozenset[str]:
        return prepayment_standings(self.scope, row)

    def form_of(self, verb: str, row: Prepayment, data: Any = None) -> forms.Form:
        first: dict[str, Any] = {"version": row.row_version}
        if verb == "pay":
            return PayPrepaymentForm(data, initial=first | {"paid_on": timezone.localdate()})
        if verb == "give_back":
            return ReturnedPrepaymentForm(data, initial=first)
        return (RefusePrepaymentForm if verb == "refuse" else StepForm)(data, initial=first)

    def act_url(self, row: Prepayment, verb: str) -> str:
        return reverse("prepayment-act", args=[row.prepayment_no, verb])

    def who(self, row: Prepayment) -> str:
        office = f"{row.pool.region.name}医保局"
        return {
            "asked": office, "first": office, "approved": f"{row.pool.name}医保经办机构",
            "paid": "逐月自动冲抵",
        }.get(row.state, "")  # fmt: skip

    def facts(self, row: Prepayment) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = [
            {"label": "收款单位", "value": recipient(row)},
            {"label": "批次", "value": f"{row.batch.name} 第 {row.year_no} 年",
             "url": reverse("batch-detail", args=[row.batch.code])},
            {"label": "基数", "value": f"{row.base:,.2f} 元"},
            {"label": "比例", "value": f"{row.ratio * 100:.2f}%（{row.clause}）"},
            {"label": "预付金额", "value": f"{row.amount:,.2f} 元"},
            {"label": "余额", "value": f"{left_of(row):,.2f} 元" if row.paid_on else "尚未拨付"},
        ]  # fmt: skip
        if row.month:
            facts.append({"label": "预付月份", "value": f"{row.month:%Y-%m}"})
        if row.paid_on:
            facts.append({"label": "拨付日期", "value": f"{row.paid_on:%Y-%m-%d}"})
        if self.scope.kind in ("bureau", "agency", "finance"):
            people = (("申请", row.asked_by_name), ("批准", row.first_by_name),
                      ("第二批准", row.second_by_name))  # fmt: skip
            facts += [{"label": label, "value": name} for label, name in people if name]
            if row.needs_two:
                facts.append({"label": "复核", "value": "超过双人复核金额，须两人批准"})
        if row.note:
            facts.append({"label": "意见", "value": row.note, "wide": True})
        return facts

    def may_give_back(self, row: Prepayment) -> bool:
        """After the year's end the agency books the rest."""
        if row.state != "paid" or PAYER not in self.standings(row):
            return False
        return timezone.localdate() > year_of_prepayment(row).ends_on

    def used(self, row: Prepayment) -> list[dict[str, Any]]:
        """What was booked of it, with the amount on the account of the prepayment."""
        purpose = "advance" if row.kind == "supplier" else "prepaid"
        lines = visible_postings(self.scope).filter(
            entry__in=entries_of(row), account__purpose=purpose
        )
        return [
            {"entry": line.entry, "amount": line.amount,
             "url": reverse("ledger-entry", args=[line.entry_id])}
            for line in lines.select_related("entry").order_by("entry__occurred_on", "pk")
        ]  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Prepayment = kwargs["object"]
        failed, verb = kwargs.get("failed"), kwargs.get("verb", "")
        context = self.case_context(row, **kwargs)
        two = {"approve_first", "approve_second"}
        hidden = {"approve"} if row.needs_two else two
        labels = {self.machine.named(each).label for each in hidden}
        context["offered"] = [each for each in context["offered"] if each["label"] not in labels]
        # An approval takes no input: it is a button, not a form.
        for step in context["offered"]:
            verb = str(step.get("url", "")).removeprefix("#")
            if verb in {"approve", *two}:
                step |= {"url": self.act_url(row, verb), "method": "post",
                         "fields": {"version": row.row_version}}  # fmt: skip
        plain = {"approve", *two}
        context["step_forms"] = [each for each in context["step_forms"] if each["id"] not in plain]
        if self.may_give_back(row):
            context["step_forms"].append(
                {"id": "give_back", "title": "登记收回余额", "submit": "登记收回",
                 "url": self.act_url(row, "give_back"), "draft": f"give_back-{row}",
                 "form": failed if failed and verb == "give_back" else self.form_of("give_back", row)}
            )  # fmt: skip
        return super().get_context_data(
            **context
            | {
                "page_title": f"{CRUMB} {row.prepayment_no}",
                "breadcrumbs": [{"label": CRUMB, "url": reverse("prepayments")},
                                {"label": row.prepayment_no}],
                "used": self.used(row),
                "sheet_url": reverse("prepayment-sheet", args=[row.prepayment_no]),
                "timeline": steps_of(self.scope, "prepayment", row.pk),
            }
        )  # fmt: skip


def _acting(view: PrepaymentView, values: dict[str, Any]) -> dict[str, Any]:
    return {"by": view.user, "scope": view.scope, "at": timezone.now(),
            "seen_version": values["version"]}  # fmt: skip


def _approve(view: PrepaymentView, row: Prepayment, values: dict[str, Any]) -> None:
    approve_prepayment(prepayment=row, **_acting(view, values))


def _refuse(view: PrepaymentView, row: Prepayment, values: dict[str, Any]) -> None:
    refuse_prepayment(prepayment=row, note=values["note"], **_acting(view, values))


def _pay(view: PrepaymentView, row: Prepayment, values: dict[str, Any]) -> None:
    pay_prepayment(prepayment=row, paid_on=values["paid_on"], **_acting(view, values))


class PrepaymentActView(CaseActView, PrepaymentView):
    acts = {
        "approve": _approve, "approve_first": _approve, "approve_second": _approve,
        "refuse": _refuse, "pay": _pay,
    }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["verb"] == "give_back":
            return self._give_back(request)
        return super().post(request, *args, **kwargs)

    def _give_back(self, request: HttpRequest) -> HttpResponse:
        """No step of the table: it may come in parts."""
        row = self.get_object()
        if PAYER not in self.standings(row):
            step = self.machine.verdict(self.machine.named("pay"), row, self.standings(row))
            return refusal_page(request, NotYours.of(step))
        form = self.form_of("give_back", row, request.POST)
        try:
            if not form.is_valid():
                return self.again(row, "give_back", form)
            values = form.cleaned_data
            return_prepayment(
                prepayment=row, amount=values["amount"], returned_on=values["returned_on"],
                reference=values["reference"], by=self.user, scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self.again(row, "give_back", form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已登记收回并记账")
        return HttpResponseRedirect(self.done_url(row))

    def done_url(self, row: Prepayment) -> str:
        return reverse("prepayment", args=[row.prepayment_no])


class PrepaymentSheetView(PrepaymentView):
    """How it was used, entry by entry, as Excel."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        return workbook_response(
            name=f"预付金使用_{row.prepayment_no}", columns=USE_COLUMNS,
            rows=[
                [each["entry"].occurred_on, each["entry"].text, each["amount"], str(each["entry"])]
                for each in self.used(row)
            ],
        )  # fmt: skip
