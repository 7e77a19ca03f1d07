"""Filters of editions; page, export and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.models import CatalogueEdition


class EditionFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label="名单", choices=CatalogueEdition.Kind.choices)
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=CatalogueEdition.State.choices
    )
    since = django_filters.DateFilter(
        label="生效自", field_name="effective_from", lookup_expr="gte"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = CatalogueEdition
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[CatalogueEdition], name: str, value: str
    ) -> QuerySet[CatalogueEdition]:
        typed = value.strip()
        words = Q(title__icontains=typed) | Q(basis__icontains=typed)
        return rows.filter(words | Q(edition_no__istartswith=typed))
