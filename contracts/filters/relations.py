"""Filters of delivery relations that list, file and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.queries.search import named
from contracts.models import DeliveryRelation
from contracts.queries.relations import in_force_on

STAGES = (
    ("pointed", "待配送企业确认"), ("in_force", "生效中"), ("coming", "未到生效日"),
    ("refused", "已拒绝"), ("over", "已终止、更换、到期或撤回"),
)  # fmt: skip


class DeliveryRelationFilter(django_filters.FilterSet):
    """By stage as of today, batch, pool, product, the two enterprises, and words."""

    stage = django_filters.ChoiceFilter(label="状态", choices=STAGES, method="by_stage")
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    pool = django_filters.CharFilter(label="统筹区", field_name="pool__code", max_length=20)
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    distributor = django_filters.CharFilter(
        label="配送企业代码", field_name="distributor__code", max_length=40
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = DeliveryRelation
        fields: tuple[str, ...] = ()

    def by_stage(
        self, rows: QuerySet[DeliveryRelation], name: str, value: str
    ) -> QuerySet[DeliveryRelation]:
        today = timezone.localdate()
        if value in ("pointed", "refused"):
            return rows.filter(state=value)
        if value == "in_force":
            return rows.filter(in_force_on(today))
        if value == "coming":
            return rows.filter(state="accepted", valid_from__gt=today)
        return rows.exclude(state__in=("pointed", "refused")).filter(
            Q(state="withdrawn") | Q(valid_until__lte=today)
        )

    def by_words(
        self, rows: QuerySet[DeliveryRelation], name: str, value: str
    ) -> QuerySet[DeliveryRelation]:
        return rows.filter(
            Q(relation_no=value.strip())
            | named(value, "product__")
            | named(value, "distributor__")
            | named(value, "manufacturer__")
        )
