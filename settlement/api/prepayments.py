"""Prepayments by API: the same operations and sight as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import require
from core.transitions import MissingInput
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from procurement.rules.case_steps import whose_step
from settlement.api.statement_serializers import StatementVersionSerializer, yuan
from settlement.filters import PrepaymentFilter
from settlement.models import Prepayment
from settlement.operations.prepayments.ask import ask_prepayments
from settlement.operations.prepayments.decide import approve_prepayment, refuse_prepayment
from settlement.operations.prepayments.pay import pay_prepayment, return_prepayment
from settlement.queries.prepayments import (
    left_of,
    may_ask,
    prepayment_standings,
    visible_prepayments,
)
from settlement.queries.retention import year_named
from settlement.queries.statements import own_pool
from settlement.states.prepayment import PREPAYMENT_MACHINE
from settlement.views.prepayments import has_prepayments

KEY = r"[A-Za-z0-9-]{1,40}"
Write = Callable[[Prepayment, dict[str, Any]], object]


class PrepaymentSerializer(serializers.ModelSerializer[Prepayment]):
    pool = serializers.CharField(source="pool.code", read_only=True)
    batch = serializers.CharField(source="batch.code", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)
    enterprise = serializers.CharField(source="enterprise.code", read_only=True, allow_null=True)
    left = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Prepayment
        fields = (
            "prepayment_no", "kind", "pool", "batch", "year_no", "institution", "enterprise",
            "month", "base", "ratio", "clause", "amount", "left", "needs_two", "asked_at",
            "paid_on", "note", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_left(self, row: Prepayment) -> str | None:
        """Of one alone: in lists it would be a sum per row."""
        if self.parent is not None or row.paid_on is None:
            return None
        return f"{left_of(row):.2f}"


class PrepaymentAskSerializer(serializers.Serializer[Any]):
    batch = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
    month = serializers.DateField(required=False, allow_null=True, default=None)


class PrepaymentRefuseSerializer(StatementVersionSerializer):
    note = serializers.CharField(max_length=500)


class PrepaymentPaySerializer(StatementVersionSerializer):
    paid_on = serializers.DateField()


class PrepaymentReturnSerializer(serializers.Serializer[Any]):
    amount = yuan(min_value=0)
    returned_on = serializers.DateField()
    reference = serializers.CharField(max_length=60)


class PrepaymentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """预付金。统筹区医保局申请，另一人批准，经办机构拨付，逐月冲抵，年度结束清算。"""

    token_subject: ClassVar[str] = "settlement"
    serializer_class = PrepaymentSerializer
    filterset_class = PrepaymentFilter
    lookup_field = "prepayment_no"
    lookup_value_regex = KEY
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return has_prepayments(scope)

    def visible(self, scope: Scope) -> QuerySet[Prepayment]:
        return visible_prepayments(scope).select_related(
            "pool", "batch", "institution", "enterprise"
        )

    @extend_schema(
        request=PrepaymentAskSerializer, responses={201: PrepaymentSerializer(many=True)}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """申请一个采购年度的预付金，或一个月的供货企业预付；给出新申请的。"""
        require(may_ask(self.scope))
        values = values_of(PrepaymentAskSerializer, request)
        year = year_named(self.scope, values["batch"], values["year_no"])
        pool = own_pool(self.scope)
        if year is None or pool is None:
            raise MissingInput("batch", "没有这个批次的这个采购年度，或本局所在地区没有统筹区")
        month = values["month"]
        made = ask_prepayments(
            year=year, pool=pool, month=month.replace(day=1) if month else None,
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        rows = self.get_queryset().filter(pk__in=[row.pk for row in made]).order_by("pk")
        return Response(self.get_serializer(rows, many=True).data, status.HTTP_201_CREATED)

    @extend_schema(request=StatementVersionSerializer, responses=PrepaymentSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """申请人以外的另一人批准；超过双人复核金额的须再有一人。"""

        def write(row: Prepayment, values: dict[str, Any]) -> None:
            approve_prepayment(prepayment=row, **self._acting(request, values))

        return self._step("approve", request, StatementVersionSerializer, write)

    @extend_schema(request=PrepaymentRefuseSerializer, responses=PrepaymentSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """不予批准。"""

        def write(row: Prepayment, values: dict[str, Any]) -> None:
            refuse_prepayment(prepayment=row, note=values["note"], **self._acting(request, values))

        return self._step("refuse", request, PrepaymentRefuseSerializer, write)

    @extend_schema(request=PrepaymentPaySerializer, responses=PrepaymentSerializer)
    @action(detail=True, methods=["post"])
    def pay(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """经办机构拨付并记账。"""

        def write(row: Prepayment, values: dict[str, Any]) -> None:
            pay_prepayment(
                prepayment=row, paid_on=values["paid_on"], **self._acting(request, values)
            )

        return self._step("pay", request, PrepaymentPaySerializer, write)

    @extend_schema(request=PrepaymentReturnSerializer, responses=PrepaymentSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def give_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """年度结束后登记收回的余额；同一凭证可以重复提交。"""

        def write(row: Prepayment, values: dict[str, Any]) -> None:
            return_prepayment(
                prepayment=row, **values, by=acting(request), scope=self.scope, at=timezone.now()
            )

        return self._step("pay", request, PrepaymentReturnSerializer, write)

    def _acting(self, request: Request, values: dict[str, Any]) -> dict[str, Any]:
        return {"by": acting(request), "scope": self.scope, "at": timezone.now(),
                "seen_version": values["version"]}  # fmt: skip

    def _step(self, verb: str, request: Request, kind: Any, write: Write) -> Response:
        row: Prepayment = self.get_object()
        require(whose_step(PREPAYMENT_MACHINE, verb, row, prepayment_standings(self.scope, row)))
        write(row, values_of(kind, request))
        return Response(self.get_serializer(self.get_object()).data)
