"""Filters of the dispatcher's queue and of delivery notes."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from procurement.filters.supply import PartyFilter
from procurement.models import DeliveryNote, LineProgress
from procurement.queries.queue import at_stage
from procurement.states.order_line import LineState


class QueueFilter(django_filters.FilterSet):
    """A dispatcher's lines under way."""

    stage = django_filters.ChoiceFilter(
        label="环节",
        choices=(
            ("answer", "待响应"), ("ship", "待发货"), ("way", "在途"), ("late", "已超时"),
            ("idle", "确认后 7 天未发"), ("surge", "应急优先"),
        ),
        method="by_stage",
    )  # fmt: skip
    state = django_filters.ChoiceFilter(label="状态", choices=LineState.choices)
    urgent = django_filters.ChoiceFilter(
        label="加急", choices=(("1", "加急"), ("0", "不加急")), method="by_urgent"
    )
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    order_no = django_filters.CharFilter(
        label="订单号", field_name="order__order_no", max_length=60
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = LineProgress
        fields: tuple[str, ...] = ()

    def by_stage(
        self, rows: QuerySet[LineProgress], name: str, value: str
    ) -> QuerySet[LineProgress]:
        return at_stage(rows, value)

    def by_urgent(
        self, rows: QuerySet[LineProgress], name: str, value: str
    ) -> QuerySet[LineProgress]:
        return rows.filter(order__urgent=value == "1")

    def by_words(
        self, rows: QuerySet[LineProgress], name: str, value: str
    ) -> QuerySet[LineProgress]:
        found = named(value, "institution__") | named(value, "product__")
        return rows.filter(Q(order__order_no=value.strip()) | found)


class DeliveryNoteFilter(PartyFilter):
    period_field: ClassVar[str] = "shipped_at"
    unbounded_by: ClassVar[tuple[str, ...]] = ("q",)

    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=DeliveryNote.State.choices
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = DeliveryNote
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[DeliveryNote], name: str, value: str
    ) -> QuerySet[DeliveryNote]:
        word = value.strip()
        known = Q(note_no=word) | Q(own_no=word) | Q(invoice_no=word)
        return rows.filter(known | named(value, "institution__"))
