"""Supply as each party has it, by API: under way, demand of a product, rural coverage."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.queries.visible import visible_products
from organisations.api.base import ScopedEndpoint
from procurement.queries.code_rates import read_month
from procurement.queries.supply_demand import product_demand
from procurement.queries.supply_overview import overview
from procurement.queries.supply_sums import rural_coverage
from procurement.rules.supply_lines import RURAL

RATE: dict[str, Any] = {"max_digits": 18, "decimal_places": 6, "allow_null": True}
PACKS: dict[str, Any] = {"max_digits": 24, "decimal_places": 4}


class UnderWaySerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    code = serializers.CharField()
    lines = serializers.IntegerField()
    to_answer = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    late = serializers.IntegerField()
    to_receive = serializers.IntegerField()


class SupplyOverviewSerializer(serializers.Serializer[Any]):
    lines = serializers.IntegerField()
    to_answer = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    late = serializers.IntegerField()
    to_receive = serializers.IntegerField()
    parties = UnderWaySerializer(many=True, read_only=True)
    products = UnderWaySerializer(many=True, read_only=True)


class SupplySumSerializer(serializers.Serializer[Any]):
    """Of one group of lines."""

    institutions = serializers.IntegerField(source="sums.institutions")
    lines = serializers.IntegerField(source="sums.lines")
    packs = serializers.DecimalField(source="sums.packs", **PACKS)
    due = serializers.IntegerField(source="sums.due")
    on_time = serializers.IntegerField(source="sums.on_time")
    late = serializers.IntegerField(source="sums.late")
    never = serializers.IntegerField(source="sums.never")
    rate = serializers.DecimalField(source="sums.rate", **RATE)
    distributor = serializers.CharField(source="distributor.code", default=None, read_only=True)
    distributor_name = serializers.CharField(source="distributor.name", default=None)


class RuralCoverageSerializer(SupplySumSerializer):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name")


class InstitutionDemandSerializer(serializers.Serializer[Any]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name")
    agreed = serializers.DecimalField(**PACKS)
    packs = serializers.DecimalField(**PACKS)
    month_packs = serializers.ListField(child=serializers.DecimalField(**PACKS), source="months")
    lines = serializers.IntegerField()
    late = serializers.IntegerField()


class SupplyDemandSerializer(serializers.Serializer[Any]):
    product = serializers.CharField(source="product.code", read_only=True)
    months = serializers.ListField(child=serializers.CharField())
    institutions = InstitutionDemandSerializer(many=True, read_only=True)
    distributors = SupplySumSerializer(source="traders", many=True, read_only=True)


class SupplyOverviewEndpoint(ScopedEndpoint):
    """供应总览：在办的订单行，随写入即时更新。"""

    token_subject: ClassVar[str] = "procurement"

    @extend_schema(responses=forced_singular_serializer(SupplyOverviewSerializer))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """在办、待响应、超时、待收货的行数，按对方单位和按产品各列超时最多的 50 个。"""
        found = overview(self.scope, timezone.now())
        answer = {**found.totals, "parties": found.parties, "products": found.products}
        return Response(SupplyOverviewSerializer(answer).data)


class SupplyDemandEndpoint(ScopedEndpoint):
    """一个产品最近 12 个月的需求与供应。"""

    token_subject: ClassVar[str] = "procurement"

    @extend_schema(
        parameters=[OpenApiParameter("product", str, required=True, description="国家医保编码")],
        responses=forced_singular_serializer(SupplyDemandSerializer),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """各医疗机构每月订购、各配送企业的供应；没有这个产品为 404。"""
        code = request.query_params.get("product", "")[:40].replace("\x00", "")
        product = visible_products(self.scope).filter(code=code).first()
        if product is None:
            raise Http404
        demand = product_demand(self.scope, product, timezone.now())
        return Response(SupplyDemandSerializer(demand).data)


class SupplyCoverageEndpoint(ScopedEndpoint):
    """基层覆盖：乡镇卫生院和村级（诊所）一个月订购的产品，按产品和配送企业。"""

    token_subject: ClassVar[str] = "procurement"

    @extend_schema(
        parameters=[OpenApiParameter("month", str, required=True, description="月份，YYYY-MM")],
        responses=RuralCoverageSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """从未送达的在前。"""
        given = request.query_params.get("month", "")
        try:
            month = read_month(given)
        except ValueError as wrong:
            raise serializers.ValidationError({"month": ["请填写月份，如 2026-03"]}) from wrong
        found = rural_coverage(self.scope, month, RURAL, timezone.now())
        return Response(RuralCoverageSerializer(found, many=True).data)
