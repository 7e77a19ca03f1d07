"""Filters that pages, exports and the API share."""

from __future__ import annotations

from datetime import date

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.filters.words import WordsFilter
from catalog.models import (
    AgreementYear,
    Batch,
    BatchParameter,
    Exemption,
    Group,
    ListedPrice,
    Product,
    Selection,
)
from catalog.models.group import Category
from catalog.queries.in_force import holds_on
from catalog.queries.product_rows import groups_of_batch, selected_on
from catalog.queries.product_search import products_with_words
from catalog.queries.search import batches_named
from organisations.views.request_scope import request_scope

STAGES = (("running", "执行中"), ("coming", "未开始"), ("ended", "已结束"))
STANDINGS = (("selected", "中选"), ("standby", "备供"), ("other", "非中选"))


class BatchFilter(django_filters.FilterSet):
    """Batches by stage on the day, category, organizer, policy and words."""

    stage = django_filters.ChoiceFilter(label="状态", choices=STAGES, method="by_stage")
    category = django_filters.ChoiceFilter(label="类别", choices=Category.choices)
    organizer = django_filters.ChoiceFilter(label="组织方", choices=Batch.Organizer.choices)
    policy = django_filters.CharFilter(label="适用政策", field_name="policy__code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Batch
        fields: tuple[str, ...] = ()

    def by_stage(self, rows: QuerySet[Batch], name: str, value: str) -> QuerySet[Batch]:
        today = timezone.localdate()
        stages: dict[str, Q] = {
            "running": Q(effective_on__lte=today, ends_on__gte=today),
            "coming": Q(effective_on__gt=today),
            "ended": Q(ends_on__lt=today),
        }
        return rows.filter(stages[value])

    def by_words(self, rows: QuerySet[Batch], name: str, value: str) -> QuerySet[Batch]:
        return batches_named(rows, value)


class YearFilter(django_filters.FilterSet):
    batch = django_filters.CharFilter(label="批次", field_name="batch__code", max_length=40)
    on = django_filters.DateFilter(label="日期", method="by_day")

    class Meta:
        model = AgreementYear
        fields: tuple[str, ...] = ()

    def by_day(
        self, rows: QuerySet[AgreementYear], name: str, value: date
    ) -> QuerySet[AgreementYear]:
        return rows.filter(starts_on__lte=value, ends_on__gte=value)


class OverrideFilter(django_filters.FilterSet):
    batch = django_filters.CharFilter(label="批次", field_name="batch__code", max_length=40)
    parameter = django_filters.CharFilter(label="参数", max_length=60)

    class Meta:
        model = BatchParameter
        fields: tuple[str, ...] = ()


class SelectionFilter(django_filters.FilterSet):
    """Results by batch, supply region, group, product, role, day and words."""

    batch = django_filters.CharFilter(label="批次", field_name="batch__code", max_length=40)
    region = django_filters.CharFilter(label="供应地区", field_name="region__code", max_length=6)
    group = django_filters.CharFilter(
        label="品种", field_name="product__group__code", max_length=40
    )
    product = django_filters.CharFilter(label="产品", field_name="product__code", max_length=27)
    role = django_filters.ChoiceFilter(label="身份", choices=Selection.Role.choices)
    on = django_filters.DateFilter(label="执行日期", method="by_day")
    q = WordsFilter("product__", "product__group__", "product__manufacturer__")

    class Meta:
        model = Selection
        fields: tuple[str, ...] = ()

    def by_day(self, rows: QuerySet[Selection], name: str, value: date) -> QuerySet[Selection]:
        return rows.filter(holds_on(value))


class GroupFilter(django_filters.FilterSet):
    category = django_filters.ChoiceFilter(label="类别", choices=Category.choices)
    batch = django_filters.CharFilter(label="批次", method="by_batch", max_length=40)
    q = WordsFilter("")

    class Meta:
        model = Group
        fields: tuple[str, ...] = ()

    def by_batch(self, rows: QuerySet[Group], name: str, value: str) -> QuerySet[Group]:
        """Groups with a result in the batch; the counts of a row stay those of all batches."""
        scope = request_scope(self.request)
        return rows.filter(pk__in=groups_of_batch(scope, value))


class ProductFilter(django_filters.FilterSet):
    """Products by category, group, tag, manufacturer, whether selected today, and words."""

    category = django_filters.ChoiceFilter(label="类别", choices=Category.choices)
    group = django_filters.CharFilter(label="品种", field_name="group__code", max_length=40)
    manufacturer = django_filters.CharFilter(
        label="生产企业", field_name="manufacturer__code", max_length=18
    )
    tag = django_filters.ChoiceFilter(label="标记", choices=Product.Tag.choices, method="by_tag")
    standing = django_filters.ChoiceFilter(label="身份", choices=STANDINGS, method="by_standing")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def by_tag(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return rows.filter(tags__contains=[value])

    def by_standing(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        """What the product is today, anywhere: selected goes before standby."""
        scope = request_scope(self.request)
        today = timezone.localdate()
        selected = selected_on(scope, today, "selected")
        standby = selected_on(scope, today, "standby")
        if value == "selected":
            return rows.filter(selected)
        if value == "standby":
            return rows.filter(standby).exclude(selected)
        return rows.exclude(selected).exclude(standby)

    def by_words(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        """By the same definition as the search at the top of every page."""
        return products_with_words(request_scope(self.request), rows, value)


class ListedPriceFilter(django_filters.FilterSet):
    product = django_filters.CharFilter(label="产品", field_name="product__code", max_length=27)
    on = django_filters.DateFilter(label="日期", method="by_day")

    class Meta:
        model = ListedPrice
        fields: tuple[str, ...] = ()

    def by_day(self, rows: QuerySet[ListedPrice], name: str, value: date) -> QuerySet[ListedPrice]:
        return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=value), valid_from__lte=value)


class ExemptionFilter(django_filters.FilterSet):
    batch = django_filters.CharFilter(label="批次", field_name="batch__code", max_length=40)
    kind = django_filters.ChoiceFilter(label="种类", choices=Exemption.Kind.choices)
    institution = django_filters.CharFilter(
        label="机构", field_name="institution__code", max_length=18
    )
    q = WordsFilter("group__", "institution__", number=("exemption_no",))

    class Meta:
        model = Exemption
        fields: tuple[str, ...] = ()
