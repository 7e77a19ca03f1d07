"""Receiving, returns and codes by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.queries.known import Known
from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from procurement.api import receiving_serializers as kinds
from procurement.filters.receiving import (
    CodeFindingFilter,
    ProductMarkFilter,
    ReturnRequestFilter,
    WaitingFilter,
)
from procurement.models import CodeEvent, CodeFinding, Delivery, ProductMark, ReturnRequest
from procurement.operations.code_receipts import tick_codes, untick_codes
from procurement.operations.code_shipments import CodeLoad, ShippedCode, bind_mark, ship_codes
from procurement.operations.receipts import TakenRow, correct_receipt, receive
from procurement.operations.return_requests import ask_return, step_request
from procurement.queries.code_rates import collection_rates, read_month
from procurement.queries.codes import (
    visible_code_findings,
    visible_product_marks,
    way_of_code,
)
from procurement.queries.receiving import (
    deliveries_named,
    receipt_dues,
    waiting_deliveries,
)
from procurement.queries.reconciling import with_numbers
from procurement.queries.return_requests import visible_return_requests
from procurement.rules.trace_code import UnreadableCode, read_code

PARTIES = ("institution", "manufacturer", "distributor", "county")


class SupplyWrites(ScopedViewSet):
    """What the endpoints of receiving share."""

    token_subject: ClassVar[str] = "procurement"

    def delivery(self, values: dict[str, Any]) -> Delivery:
        """The one delivery that the body names, in the caller's own sight, or 400."""
        return self.named([values])[0]

    def named(self, given: list[dict[str, Any]]) -> list[Delivery]:
        keys = [(each["order_no"], each["line_no"], each["delivery_no"]) for each in given]
        found = deliveries_named(self.scope, keys)
        missing = [key for key in keys if key not in found]
        if missing:
            order_no, line_no, delivery_no = missing[0]
            raise serializers.ValidationError(
                {"delivery_no": [f"没有订单 {order_no} 第 {line_no} 行的配送 {delivery_no}"]}
            )
        return [found[key] for key in keys]

    def acts(self, request: Request) -> dict[str, Any]:
        return {"by": acting(request), "scope": self.scope, "at": timezone.now()}


