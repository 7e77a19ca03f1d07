"""Endpoints of supply: ordering, and what a hospital's or an enterprise's own system reconciles with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.queries.known import Known
from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from procurement import filters
from procurement.api import order_serializers as kinds
from procurement.api import serializers
from procurement.api.cart_serializers import CartSerializer
from procurement.models import Delivery, Order, OrderLine, Payment, PurchaseHistory, Receipt, Return
from procurement.operations.cancel_order import cancel_order
from procurement.operations.order_checks import OrderRefused
from procurement.operations.order_requests import request_orders
from procurement.operations.order_row import OrderRow
from procurement.queries import reconciling
from procurement.queries.ordering import may_order, orderer
from procurement.rules.ordering import CLAUSE


class SupplyViewSet(mixins.ListModelMixin, ScopedViewSet):
    """What all endpoints here share."""

    token_subject: ClassVar[str] = "procurement"


class OrderViewSet(SupplyViewSet):
    """订单：一家医疗机构向一家配送企业发出的采购单，按发送时间从新到旧。"""

    serializer_class = serializers.OrderSerializer
    filterset_class = filters.OrderFilter
    lookup_field = "order_no"
    lookup_value_regex = r"[^/]{1,60}"
    ordering = ("-sent_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Order]:
        return reconciling.orders(scope)

    @extend_schema(
        request=kinds.NewOrderSerializer,
        responses={
            201: kinds.PlacedSerializer,
            200: kinds.PlacedSerializer,
            202: CartSerializer,
        },
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """下单：按配送企业分单，全部成功或全部不写入；同一院内单号重发返回首次的订单（200）。

        超过本机构审批金额的先在院内待审批（202，给出采购车及其状态）；审批后重发得到订单。
        """
        if not may_order(self.scope):
            raise NotYours("订单由医疗机构的经办、审核人员或负责人提交", CLAUSE)
        serializer = kinds.NewOrderSerializer(
            data=request.data, context={"known": Known(self.scope)}
        )
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        institution = orderer(self.scope, values.pop("institution"))
        if institution is None:
            raise ValidationError({"institution": ["没有这个编码的、本单位可下单的医疗机构"]})
        rows = [OrderRow(**row) for row in values.pop("lines")]
        try:
            asked = request_orders(
                institution=institution, rows=rows, by=acting(request), scope=self.scope,
                at=timezone.now(), **values,
            )  # fmt: skip
        except OrderRefused as refused:
            raise ValidationError(kinds.fault_paths(refused)) from refused
        placed = asked.placed
        if placed is None:
            waiting = CartSerializer(asked.waiting).data
            return Response(waiting, status=status.HTTP_202_ACCEPTED)
        code = status.HTTP_200_OK if placed.again else status.HTTP_201_CREATED
        return Response(kinds.PlacedSerializer(placed).data, status=code)

    @extend_schema(request=kinds.CancelSerializer, responses=serializers.OrderWithLinesSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """撤单：撤回配送企业尚未答复的行；不写行号则撤回全部未答复的行。"""
        order: Order = self.get_object()
        cancel_order(
            order=order, by=acting(request), scope=self.scope, at=timezone.now(),
            **values_of(kinds.CancelSerializer, request),
        )  # fmt: skip
        return self.retrieve(request, *args, **kwargs)

    @extend_schema(responses=serializers.OrderWithLinesSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一张订单及其中看得到的订单行。"""
        order: Order = self.get_object()
        context = {"lines": reconciling.lines_of(self.scope, order)}
        return Response(serializers.OrderWithLinesSerializer(order, context=context).data)


class OrderLineViewSet(SupplyViewSet):
    """订单行：产品、包装数、单价、响应与两个时限，按发送时间从新到旧。"""

    serializer_class = serializers.OrderLineSerializer
    filterset_class = filters.OrderLineFilter
    ordering = ("-ordered_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[OrderLine]:
        return reconciling.order_lines(scope)


class DeliveryViewSet(SupplyViewSet):
    """配送：每一次发货，按登记时间从新到旧。"""

    serializer_class = serializers.DeliverySerializer
    filterset_class = filters.DeliveryFilter
    ordering = ("-recorded_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Delivery]:
        return reconciling.deliveries(scope)


class ReceiptViewSet(SupplyViewSet):
    """收货：验收与拒收，更正以新的收货序号记录，按收货时间从新到旧。"""

    serializer_class = serializers.ReceiptSerializer
    filterset_class = filters.ReceiptFilter
    ordering = ("-received_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Receipt]:
        return reconciling.receipts(scope)


class ReturnViewSet(SupplyViewSet):
    """退货，按退货时间从新到旧。"""

    serializer_class = serializers.ReturnedSerializer
    filterset_class = filters.ReturnFilter
    ordering = ("-returned_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[Return]:
        return reconciling.returns(scope)


class PaymentViewSet(SupplyViewSet):
    """支付：医保基金或医疗机构付给企业的货款，按支付日期从新到旧。"""

    serializer_class = serializers.PaymentSerializer
    filterset_class = filters.PaymentFilter
    ordering = ("-paid_on", "-id")

    def visible(self, scope: Scope) -> QuerySet[Payment]:
        return reconciling.payments(scope)


class PurchaseHistoryViewSet(SupplyViewSet):
    """历史采购：平台启用以前各月的验收采购量和金额。"""

    serializer_class = serializers.PurchaseHistorySerializer
    filterset_class = filters.PurchaseHistoryFilter

    def visible(self, scope: Scope) -> QuerySet[PurchaseHistory]:
        return reconciling.purchase_history(scope)
