"""Filters of invoices, for list and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.models import Invoice


class InvoiceFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="种类", choices=Invoice.Kind.choices)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    distributor = django_filters.CharFilter(
        label="配送企业代码", field_name="distributor__code", max_length=40
    )
    note_no = django_filters.CharFilter(label="配送单号", method="by_note", max_length=60)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = ()

    def by_note(self, rows: QuerySet[Invoice], name: str, value: str) -> QuerySet[Invoice]:
        return rows.filter(items__note_no=value.strip()).distinct()

    def by_words(self, rows: QuerySet[Invoice], name: str, value: str) -> QuerySet[Invoice]:
        number = Q(invoice_no=value.strip()) | Q(first_no=value.strip())
        return rows.filter(number | named(value, "institution__") | named(value, "distributor__"))
