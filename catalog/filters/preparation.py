"""Filters of 落地准备: what is missing, whose."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from catalog.filters.words import WordsFilter
from catalog.models import Product
from catalog.queries.preparation import missing_products
from catalog.queries.visible import visible_batches
from catalog.rules.preparation import ITEMS
from organisations.views.request_scope import request_scope

MISSING = (("any", "任何一项"), *((item.code, item.label) for item in ITEMS))


class PreparationFilter(django_filters.FilterSet):
    missing = django_filters.ChoiceFilter(label="未完成", choices=MISSING, method="by_missing")
    q = WordsFilter("", "manufacturer__")

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def by_missing(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        scope = request_scope(self.request)
        code = self.request.resolver_match.kwargs.get("code", "")
        batch = visible_batches(scope).filter(code=code).first()
        return rows.filter(pk__in=missing_products(scope, batch, value)) if batch else rows.none()
