"""Filters of service items, prices, consumables, candidates and eligibility; the API's too."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.utils import timezone

from catalog.filters.periods import PeriodFilter
from catalog.filters.words import WordsFilter
from catalog.models import (
    ServiceCandidate,
    ServiceConsumable,
    ServiceEligibility,
    ServiceItem,
    ServicePrice,
)
from catalog.queries.services import tied_by

BELOW = (("neighbours", "低于周边中位价"), ("national", "低于全国中位价"))


class ServiceItemFilter(django_filters.FilterSet):
    category = django_filters.ChoiceFilter(label="类别", choices=ServiceItem.Category.choices)
    below = django_filters.ChoiceFilter(label="价格情况", choices=BELOW, method="by_below")
    way = django_filters.ChoiceFilter(
        label="关联耗材", choices=ServiceConsumable.Way.choices, method="by_way"
    )
    q = WordsFilter("")

    class Meta:
        model = ServiceItem
        fields: tuple[str, ...] = ()

    def by_below(self, rows: QuerySet[ServiceItem], name: str, value: str) -> QuerySet[ServiceItem]:
        # Annotated by the page's own query.
        wanted: dict[str, Any] = {"own_price__lt": F(value)}
        return rows.filter(**wanted)

    def by_way(self, rows: QuerySet[ServiceItem], name: str, value: str) -> QuerySet[ServiceItem]:
        return rows.filter(tied_by(value, timezone.localdate()))


class _Dated(PeriodFilter):
    """Rows of a service item with two days."""

    q = WordsFilter("item__")


class ServicePriceFilter(_Dated):
    kind = django_filters.ChoiceFilter(label="种类", choices=ServicePrice.Kind.choices)
    item = django_filters.CharFilter(label="项目", field_name="item__code", max_length=20)
    area = django_filters.CharFilter(label="地区", field_name="region__code", max_length=6)

    class Meta:
        model = ServicePrice
        fields: tuple[str, ...] = ()


class ServiceConsumableFilter(_Dated):
    way = django_filters.ChoiceFilter(label="收费方式", choices=ServiceConsumable.Way.choices)
    item = django_filters.CharFilter(label="项目", field_name="item__code", max_length=20)
    q = WordsFilter("item__", "group__", "product__")

    class Meta:
        model = ServiceConsumable
        fields: tuple[str, ...] = ()


class ServiceEligibilityFilter(_Dated):
    verdict = django_filters.ChoiceFilter(label="结论", choices=ServiceEligibility.Verdict.choices)
    year = django_filters.NumberFilter(label="考核年度")
    q = WordsFilter("institution__")

    class Meta:
        model = ServiceEligibility
        fields: tuple[str, ...] = ()


class ServiceCandidateFilter(django_filters.FilterSet):
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=ServiceCandidate.State.choices
    )
    ground = django_filters.ChoiceFilter(label="情形", choices=ServiceCandidate.Ground.choices)
    accelerated = django_filters.ChoiceFilter(
        label="低于中位价", choices=(("true", "是"), ("false", "否"))
    )
    year = django_filters.NumberFilter(label="年度")
    q = WordsFilter("item__", number=("candidate_no",))

    class Meta:
        model = ServiceCandidate
        fields: tuple[str, ...] = ()
