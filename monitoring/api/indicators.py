"""Indicators, figures, their lines and computed months under /api/v1/."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import MissingInput
from monitoring.api.indicator_serializers import (
    ComputedMonthSerializer,
    FigureLinesSerializer,
    IndicatorSerializer,
    IndicatorValueSerializer,
)
from monitoring.filters import IndicatorValueFilter
from monitoring.indicators.registry import BY_CODE, INDICATORS
from monitoring.models import ComputedMonth, IndicatorValue
from monitoring.queries.figure_address import figures_at, read_month
from monitoring.queries.figure_distributors import named_distributor
from monitoring.queries.figure_page import lines_page, named
from monitoring.queries.filter_options import figure_month_options
from monitoring.queries.indicator_words import definition
from monitoring.queries.live import live_of, visible_figures
from monitoring.queries.visible import visible_computed_months, visible_indicator_values
from organisations.api.base import ScopedEndpoint, ScopedViewSet
from organisations.api.paging import CursorPage
from organisations.queries.scope import Scope

PATH_KEYS = ("month", "indicator", "window", "subject_type", "subject_code")
MORE_KEYS = ("batch", "year", "group", "product", "category", "province", "side", "after")


class IndicatorEndpoint(ScopedEndpoint):
    """监测指标的口径。"""

    token_subject = "monitoring"
    lookup_field = "code"
    lookup_value_regex = r"[a-z_]{1,40}"

    @extend_schema(responses=IndicatorSerializer(many=True))
    def list(self, request: Request) -> Response:
        found = [definition(indicator) for indicator in INDICATORS]
        return Response(IndicatorSerializer(found, many=True).data)

    @extend_schema(responses=IndicatorSerializer)
    def retrieve(self, request: Request, code: str = "") -> Response:
        if code not in BY_CODE:
            raise Http404
        return Response(IndicatorSerializer(definition(BY_CODE[code])).data)


class IndicatorValueViewSet(mixins.ListModelMixin, ScopedViewSet):
    """一个月的指标值，字段同月度导出；不给月份时为本月（实时），没有实时数据时为最近已计算的月份。

    本月的值截至 cut 时刻，随订单、收货等写入在数秒内更新；已结束月份的 cut 为空，值在月度计算后不变。
    """

    serializer_class = IndicatorValueSerializer
    filterset_class = IndicatorValueFilter
    token_subject = "monitoring"

    def visible(self, scope: Scope) -> QuerySet[IndicatorValue]:
        given = self.request.query_params
        options = figure_month_options(scope)
        month = given.get("month") or (options[0]["value"] if options else "")
        if not month:
            return visible_indicator_values(scope).none()
        rows = visible_figures(scope, read_month(month))
        return rows.filter(indicator=given["indicator"]) if given.get("indicator") else rows

    def get_serializer_context(self) -> dict[str, Any]:
        live = live_of(self.scope) if hasattr(self, "scope") else None
        return {**super().get_serializer_context(), "live": live}

    @extend_schema(parameters=[OpenApiParameter("month", str), OpenApiParameter("indicator", str)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(
        parameters=[
            *(OpenApiParameter(name, str, required=True) for name in PATH_KEYS),
            *(OpenApiParameter(name, str) for name in MORE_KEYS),
            OpenApiParameter(
                "distributor", str, description="产品的响应、及时、供应指标：只要这家配送企业的明细"
            ),
        ],
        responses=FigureLinesSerializer,
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def lines(self, request: Request) -> Response:
        """一个指标值的明细：分子、分母、剔除及原因，合计与指标值一致。"""
        given = request.query_params
        keys = {name: given.get(name, "") for name in PATH_KEYS}
        for name, value in keys.items():
            if not value:
                raise MissingInput(name, f"请给出 {name}：明细属于唯一的一个指标值")
        row = figures_at(self.scope, query=given, **keys).first()
        if row is None or row.indicator not in BY_CODE:
            raise Http404
        _, unit = named(self.scope, row)
        page = lines_page(
            self.scope, row, unit, side=given.get("side") or "all", after=given.get("after", ""),
            distributor=named_distributor(self.scope, row, given.get("distributor", "")),
        )  # fmt: skip
        return Response(
            FigureLinesSerializer(
                {
                    "figure": row,
                    "counted": page.counted,
                    "excluded": page.excluded,
                    "exact": page.exact,
                    "next": page.next,
                    "lines": page.rows,
                },
                context=self.get_serializer_context(),
            ).data
        )


class NewestMonthFirst(CursorPage):
    ordering = ("-month", "-pk")


class ComputedMonthViewSet(mixins.ListModelMixin, ScopedViewSet):
    """已计算的月份，新的在前。"""

    serializer_class = ComputedMonthSerializer
    pagination_class = NewestMonthFirst
    token_subject: ClassVar[str] = "monitoring"

    def visible(self, scope: Scope) -> QuerySet[ComputedMonth]:
        return visible_computed_months(scope).select_related("province")
