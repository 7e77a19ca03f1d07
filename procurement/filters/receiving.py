"""Filters of what waits to be received, of requests to return, and of odd codes."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.filters.supply import GoodsFilter, ReceiptFilter
from procurement.models import CodeFinding, Delivery, ProductMark, ReturnRequest


class WaitingFilter(django_filters.FilterSet):
    """Work to do is not bounded by time: what waits longest is what matters."""

    note_no = django_filters.CharFilter(label="配送单号", max_length=60)
    distributor = django_filters.CharFilter(
        label="配送企业代码", field_name="distributor__code", max_length=40
    )
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    arrived = django_filters.ChoiceFilter(
        label="是否送达", choices=(("1", "已送达"), ("0", "在途")), method="by_arrival"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()

    def by_arrival(self, rows: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return rows.filter(delivered_at__isnull=value == "0")

    def by_words(self, rows: QuerySet[Delivery], name: str, value: str) -> QuerySet[Delivery]:
        return rows.filter(Q(note_no=value.strip()) | named(value, "product__"))


class ReturnRequestFilter(GoodsFilter):
    period_field: ClassVar[str] = "asked_at"
    unbounded_by: ClassVar[tuple[str, ...]] = ("request_no", "stage")

    request_no = django_filters.CharFilter(label="申请号", max_length=24)
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=ReturnRequest.State.choices
    )
    kind = django_filters.ChoiceFilter(label="方式", choices=ReturnRequest.Kind.choices)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ReturnRequest
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(request_no=value.strip()) | named(value, "product__"))


class CodeFindingFilter(GoodsFilter):
    period_field: ClassVar[str] = "found_at"
    unbounded_by: ClassVar[tuple[str, ...]] = ("code",)

    group = batch = None  # a code knows its product
    code = django_filters.CharFilter(label="追溯码", field_name="trace_code__code", max_length=120)
    kind = django_filters.ChoiceFilter(label="发现", choices=CodeFinding.Kind.choices)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=120)

    class Meta:
        model = CodeFinding
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(trace_code__code=value.strip()) | named(value, "product__"))


class ReceiptRecordFilter(ReceiptFilter):
    """What was taken, as the page lists it: found by product as well."""

    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(named(value, "product__"))


class ProductMarkFilter(django_filters.FilterSet):
    mark = django_filters.CharFilter(label="标识", max_length=14)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ProductMark
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(Q(mark=value.strip()) | named(value, "product__"))
