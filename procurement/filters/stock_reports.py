"""Filters of stock reports and of products that lack one, for list and API."""

from __future__ import annotations

from datetime import date

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import CharField

from catalog.models import Product
from catalog.queries.search import named
from procurement.models import StockReport


class MonthField(CharField):
    """`2026-03`, as the first day of the month."""

    def clean(self, value: str) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return date.fromisoformat(f"{text}-01")
        except ValueError:
            raise ValidationError("月份写成 2026-03 这样") from None


class MonthFilter(django_filters.Filter):
    field_class = MonthField


class StockReportFilter(django_filters.FilterSet):
    month = MonthFilter(label="月份", field_name="month", max_length=7)
    manufacturer = django_filters.CharFilter(
        label="生产企业代码", field_name="manufacturer__code", max_length=40
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = StockReport
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[StockReport], name: str, value: str) -> QuerySet[StockReport]:
        return rows.filter(named(value, "product__") | named(value, "manufacturer__"))


class NotReportedFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return rows.filter(named(value) | named(value, "manufacturer__"))
