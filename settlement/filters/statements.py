"""Filters of statements, bank orders and deductions."""

from __future__ import annotations

from datetime import date

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from settlement.models import BankOrder, Deduction, Statement


class StatementFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=Statement.State.choices
    )
    month = django_filters.DateFilter(label="结算月份（该月 1 日）", field_name="month")
    due = django_filters.DateFilter(label="付款期限在（该月 1 日）的月份", method="by_due")
    mode = django_filters.ChoiceFilter(label="付款方式", choices=Statement.Mode.choices)
    pool = django_filters.CharFilter(label="统筹区代码", field_name="pool__code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Statement
        fields: tuple[str, ...] = ()

    def by_due(self, rows: QuerySet[Statement], name: str, value: date) -> QuerySet[Statement]:
        return rows.filter(due_on__year=value.year, due_on__month=value.month)

    def by_words(self, rows: QuerySet[Statement], name: str, value: str) -> QuerySet[Statement]:
        return rows.filter(Q(statement_no=value.strip()) | named(value, "payee__"))


class BankOrderFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=BankOrder.State.choices
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = BankOrder
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[BankOrder], name: str, value: str) -> QuerySet[BankOrder]:
        typed = value.strip()
        return rows.filter(
            Q(order_no=typed) | Q(bank_ref=typed) | named(value, "statement__payee__")
        )


class DeductionFilter(django_filters.FilterSet):
    month = django_filters.DateFilter(label="月份（该月 1 日）", field_name="month")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Deduction
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Deduction], name: str, value: str) -> QuerySet[Deduction]:
        return rows.filter(named(value, "institution__"))
