"""Filters of hospitals' own lists, for pages, exports and the API."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.models import HospitalItem, ItemMapping
from catalog.queries.hospital_items import doubted_by, mapped_to
from catalog.states.hospital_item import Doubt, ItemStanding
from organisations.models import Organisation

LEAST_INITIALS = 2


class HospitalItemFilter(django_filters.FilterSet):
    """By standing, kind of doubt, institution, product and words."""

    standing = django_filters.ChoiceFilter(label="对照情况", choices=ItemStanding.choices)
    doubt = django_filters.ChoiceFilter(label="存疑原因", choices=Doubt.choices, method="by_doubt")
    institution = django_filters.CharFilter(
        label="医疗机构", field_name="institution__code", max_length=18
    )
    product = django_filters.CharFilter(label="国家医保编码", method="by_product", max_length=27)
    his_code = django_filters.CharFilter(label="院内编码", field_name="his_code", max_length=64)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = HospitalItem
        fields: tuple[str, ...] = ()

    def by_doubt(
        self, rows: QuerySet[HospitalItem], name: str, value: str
    ) -> QuerySet[HospitalItem]:
        return rows.filter(doubted_by(value))

    def by_product(
        self, rows: QuerySet[HospitalItem], name: str, value: str
    ) -> QuerySet[HospitalItem]:
        return rows.filter(mapped_to(value.strip().upper()))

    def by_words(
        self, rows: QuerySet[HospitalItem], name: str, value: str
    ) -> QuerySet[HospitalItem]:
        typed = value.strip()
        found = Q(name__icontains=typed) | Q(his_code__istartswith=typed)
        if typed.isascii() and len(typed) >= LEAST_INITIALS:
            found |= Q(initials__contains=typed.lower())
        return rows.filter(found)


class ItemMappingFilter(django_filters.FilterSet):
    """Mappings of one institution or item, and those in force on a day."""

    institution = django_filters.CharFilter(
        label="医疗机构", field_name="item__institution__code", max_length=18
    )
    his_code = django_filters.CharFilter(
        label="院内编码", field_name="item__his_code", max_length=64
    )
    product = django_filters.CharFilter(
        label="国家医保编码", field_name="product__code", max_length=27
    )
    on = django_filters.DateFilter(label="日期", method="by_day")

    class Meta:
        model = ItemMapping
        fields: tuple[str, ...] = ()

    def by_day(
        self, rows: QuerySet[ItemMapping], name: str, value: object
    ) -> QuerySet[ItemMapping]:
        return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=value), valid_from__lte=value)


class CoverageFilter(django_filters.FilterSet):
    """Institutions by region, level and words."""

    LACKS = (("unmapped", "有未对照"), ("doubtful", "有存疑"), ("none", "尚未登记院内目录"))

    region = django_filters.CharFilter(label="区划", method="by_region", max_length=6)
    lacks = django_filters.ChoiceFilter(label="缺什么", choices=LACKS, method="by_lack")
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

    def by_lack(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        # Annotations of the list.
        asked = "items" if value == "none" else f"{value}__gt"
        return rows.filter(**{asked: 0})

    def by_words(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        typed = value.strip()
        return rows.filter(
            Q(name__icontains=typed)
            | Q(code__istartswith=typed)
            | Q(initials__startswith=typed.lower())
        )
