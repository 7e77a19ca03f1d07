"""Filters of ledger accounts; the day is taken by the list itself."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from settlement.models import LedgerAccount
from settlement.states.ledger import Purpose


class AccountFilter(django_filters.FilterSet):
    purpose = django_filters.ChoiceFilter(label="用途", choices=Purpose.choices)
    pool = django_filters.CharFilter(label="统筹区代码", field_name="pool__code", max_length=40)
    until = django_filters.DateFilter(label="截至（业务日期）", method="any_day")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = LedgerAccount
        fields: tuple[str, ...] = ()

    def any_day(
        self, rows: QuerySet[LedgerAccount], name: str, value: object
    ) -> QuerySet[LedgerAccount]:
        return rows

    def by_words(
        self, rows: QuerySet[LedgerAccount], name: str, value: str
    ) -> QuerySet[LedgerAccount]:
        return rows.filter(Q(named(value, "institution__")) | named(value, "enterprise__"))
