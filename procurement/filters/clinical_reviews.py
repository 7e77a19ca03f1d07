"""Filters of clinical reasons with their reviews, for list and API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from core.lists.period import PeriodFilter
from procurement.models import ClinicalReason, ClinicalReview


class ClinicalReasonFilter(PeriodFilter):
    """Bounded by the day of ordering."""

    period_field: ClassVar[str] = "ordered_at"

    result = django_filters.ChoiceFilter(
        label="点评结果", method="by_result",
        choices=[("none", "未点评"), *ClinicalReview.Result.choices],
    )  # fmt: skip
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ClinicalReason
        fields: tuple[str, ...] = ()

    def by_result(
        self, rows: QuerySet[ClinicalReason], name: str, value: str
    ) -> QuerySet[ClinicalReason]:
        # `result` is the annotation of the newest review, which reviewed_reasons gives.
        wanted: dict[str, Any] = {"result__isnull": True} if value == "none" else {"result": value}
        return rows.filter(**wanted)

    def by_words(
        self, rows: QuerySet[ClinicalReason], name: str, value: str
    ) -> QuerySet[ClinicalReason]:
        return rows.filter(
            Q(order__order_no=value.strip())
            | named(value, "product__")
            | named(value, "institution__")
        )
