"""Stock and capacity reports by API: the same operation, sight and cover as the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import QualityViewSet, require
from catalog.api.quality_serializers import ProductCodeField
from organisations.api.base import acting
from organisations.queries.scope import Scope
from procurement.filters.stock_reports import StockReportFilter
from procurement.models import StockReport
from procurement.operations.stock_reports import StockRow, report_stock
from procurement.queries.stock_reports import may_report_stock, stock_reports, with_cover

PACKS: dict[str, Any] = {"max_digits": 17, "decimal_places": 4, "min_value": 0}


class StockReportSerializer(serializers.ModelSerializer[StockReport]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    manufacturer = serializers.CharField(source="manufacturer.code", read_only=True)
    manufacturer_name = serializers.CharField(source="manufacturer.name", read_only=True)
    demand_packs = serializers.DecimalField(
        source="demand", max_digits=20, decimal_places=4, read_only=True
    )
    cover_days = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = StockReport
        fields = (
            "id", "product", "product_name", "manufacturer", "manufacturer_name", "month",
            "stock_packs", "capacity_packs", "reserve_packs", "demand_packs", "cover_days", "note",
            "reported_at", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_cover_days(self, row: Any) -> str | None:
        return None if row.days is None else f"{row.days:.1f}"


class NewStockReportSerializer(serializers.Serializer[Any]):
    product = ProductCodeField()
    month = serializers.RegexField(r"^[0-9]{4}-(0[1-9]|1[0-2])$")
    stock = serializers.DecimalField(**PACKS)
    capacity = serializers.DecimalField(**PACKS)
    reserve = serializers.DecimalField(**PACKS, default=Decimal(0))
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class StockReportViewSet(QualityViewSet):
    """库存产能报告。生产企业按月报告，医保局看本省中选产品的可供天数。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = StockReportSerializer
    filterset_class = StockReportFilter
    lookup_field = "pk"
    lookup_value_regex = r"[0-9]{1,18}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[StockReport]:
        return stock_reports(scope)

    def paginate_queryset(self, queryset: Any) -> Any:
        page: Sequence[StockReport] | None = super().paginate_queryset(queryset)
        return None if page is None else with_cover(self.scope, page)

    def get_object(self) -> StockReport:
        return with_cover(self.scope, [super().get_object()])[0]

    @extend_schema(request=NewStockReportSerializer, responses={201: StockReportSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """报告一个产品一个月的库存、产能和储备；同月再次报告以后一次为准。"""
        require(may_report_stock(self.scope))
        values = self.values(NewStockReportSerializer, request)
        seen = values.pop("version")
        values["month"] = _first_day(values["month"])
        (row,) = report_stock(
            rows=[StockRow(seen_version=seen, **values)], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        (shown,) = with_cover(self.scope, [stock_reports(self.scope).get(pk=row.pk)])
        return self.answer(shown, status.HTTP_201_CREATED)


def _first_day(text: str) -> date:
    return date.fromisoformat(f"{text}-01")
