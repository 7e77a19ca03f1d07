"""Carts, templates, receiving places and the amount for approval by API: the pages' operations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.queries.known import Known
from core.transitions import Verdict
from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from procurement.api import cart_serializers as kinds
from procurement.api.order_serializers import PlacedSerializer, fault_paths
from procurement.filters.carts import CartFilter, OrderTemplateFilter
from procurement.models import Cart, OrderTemplate, ReceivingPlace
from procurement.operations.carts import (
    CartChange,
    approval_over,
    change_cart,
    open_cart,
    send_cart,
    step_cart,
    submit_cart,
)
from procurement.operations.order_checks import OrderRefused
from procurement.operations.ordering_settings import (
    change_template,
    may_keep_places,
    save_place,
    save_template,
    set_approval,
)
from procurement.operations.place_orders import Placed
from procurement.queries.ordering import (
    may_order,
    orderer,
    visible_carts,
    visible_order_templates,
    visible_receiving_places,
)
from procurement.rules.ordering import CLAUSE


class OwnOrdering(ScopedViewSet):
    """Institutions alone have these; others get 404, colleagues without the right 403."""

    token_subject: ClassVar[str] = "procurement"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def acting_now(self) -> dict[str, Any]:
        return {"by": acting(self.request), "scope": self.scope, "at": timezone.now()}


class CartViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OwnOrdering):
    """采购车：填写中、院内待审批和退回的；院内系统提交的超额订单也在这里审批。"""

    serializer_class = kinds.CartSerializer
    filterset_class = CartFilter
    lookup_field = "cart_no"
    lookup_value_regex = r"[A-Z0-9]{1,20}"
    ordering = "-id"

    def entry(self, scope: Scope) -> Verdict:
        words = "采购车由本机构的经办、审核人员或负责人填写"
        return Verdict(True) if may_order(scope) else Verdict(False, words, CLAUSE)

    def visible(self, scope: Scope) -> QuerySet[Cart]:
        return (
            visible_carts(scope)
            .select_related("institution", "place")
            .prefetch_related("lines__institution", "lines__product")
        )

    @extend_schema(request=None, responses=kinds.CartSerializer)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """取得本机构正在填写的采购车；没有时新建。"""
        return self._shown(open_cart(**self.acting_now()))

    @extend_schema(request=kinds.CartChangeSerializer, responses=kinds.CartSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """放入、修改或取出产品，改收货地点和是否加急；没有写的保持不变。"""
        cart: Cart = self.get_object()
        serializer = kinds.CartChangeSerializer(
            data=request.data, context={"known": Known(self.scope)}
        )
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        changes = []
        for place_no, each in enumerate(values["lines"]):
            buyer = orderer(self.scope, each["institution"])
            if buyer is None:
                words = "没有这个编码的、本单位可下单的医疗机构"
                raise ValidationError({"lines": {str(place_no): {"institution": [words]}}})
            changes.append(CartChange(buyer, each["product"], each["packs"], each["reason"]))
        place = None
        if values["place"]:
            own = visible_receiving_places(self.scope).filter(institution=cart.institution_id)
            place = own.filter(name=values["place"], is_open=True).first()
            if place is None:
                raise ValidationError({"place": ["没有这个名称的、使用中的收货地点"]})
        changed = change_cart(
            cart=cart, changes=changes, urgent=values["urgent"], place=place,
            seen_version=values["version"], **self.acting_now(),
        )  # fmt: skip
        return self._shown(changed)

    @extend_schema(request=kinds.CartStepSerializer, responses=PlacedSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """发送为订单；超过本机构审批金额的须先提交院内审批。"""
        return self._send(request)

    @extend_schema(request=kinds.CartStepSerializer, responses=PlacedSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """审核人员或负责人审批通过，并发送为订单。"""
        return self._send(request)

    @extend_schema(request=kinds.CartStepSerializer, responses=kinds.CartSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提交院内审批。"""
        cart: Cart = self.get_object()
        values = values_of(kinds.CartStepSerializer, request)
        try:
            moved = submit_cart(
                cart=cart, seen_version=values["version"], confirmed=values["confirmed"],
                **self.acting_now(),
            )  # fmt: skip
        except OrderRefused as refused:
            raise ValidationError(fault_paths(refused)) from refused
        return self._shown(moved)

    @extend_schema(request=kinds.CartReturnSerializer, responses=kinds.CartSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """审批人退回修改，写明原因。"""
        values = values_of(kinds.CartReturnSerializer, request)
        return self._step("return", values)

    @extend_schema(request=kinds.CartStepSerializer, responses=kinds.CartSerializer)
    @action(detail=True, methods=["post"], url_path="take-back", url_name="take-back")
    def take_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """在审批以前取回修改。"""
        return self._step("take_back", values_of(kinds.CartStepSerializer, request))

    @extend_schema(request=kinds.CartStepSerializer, responses=kinds.CartSerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """作废。"""
        return self._step("drop", values_of(kinds.CartStepSerializer, request))

    @extend_schema(
        request=kinds.CartTemplateSerializer, responses={201: kinds.OrderTemplateSerializer}
    )
    @action(detail=True, methods=["post"])
    def template(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """把采购车的内容存为采购模板；同名的替换。"""
        cart: Cart = self.get_object()
        values = values_of(kinds.CartTemplateSerializer, request)
        row = save_template(cart=cart, name=values["name"], **self.acting_now())
        return Response(kinds.OrderTemplateSerializer(row).data, status=status.HTTP_201_CREATED)

    def _send(self, request: Request) -> Response:
        cart: Cart = self.get_object()
        values = values_of(kinds.CartStepSerializer, request)
        try:
            sent = send_cart(
                cart=cart, seen_version=values["version"], confirmed=values["confirmed"],
                **self.acting_now(),
            )  # fmt: skip
        except OrderRefused as refused:
            raise ValidationError(fault_paths(refused)) from refused
        orders = [order for placed in sent.placed for order in placed.orders]
        notes = [note for placed in sent.placed for note in placed.notes]
        return Response(PlacedSerializer(Placed(orders, notes=notes)).data)

    def _step(self, verb: str, values: dict[str, Any]) -> Response:
        cart: Cart = self.get_object()
        moved = step_cart(
            cart=cart, verb=verb, seen_version=values["version"],
            return_reason=values.get("return_reason", ""), **self.acting_now(),
        )  # fmt: skip
        return self._shown(moved)

    def _shown(self, cart: Cart) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=cart.pk)).data)


class OrderTemplateViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OwnOrdering):
    """采购模板：产品和数量，不含价格。"""

    serializer_class = kinds.OrderTemplateSerializer
    filterset_class = OrderTemplateFilter
    lookup_field = "template_no"
    lookup_value_regex = r"[A-Z0-9]{1,24}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[OrderTemplate]:
        return visible_order_templates(scope).select_related("institution")

    @extend_schema(request=kinds.TemplateChangeSerializer, responses=kinds.OrderTemplateSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """改名，或停用、恢复使用。"""
        template: OrderTemplate = self.get_object()
        values = values_of(kinds.TemplateChangeSerializer, request)
        seen = values.pop("version")
        row = change_template(template=template, seen_version=seen, **values, **self.acting_now())
        return Response(self.get_serializer(row).data)


class ReceivingPlaceViewSet(mixins.ListModelMixin, OwnOrdering):
    """收货地点：本机构的；牵头机构也看到成员的。"""

    serializer_class = kinds.ReceivingPlaceSerializer
    personal = ("contact", "phone")
    filterset_class = None
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[ReceivingPlace]:
        return visible_receiving_places(scope).select_related("institution")

    @extend_schema(request=kinds.PlaceSerializer, responses=kinds.ReceivingPlaceSerializer)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记收货地点；已有这个名称的，带上读到的 version 修改。"""
        if not may_keep_places(self.scope):
            self.permission_denied(request, "收货地点由本机构的经办、库管、审核人员或管理员维护")
        values = values_of(kinds.PlaceSerializer, request)
        seen = values.pop("version")
        own = self.get_queryset().filter(institution=self.scope.organisation_id)
        held = own.filter(name=values["name"]).first() if seen is not None else None
        if seen is not None and held is None:
            raise ValidationError({"name": ["没有这个名称的收货地点；登记新的，请不要写 version"]})
        row = save_place(place=held, values=values, seen_version=seen, **self.acting_now())
        code = status.HTTP_200_OK if held else status.HTTP_201_CREATED
        return Response(self.get_serializer(row).data, status=code)


class OrderingSettingEndpoint(ScopedEndpoint):
    """下单设置：超过多少元须院内审批。"""

    token_subject: ClassVar[str] = "procurement"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    @extend_schema(responses=forced_singular_serializer(kinds.OrderingSettingSerializer))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """本机构现在的设置。"""
        over = approval_over(self.scope.organisation_id)
        return Response(kinds.OrderingSettingSerializer({"approval_over": over}).data)

    @extend_schema(
        request=kinds.OrderingSettingSerializer, responses=kinds.OrderingSettingSerializer
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """本机构管理员修改；null 为不需要审批。"""
        values = values_of(kinds.OrderingSettingSerializer, request)
        set_approval(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.list(request)