class ReceivingViewSet(mixins.ListModelMixin, SupplyWrites):
    """收货：已发货、还没有收的配送，及收货、核对、更正。"""

    serializer_class = kinds.WaitingSerializer
    filterset_class = WaitingFilter
    ordering = ("recorded_at", "id")

    def visible(self, scope: Scope) -> QuerySet[Delivery]:
        return with_numbers(waiting_deliveries(scope))

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        made: Any = super().get_serializer(*args, **kwargs)
        if kwargs.get("many") and args:
            made.child.context["dues"] = receipt_dues(args[0], self.scope.on)
        return made

    @extend_schema(request=kinds.ReceiveSerializer, responses=kinds.ReceivedSerializer)
    @action(detail=False, methods=["post"])
    def take(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """收货：逐次配送的验收与拒收，合计等于配送的数量；有一处不对都不写入。"""
        given = values_of(kinds.ReceiveSerializer, request)["deliveries"]
        rows = [
            TakenRow(
                delivery=sent, accepted=each["accepted_packs"], refused=each["refused_packs"],
                reason=each["refuse_reason"], words=each["words"], lot_no=each["lot_no"],
                expires_on=each["expires_on"],
            )
            for sent, each in zip(self.named(given), given, strict=True)
        ]  # fmt: skip
        done = receive(rows=rows, **self.acts(request))
        return Response({"received": len(done)})

    @extend_schema(request=kinds.ScanCodesSerializer, responses=kinds.ScanSerializer(many=True))
    @action(detail=False, methods=["post"])
    def scan(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核对追溯码：逐个回答；箱码代表箱内全部包装。"""
        values = values_of(kinds.ScanCodesSerializer, request)
        scans = tick_codes(first=self.delivery(values), typed=values["codes"], **self.acts(request))
        return Response(kinds.ScanSerializer(scans, many=True).data)

    @extend_schema(request=kinds.DeliveryKeySerializer, responses=kinds.ReceivedSerializer)
    @action(detail=False, methods=["post"])
    def untick(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """取消一张配送单上已核对的追溯码，重新核对。"""
        values = values_of(kinds.DeliveryKeySerializer, request)
        number = untick_codes(first=self.delivery(values), **self.acts(request))
        return Response({"received": number})

    @extend_schema(request=kinds.CorrectSerializer, responses=kinds.ReceivedSerializer)
    @action(detail=False, methods=["post"])
    def correct(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """更正收货：写更正后的数量，差额记为新的一行；少于已采集的码时写明退出的码，验收增加时写明增加的码。"""
        values = values_of(kinds.CorrectSerializer, request)
        made = correct_receipt(
            delivery=self.delivery(values), accepted=values["accepted_packs"],
            refused=values["refused_packs"], words=values["words"], seen=values["seen"],
            codes=values["codes"], added_codes=values["added_codes"], **self.acts(request),
        )  # fmt: skip
        return Response({"received": made.receipt_no})

    @extend_schema(request=kinds.ShipCodesSerializer, responses=kinds.ReceivedSerializer)
    @action(detail=False, methods=["post"])
    def codes(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """配送企业登记随货追溯码；有一处不对都不写入。"""
        values = values_of(kinds.ShipCodesSerializer, request)
        codes = [ShippedCode(each["code"], each["case"]) for each in values["codes"]]
        number = ship_codes(loads=[CodeLoad(self.delivery(values), codes)], **self.acts(request))
        return Response({"received": number})


class ReturnRequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, SupplyWrites):
    """退换货申请。"""

    serializer_class = kinds.ReturnRequestSerializer
    filterset_class = ReturnRequestFilter
    lookup_field = "request_no"
    lookup_value_regex = r"[A-Z0-9]{1,24}"
    ordering = ("-asked_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[ReturnRequest]:
        return visible_return_requests(scope).select_related("product", *PARTIES)

    @extend_schema(
        request=kinds.AskReturnSerializer, responses={201: kinds.ReturnRequestSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构申请退货或换货。"""
        values = values_of(kinds.AskReturnSerializer, request)
        row = ask_return(
            delivery=self.delivery(values), packs=values["packs"], kind=values["kind"],
            reason=values["reason"], words=values["words"], **self.acts(request),
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def _step(self, verb: str, request: Request) -> Response:
        values = values_of(kinds.RequestStepSerializer, request)
        codes = values.pop("codes", [])
        seen = values.pop("version", None)
        row = step_request(
            request=self.get_object(), verb=verb, inputs=values, codes=codes, seen_version=seen,
            **self.acts(request),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(request=kinds.RequestStepSerializer, responses=kinds.ReturnRequestSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """配送企业确认退货；退回的包装从验收数量中扣除。"""
        return self._step("confirm", request)

    @extend_schema(request=kinds.RequestStepSerializer, responses=kinds.ReturnRequestSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """配送企业同意换货。"""
        return self._step("agree", request)

    @extend_schema(request=kinds.RequestStepSerializer, responses=kinds.ReturnRequestSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """配送企业拒绝，写明原因。"""
        return self._step("refuse", request)

    @extend_schema(request=kinds.RequestStepSerializer, responses=kinds.ReturnRequestSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构撤回申请。"""
        return self._step("withdraw", request)

    @extend_schema(request=kinds.RequestStepSerializer, responses=kinds.ReturnRequestSerializer)
    @action(detail=True, methods=["post"])
    def replace(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """配送企业登记补发的配送单号、批号和有效期。"""
        return self._step("replace", request)

    @extend_schema(request=kinds.RequestStepSerializer, responses=kinds.ReturnRequestSerializer)
    @action(detail=True, methods=["post"])
    def exchange(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构收到补发，换妥。"""
        return self._step("exchange", request)

    @extend_schema(request=kinds.RequestStepSerializer, responses=kinds.ReturnRequestSerializer)
    @action(detail=True, methods=["post"])
    def turn(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """换货没有换成，改为退货。"""
        return self._step("turn", request)


class CodeEventViewSet(mixins.ListModelMixin, ScopedViewSet):
    """追溯码流向：一个码的发货、收货、退货，只列查看范围内的。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = kinds.CodeEventSerializer
    ordering = ("-at", "-id")

    def visible(self, scope: Scope) -> QuerySet[CodeEvent]:
        try:
            read = read_code(self.request.query_params.get("code", ""))
        except UnreadableCode as wrong:
            raise serializers.ValidationError({"code": [str(wrong)]}) from wrong
        return way_of_code(scope, read.code)

    @extend_schema(parameters=[OpenApiParameter("code", str, required=True, description="追溯码")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一个码的流向，从新到旧；码照扫到的写，读不懂的说明原因。"""
        return super().list(request, *args, **kwargs)


class CodeFindingViewSet(mixins.ListModelMixin, ScopedViewSet):
    """异常扫码：重复收货、串货。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = kinds.CodeFindingSerializer
    filterset_class = CodeFindingFilter
    ordering = ("-found_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[CodeFinding]:
        return visible_code_findings(scope).select_related(
            "trace_code", "product", "other", *PARTIES
        )


class ProductMarkViewSet(mixins.ListModelMixin, ScopedViewSet):
    """产品标识：追溯码前 7 位或 GTIN 与产品的对应。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = kinds.ProductMarkSerializer
    filterset_class = ProductMarkFilter
    ordering = "id"

    def visible(self, scope: Scope) -> QuerySet[ProductMark]:
        return visible_product_marks(scope).select_related("product")

    @extend_schema(request=kinds.NewMarkSerializer, responses={201: kinds.ProductMarkSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """生产企业登记一个产品标识。"""
        given = kinds.NewMarkSerializer(data=request.data, context={"known": Known(self.scope)})
        given.is_valid(raise_exception=True)
        row = bind_mark(
            by=acting(request), scope=self.scope, at=timezone.now(), **given.validated_data
        )
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


class CodeRateViewSet(ScopedEndpoint):
    """追溯码采集率。"""

    token_subject: ClassVar[str] = "procurement"

    @extend_schema(
        parameters=[OpenApiParameter("month", str, required=True, description="月份，YYYY-MM")],
        responses=kinds.CollectionRateSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一个月各医疗机构的采集率，低的在前。"""
        given = request.query_params.get("month", "")
        try:
            month = read_month(given)
        except ValueError as wrong:
            raise serializers.ValidationError({"month": ["请填写月份，如 2026-03"]}) from wrong
        found = collection_rates(self.scope, month)
        return Response(kinds.CollectionRateSerializer(found, many=True).data)
