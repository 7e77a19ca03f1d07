"""采购计划 by API: the own system makes, fills and submits it, and takes its orders."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality_serializers import ProductCodeField
from catalog.queries.known import Known
from core.api.numbers import PlainDecimalField
from core.transitions import Verdict
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from procurement.api.cart_serializers import CartReturnSerializer, CartStepSerializer
from procurement.api.order_serializers import PlacedSerializer, fault_paths
from procurement.filters.plans import PlanFilter
from procurement.models import PlanLine, ProcurementPlan
from procurement.operations.order_checks import OrderRefused
from procurement.operations.plans import PlanChange, change_plan, make_plan, order_plan, step_plan
from procurement.queries.planning import may_plan, plans_exist, visible_plans
from procurement.rules.ordering import MOST_LINES
from procurement.rules.planning import LONGEST_COVER, SHORTEST_COVER


class PlanLineSerializer(serializers.ModelSerializer[PlanLine]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    reason = serializers.CharField(source="clinical_reason", read_only=True)

    class Meta:
        model = PlanLine
        fields = (
            "product", "product_name", "daily_packs", "last_year_packs", "under_way_packs",
            "delivery_days", "stock_packs", "suggested_packs", "packs", "reason",
        )  # fmt: skip
        read_only_fields = fields


class PlanSerializer(serializers.ModelSerializer[ProcurementPlan]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)
    lines = PlanLineSerializer(many=True, read_only=True)

    class Meta:
        model = ProcurementPlan
        fields = (
            "plan_no", "institution", "planned_on", "cover_days", "urgent", "note", "amount",
            "return_reason", "made_at", "state", "state_at", "version", "lines",
        )  # fmt: skip
        read_only_fields = fields


class NewPlanSerializer(serializers.Serializer[Any]):
    cover_days = serializers.IntegerField(min_value=SHORTEST_COVER, max_value=LONGEST_COVER)
    urgent = serializers.BooleanField(required=False, default=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class PlanChangeLineSerializer(serializers.Serializer[Any]):
    """What is left out stays as it is; a product that is not in the plan is added."""

    product = ProductCodeField()
    packs = PlainDecimalField(
        max_digits=18, decimal_places=4, min_value=0, required=False, allow_null=True, default=None
    )
    stock = PlainDecimalField(
        max_digits=18, decimal_places=4, min_value=0, required=False, allow_null=True, default=None
    )
    reason = serializers.CharField(
        max_length=500, required=False, allow_blank=True, allow_null=True, default=None
    )


class PlanChangeSerializer(serializers.Serializer[Any]):
    lines = serializers.ListField(
        child=PlanChangeLineSerializer(), min_length=1, max_length=MOST_LINES
    )
    version = serializers.IntegerField(min_value=1)


class PlanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """采购计划：按本机构的用量、已订未收、库存和配送天数测算；院内审批后下单。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    lookup_field = "plan_no"
    lookup_value_regex = r"[A-Z0-9]{1,20}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return plans_exist(scope)

    def entry(self, scope: Scope) -> Verdict:
        return may_plan(scope)

    def visible(self, scope: Scope) -> QuerySet[ProcurementPlan]:
        return visible_plans(scope).select_related("institution").prefetch_related("lines__product")

    @extend_schema(request=NewPlanSerializer, responses={201: PlanSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """按今天的数据测算一份计划。"""
        plan = make_plan(**values_of(NewPlanSerializer, request), **self._acting())
        return self._shown(plan, status.HTTP_201_CREATED)

    @extend_schema(request=PlanChangeSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """写入库存、计划数量或临床理由；库存改了重新给出建议量。"""
        plan: ProcurementPlan = self.get_object()
        serializer = PlanChangeSerializer(data=request.data, context={"known": Known(self.scope)})
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        changes = [PlanChange(**line) for line in values["lines"]]
        row = change_plan(
            plan=plan, changes=changes, seen_version=values["version"], **self._acting()
        )
        return self._shown(row)

    @extend_schema(request=CartStepSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提交院内审批；不能采购的逐行说明。"""
        return self._step("submit", values_of(CartStepSerializer, request))

    @extend_schema(request=CartStepSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """审核人员或负责人审批通过。"""
        return self._step("approve", values_of(CartStepSerializer, request))

    @extend_schema(request=CartReturnSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """审批人退回修改，写明原因。"""
        return self._step("return", values_of(CartReturnSerializer, request))

    @extend_schema(request=CartStepSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"], url_path="take-back", url_name="take-back")
    def take_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """在审批以前取回修改。"""
        return self._step("take_back", values_of(CartStepSerializer, request))

    @extend_schema(request=CartStepSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """作废。"""
        return self._step("drop", values_of(CartStepSerializer, request))

    @extend_schema(request=CartStepSerializer, responses=PlacedSerializer)
    @action(detail=True, methods=["post"])
    def order(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """按已审批的计划下单；再次调用返回同样的订单。"""
        plan: ProcurementPlan = self.get_object()
        values = values_of(CartStepSerializer, request)
        try:
            placed = order_plan(plan=plan, seen_version=values["version"], **self._acting())
        except OrderRefused as refused:
            raise ValidationError(fault_paths(refused)) from refused
        return Response(PlacedSerializer(placed).data)

    def _step(self, verb: str, values: dict[str, Any]) -> Response:
        plan: ProcurementPlan = self.get_object()
        try:
            row = step_plan(
                plan=plan, verb=verb, seen_version=values["version"],
                return_reason=values.get("return_reason", ""),
                confirmed=values.get("confirmed", False), **self._acting(),
            )  # fmt: skip
        except OrderRefused as refused:
            raise ValidationError(fault_paths(refused)) from refused
        return self._shown(row)

    def _acting(self) -> dict[str, Any]:
        return {"by": acting(self.request), "scope": self.scope, "at": timezone.now()}

    def _shown(self, plan: ProcurementPlan, code: int = status.HTTP_200_OK) -> Response:
        row = self.get_queryset().get(pk=plan.pk)
        return Response(self.get_serializer(row).data, status=code)
