"""Filters of organisations that the directory and the API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from organisations.models import Organisation
from organisations.queries.directory import organisation_matching

SUPPLIES = (("manufacturer", "生产企业"), ("distributor", "配送企业"))


class OrganisationFilter(django_filters.FilterSet):
    """Organisations by kind, region with all below it, pool, level, what they supply, and words."""

    kind = django_filters.ChoiceFilter(
        label="类别",
        choices=[choice for choice in Organisation.Kind.choices if choice[0] != "platform"],
    )
    region = django_filters.CharFilter(label="所在地", method="by_region", max_length=6)
    pool = django_filters.CharFilter(label="统筹区", field_name="pool__code", max_length=20)
    level = django_filters.ChoiceFilter(label="等级", choices=Organisation.Level.choices)
    supplies = django_filters.ChoiceFilter(label="企业", choices=SUPPLIES, method="by_supply")
    is_manufacturer = django_filters.BooleanFilter(label="生产企业")
    is_distributor = django_filters.BooleanFilter(label="配送企业")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()

    def by_region(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(
            Q(region__code=value)
            | Q(region__parent__code=value)
            | Q(region__parent__parent__code=value)
        )

    def by_supply(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(**{f"is_{value}": True})

    def by_words(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(organisation_matching(value.strip()))
