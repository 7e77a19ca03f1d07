"""Quantity accounts by API: the same sums as the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import AgreementLine
from organisations.api.base import ScopedViewSet
from organisations.queries.scope import Scope
from procurement.filters import AccountFilter
from procurement.queries.quantity_account import (
    MEASURES,
    account_entries,
    accounts,
    visible_accounts,
)
from procurement.queries.supply_overview import with_lines

QUANTITY: dict[str, Any] = {"max_digits": 32, "decimal_places": 4, "read_only": True}
NAMED = ("batch", "product__group", "institution", "county", "manufacturer")


class AccountSerializer(serializers.Serializer[Any]):
    """Base units of the group."""

    institution = serializers.CharField(source="line.institution.code", read_only=True)
    institution_name = serializers.CharField(source="line.institution.name", read_only=True)
    product = serializers.CharField(source="line.product.code", read_only=True)
    product_name = serializers.CharField(source="line.product.name", read_only=True)
    batch = serializers.CharField(source="line.batch.code", read_only=True)
    year_no = serializers.IntegerField(source="line.year_no", read_only=True)
    agreed = serializers.DecimalField(**QUANTITY)
    ordered = serializers.DecimalField(**QUANTITY)
    released = serializers.DecimalField(**QUANTITY)
    outstanding = serializers.DecimalField(**QUANTITY)
    accepted = serializers.DecimalField(**QUANTITY)
    adjusted = serializers.DecimalField(**QUANTITY)
    remaining = serializers.DecimalField(**QUANTITY)
    lines_under_way = serializers.IntegerField(source="under_way.lines", default=0, read_only=True)
    lines_unanswered = serializers.IntegerField(
        source="under_way.unanswered", default=0, read_only=True
    )
    lines_late = serializers.IntegerField(source="under_way.late", default=0, read_only=True)


class AccountEntrySerializer(serializers.Serializer[Any]):
    measure = serializers.ChoiceField(choices=list(MEASURES.items()), read_only=True)
    source: Any = serializers.CharField(read_only=True)
    number = serializers.CharField(read_only=True)
    institution_name = serializers.CharField(source="institution", read_only=True)
    at = serializers.DateTimeField(read_only=True)
    quantity = serializers.DecimalField(**QUANTITY)
    note = serializers.CharField(read_only=True)


class AccountViewSet(mixins.ListModelMixin, ScopedViewSet):
    """约定量账户：医疗机构 × 产品 × 采购年度，逐行汇总得出，不另存。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[AgreementLine]:
        return visible_accounts(scope, timezone.now()).select_related(*NAMED)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            # The schema is made without a request, so without a scope; only the model matters.
            return QuerySet(AgreementLine).none()
        return super().get_queryset()

    def paginate_queryset(self, queryset: Any) -> Any:
        page: Sequence[AgreementLine] | None = super().paginate_queryset(queryset)
        if page is None:
            return None
        now = timezone.now()
        return with_lines(self.scope, accounts(self.scope, page, now), now)

    @extend_schema(
        parameters=[
            OpenApiParameter("institution", str, required=True, description="医疗机构代码"),
            OpenApiParameter("product", str, required=True, description="产品代码"),
            OpenApiParameter("batch", str, required=True, description="批次代码"),
            OpenApiParameter("year_no", int, required=True, description="采购年度序号"),
        ],
        responses=AccountEntrySerializer(many=True),
    )
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def lines(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """构成一个账户的各行；没有这个账户时为空。"""
        given = AccountKeySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        line = self.get_queryset().filter(
            institution__code=values["institution"], product__code=values["product"],
            batch__code=values["batch"], year_no=values["year_no"],
        ).first()  # fmt: skip
        entries = account_entries(self.scope, line, timezone.now()) if line else []
        return Response(AccountEntrySerializer(entries, many=True).data)


class AccountKeySerializer(serializers.Serializer[Any]):
    institution = serializers.CharField(max_length=40)
    product = serializers.CharField(max_length=40)
    batch = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
