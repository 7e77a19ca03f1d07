"""Endpoints of supply, to read: what a hospital's or an enterprise's own system reconciles with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.base import ScopedViewSet
from organisations.queries.scope import Scope
from procurement import filters
from procurement.api import serializers
from procurement.models import Delivery, Order, OrderLine, Payment, PurchaseHistory, Receipt, Return
from procurement.queries import reconciling


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
