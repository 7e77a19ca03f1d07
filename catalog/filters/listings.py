"""Filters of listings, prices' limits, shortage lists and 函询; shared by page, export and API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.filters.periods import PeriodFilter
from catalog.filters.words import WordsFilter
from catalog.models import Inquiry, Listing, MaximumPrice, Product, ShortageEntry
from catalog.models.group import Category
from catalog.queries.listing_page import CHECKS, checked, listing_named
from catalog.queries.search import named


class ListingFilter(django_filters.FilterSet):
    """Listed products by state, why closed, way, what their price does not fit, and words."""

    state = django_filters.ChoiceFilter(
        label="状态", field_name="listing__state", choices=Listing.State.choices
    )
    reason = django_filters.ChoiceFilter(
        label="关闭原因", field_name="listing__reason_code", choices=Listing.Reason.choices
    )
    way = django_filters.ChoiceFilter(
        label="挂网方式", field_name="listing__way", choices=Listing.Way.choices
    )
    check = django_filters.ChoiceFilter(label="价格情况", choices=CHECKS, method="by_check")
    category = django_filters.ChoiceFilter(label="类别", choices=Category.choices)
    group = django_filters.CharFilter(label="品种", field_name="group__code", max_length=40)
    manufacturer = django_filters.CharFilter(
        label="生产企业", field_name="manufacturer__code", max_length=18
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def by_check(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return checked(rows, value)

    def by_words(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return rows.filter(listing_named(value))


class DatedFilter(PeriodFilter):
    """Dated rows of a group or a product."""

    group = django_filters.CharFilter(label="品种", field_name="group__code", max_length=40)
    product = django_filters.CharFilter(label="产品", field_name="product__code", max_length=27)
    q = WordsFilter("product__", "group__")


class MaximumPriceFilter(DatedFilter):
    class Meta:
        model = MaximumPrice
        fields: tuple[str, ...] = ()


class ShortageFilter(DatedFilter):
    kind = django_filters.ChoiceFilter(label="清单", choices=ShortageEntry.Kind.choices)
    source = django_filters.ChoiceFilter(label="来源", choices=ShortageEntry.Source.choices)

    class Meta:
        model = ShortageEntry
        fields: tuple[str, ...] = ()


class InquiryFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=Inquiry.State.choices)
    subject = django_filters.ChoiceFilter(label="事由", choices=Inquiry.Subject.choices)
    late = django_filters.ChoiceFilter(
        label="期限", choices=(("true", "已超期"), ("false", "未超期")), method="by_late"
    )
    product = django_filters.CharFilter(label="产品", field_name="product__code", max_length=27)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Inquiry
        fields: tuple[str, ...] = ()

    def by_late(self, rows: QuerySet[Inquiry], name: str, value: str) -> QuerySet[Inquiry]:
        late = Q(state__in=("sent", "returned"), due_on__lt=timezone.localdate())
        return rows.filter(late if value == "true" else ~late)

    def by_words(self, rows: QuerySet[Inquiry], name: str, value: str) -> QuerySet[Inquiry]:
        typed = value.strip()
        return rows.filter(
            Q(inquiry_no__istartswith=typed)
            | named(typed, "product__")
            | named(typed, "enterprise__")
        )
