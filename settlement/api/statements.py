"""Statements, the bank, deductions and the ledger by API: the same operations and sight as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import require
from catalog.queries.known import Known
from core.transitions import MissingInput, NotYours
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.models import Organisation
from organisations.queries.scope import Scope
from procurement.rules.case_steps import whose_step
from settlement.api import statement_serializers as kinds
from settlement.filters import AccountFilter, BankOrderFilter, DeductionFilter, StatementFilter
from settlement.models import BankOrder, Deduction, LedgerAccount, LedgerEntry, Statement
from settlement.operations.deductions import record_deduction
from settlement.operations.reversals import ask_reversal, decide_reversal
from settlement.operations.statements.answer import answer_statement, confirm_statement
from settlement.operations.statements.approve import (
    approve_statement,
    return_statement,
    review_statement,
)
from settlement.operations.statements.bank import (
    export_bank_orders,
    read_bank_answer,
    record_own_payment,
)
from settlement.operations.statements.bank_rows import BankRow
from settlement.operations.statements.clock import (
    agree_reopening,
    ask_reopening,
    begin_settling,
)
from settlement.queries.entry_source import with_entry
from settlement.queries.ledger import (
    trial_balance,
    visible_ledger_accounts,
    visible_ledger_entries,
    visible_postings,
)
from settlement.queries.reversals import asks_reversals, visible_ledger_reversals
from settlement.queries.statement_page import lines_of, statements
from settlement.queries.statements import (
    may_draft,
    may_pay,
    own_pool,
    statement_standings,
    visible_bank_orders,
    visible_deductions,
)
from settlement.states.reversal import CLAUSE as REVERSAL_CLAUSE
from settlement.states.statement import STATEMENT_MACHINE
from settlement.views.bank import looks_after_money
from settlement.views.ledger import asked_day, is_number, keeps_accounts

KEY = r"[A-Za-z0-9-]{1,40}"
Write = Callable[[Statement, dict[str, Any]], object]


class StatementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """货款结算单。企业确认，医疗机构核实，医保局审核、批准。"""

    token_subject: ClassVar[str] = "settlement"
    serializer_class = kinds.MoneyStatementSerializer
    filterset_class = StatementFilter
    lookup_field = "statement_no"
    lookup_value_regex = KEY
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Statement]:
        return statements(scope)

    @extend_schema(
        request=kinds.StatementBeginSerializer,
        responses={201: kinds.MoneyStatementSerializer(many=True)},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """生成一个已结束月份的结算单，可以重复调用；只给出新生成的。"""
        require(may_draft(self.scope))
        values = values_of(kinds.StatementBeginSerializer, request)
        pool = own_pool(self.scope)
        if pool is None:
            raise MissingInput("month", "本局所在地区没有统筹区，不能生成结算单")
        made = begin_settling(
            pool=pool, month=values["month"].replace(day=1), by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        rows = self.get_queryset().filter(pk__in=[row.pk for row in made]).order_by("pk")
        return Response(self.get_serializer(rows, many=True).data, status.HTTP_201_CREATED)

    @extend_schema(responses=kinds.MoneyLineSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def lines(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """明细；医疗机构只看到本机构的行。"""
        rows = lines_of(self.scope, self.get_object())
        return Response(kinds.MoneyLineSerializer(rows, many=True).data)

    @extend_schema(
        request=kinds.StatementConfirmSerializer, responses=kinds.MoneyStatementSerializer
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """收款企业确认；有异议的行移入下期。"""

        def write(row: Statement, values: dict[str, Any]) -> None:
            confirm_statement(
                statement=row, disputes={each["line"]: each["reason"] for each in values["disputes"]},
                invoice_no=values["invoice_no"], **self._acting(request, values),
            )  # fmt: skip

        return self._step("confirm", request, kinds.StatementConfirmSerializer, write)

    @extend_schema(
        request=kinds.StatementAnswerSerializer, responses=kinds.MoneyStatementSerializer
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构核实本机构的行，可以逐行提出异议或答复企业的异议。"""

        def write(row: Statement, values: dict[str, Any]) -> None:
            answer_statement(
                statement=row, disputes={each["line"]: each["reason"] for each in values["disputes"]},
                replies={each["line"]: each["reply"] for each in values["replies"]},
                **self._acting(request, values),
            )  # fmt: skip

        return self._step("answer", request, kinds.StatementAnswerSerializer, write)

    @extend_schema(
        request=kinds.StatementVersionSerializer, responses=kinds.MoneyStatementSerializer
    )
    @action(detail=True, methods=["post"])
    def review(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """统筹区医保局审核；没有可付的行时办结。"""

        def write(row: Statement, values: dict[str, Any]) -> None:
            review_statement(statement=row, **self._acting(request, values))

        return self._step("review", request, kinds.StatementVersionSerializer, write)

    @extend_schema(
        request=kinds.StatementVersionSerializer, responses=kinds.MoneyStatementSerializer
    )
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """审核人以外的另一人批准；超过双人复核金额的须再有一人。"""

        def write(row: Statement, values: dict[str, Any]) -> None:
            approve_statement(statement=row, **self._acting(request, values))

        return self._step("approve", request, kinds.StatementVersionSerializer, write)

    @extend_schema(
        request=kinds.StatementReturnSerializer, responses=kinds.MoneyStatementSerializer
    )
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """批准人退回重新审核。"""

        def write(row: Statement, values: dict[str, Any]) -> None:
            return_statement(
                statement=row, reason=values["return_reason"], **self._acting(request, values)
            )

        return self._step("return", request, kinds.StatementReturnSerializer, write)

    @extend_schema(
        request=kinds.StatementReopenSerializer, responses=kinds.MoneyStatementSerializer
    )
    @action(detail=True, methods=["post"], url_path="ask-reopening", url_name="ask-reopening")
    def ask_reopening(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """申请补结一个已批准的月份，须另一人同意。"""
        row: Statement = self.get_object()
        require(may_draft(self.scope))
        values = values_of(kinds.StatementReopenSerializer, request)
        ask_reopening(
            statement=row, reason=values["reopen_reason"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=kinds.MoneyStatementSerializer)
    @action(detail=True, methods=["post"], url_path="agree-reopening", url_name="agree-reopening")
    def agree_reopening(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """同意补结；给出该月的下一张结算单。"""
        row: Statement = self.get_object()
        require(may_draft(self.scope))
        part = agree_reopening(
            statement=row, by=acting(request), scope=self.scope, at=timezone.now()
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=part.pk)).data)

    @extend_schema(request=kinds.OwnPaymentSerializer, responses=kinds.MoneyStatementSerializer)
    @action(detail=True, methods=["post"])
    def payments(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构支付的，由付款机构登记付款。"""

        def write(row: Statement, values: dict[str, Any]) -> None:
            record_own_payment(
                statement=row, **values, by=acting(request), scope=self.scope, at=timezone.now()
            )

        return self._step("pay", request, kinds.OwnPaymentSerializer, write)

    def _acting(self, request: Request, values: dict[str, Any]) -> dict[str, Any]:
        return {"by": acting(request), "scope": self.scope, "at": timezone.now(),
                "seen_version": values["version"]}  # fmt: skip

    def _step(self, verb: str, request: Request, kind: Any, write: Write) -> Response:
        row: Statement = self.get_object()
        require(whose_step(STATEMENT_MACHINE, verb, row, statement_standings(self.scope, row)))
        write(row, values_of(kind, request))
        return Response(self.get_serializer(self.get_object()).data)


class BankOrderViewSet(mixins.ListModelMixin, ScopedViewSet):
    """送银行的付款。"""

    token_subject: ClassVar[str] = "settlement"
    serializer_class = kinds.BankOrderSerializer
    filterset_class = BankOrderFilter
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return looks_after_money(scope)

    def visible(self, scope: Scope) -> QuerySet[BankOrder]:
        return visible_bank_orders(scope).select_related("statement__payee")

    @extend_schema(request=None, responses=kinds.BankOrderSerializer(many=True))
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """现在要送银行的全部付款；可以重复调用。"""
        require(may_pay(self.scope))
        orders = export_bank_orders(by=acting(request), scope=self.scope, at=timezone.now())
        return Response(self.get_serializer(orders, many=True).data)

    @extend_schema(request=kinds.BankAnswerSerializer, responses=kinds.BankResultSerializer)
    @action(detail=False, methods=["post"])
    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """银行回单；有一行错误则全部不入账（400），重复提交不会重复入账。"""
        require(may_pay(self.scope))
        values = values_of(kinds.BankAnswerSerializer, request)
        rows = [BankRow(number=place, **each) for place, each in enumerate(values["rows"], start=1)]
        result = read_bank_answer(
            rows=rows, apply=not values["dry_run"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        code = status.HTTP_400_BAD_REQUEST if result.errors else status.HTTP_200_OK
        return Response(kinds.BankResultSerializer(result).data, code)


class DeductionViewSet(mixins.ListModelMixin, ScopedViewSet):
    """医保预拨付款扣除。"""

    token_subject: ClassVar[str] = "settlement"
    serializer_class = kinds.DeductionSerializer
    filterset_class = DeductionFilter
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Deduction]:
        return with_entry(visible_deductions(scope)).select_related("institution")

    @extend_schema(request=kinds.NewDeductionSerializer, responses={201: kinds.DeductionSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记一家医疗机构一个月的医保预拨付款并扣除。"""
        require(may_pay(self.scope))
        values = values_of(kinds.NewDeductionSerializer, request)
        made = record_deduction(
            institution=_institution(self.scope, values["institution"]),
            month=values["month"].replace(day=1),
            allocated=values["allocated"], by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        made = self.visible(self.scope).get(pk=made.pk)
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED)


def _institution(scope: Scope, code: str) -> Organisation:
    found = Known(scope).organisation(code.strip())
    if found is None:
        raise MissingInput("institution", "本统筹区没有这个编码的医疗机构")
    return found


class LedgerAccountViewSet(mixins.ListModelMixin, ScopedViewSet):
    """账簿余额；until 给出截至业务日期。"""

    token_subject: ClassVar[str] = "settlement"
    serializer_class = kinds.LedgerAccountSerializer
    filterset_class = AccountFilter
    ordering = "id"

    def exists_for(self, scope: Scope) -> bool:
        return keeps_accounts(scope)

    def visible(self, scope: Scope) -> QuerySet[LedgerAccount]:
        rows = visible_ledger_accounts(scope).select_related("pool", "institution", "enterprise")
        return trial_balance(rows, asked_day(self.request.query_params.get("until", "")))


class LedgerEntryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """分录；只列出能查看的账户的行。"""

    token_subject: ClassVar[str] = "settlement"
    serializer_class = kinds.LedgerEntrySerializer
    lookup_value_regex = r"[A-Za-z0-9]{1,15}"
    ordering = "-id"

    def get_object(self) -> LedgerEntry:
        if not is_number(self.kwargs["pk"]):
            raise Http404
        found: LedgerEntry = super().get_object()
        return found

    def exists_for(self, scope: Scope) -> bool:
        return keeps_accounts(scope)

    def visible(self, scope: Scope) -> QuerySet[LedgerEntry]:
        lines = Prefetch("postings", visible_postings(scope).order_by("pk"), to_attr="seen_lines")
        return visible_ledger_entries(scope).select_related("pool__region").prefetch_related(lines)

    @extend_schema(
        request=kinds.ReversalAskSerializer, responses={201: kinds.LedgerReversalSerializer}
    )
    @action(detail=True, methods=["post"], url_path="reversal", url_name="reversal")
    def ask_reversal(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """申请冲销一笔扣除、预付冲抵或预付收回的分录，须另一人同意。"""
        row = self.get_object()
        require(asks_reversals(self.scope, row))
        values = values_of(kinds.ReversalAskSerializer, request)
        made = ask_reversal(
            entry=row, reason=values["reason"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response(kinds.LedgerReversalSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(
        request=kinds.ReversalDecisionSerializer, responses=kinds.LedgerReversalSerializer
    )
    @action(detail=True, methods=["post"], url_path="reversal/decide", url_name="reversal-decide")
    def decide_reversal(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """申请人以外的审核人或负责人同意或不同意；同意即记一笔相反的分录。"""
        row = self.get_object()
        asked = visible_ledger_reversals(self.scope).filter(entry=row).order_by("-pk").first()
        if asked is None:
            raise NotYours("没有待同意的冲销申请", REVERSAL_CLAUSE)
        values = values_of(kinds.ReversalDecisionSerializer, request)
        decided = decide_reversal(
            reversal=asked, verb="agree" if values["agree"] else "refuse", note=values["note"],
            seen_version=values["version"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response(kinds.LedgerReversalSerializer(decided).data)
