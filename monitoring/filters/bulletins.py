"""Filters of bulletins and of their parts."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from monitoring.indicators.registry import INDICATORS
from monitoring.models import (
    Bulletin,
    BulletinInput,
    BulletinLine,
    BulletinReceipt,
    FigureColumns,
)
from monitoring.rules.bulletin_lists import ASSESSED_LABEL, ASSESSED_RATE, BY_RULE
from monitoring.states.bulletins import BulletinKind, BulletinState, ReceiptState


class BulletinFilter(django_filters.FilterSet):
    """Bulletins by kind, state, year and words."""

    kind = django_filters.ChoiceFilter(label="种类", choices=BulletinKind.choices)
    state = django_filters.ChoiceFilter(label="状态", choices=BulletinState.choices)
    year = django_filters.NumberFilter(
        label="年份", field_name="period_from__year", min_value=2000, max_value=2100
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Bulletin
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Bulletin], name: str, value: str) -> QuerySet[Bulletin]:
        words = value.strip()
        return rows.filter(
            Q(bulletin_no=words) | Q(doc_number__icontains=words) | Q(title__icontains=words)
        )


class BulletinInputFilter(django_filters.FilterSet):
    """The frozen figures by indicator, subject, month, batch and words."""

    indicator = django_filters.ChoiceFilter(
        label="指标",
        choices=[(each.code, each.label) for each in INDICATORS]
        + [(ASSESSED_RATE, ASSESSED_LABEL)],
    )
    subject_type = django_filters.ChoiceFilter(
        label="对象类型", choices=FigureColumns.Subject.choices
    )
    month = django_filters.DateFilter(label="月份（首日）")
    batch = django_filters.CharFilter(label="批次代码", field_name="batch_code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = BulletinInput
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[BulletinInput], name: str, value: str
    ) -> QuerySet[BulletinInput]:
        words = value.strip()
        return rows.filter(Q(subject_code=words) | Q(subject_name__icontains=words))


class BulletinLineFilter(django_filters.FilterSet):
    """The lists of names by list, batch, whether struck, and words."""

    rule = django_filters.ChoiceFilter(
        label="情形", choices=[(each.rule, each.heading) for each in BY_RULE.values()]
    )
    batch = django_filters.CharFilter(label="批次代码", field_name="batch_code", max_length=40)
    removed = django_filters.ChoiceFilter(
        label="名单", choices=(("0", "在名单中"), ("1", "已删除")), method="by_removed"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = BulletinLine
        fields: tuple[str, ...] = ()

    def by_removed(
        self, rows: QuerySet[BulletinLine], name: str, value: str
    ) -> QuerySet[BulletinLine]:
        return rows.filter(removed=value == "1")

    def by_words(
        self, rows: QuerySet[BulletinLine], name: str, value: str
    ) -> QuerySet[BulletinLine]:
        words = value.strip()
        return rows.filter(Q(subject_code=words) | Q(subject_name__icontains=words))


class BulletinReceiptFilter(django_filters.FilterSet):
    """Receipts by state, whether named, and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=ReceiptState.choices)
    named = django_filters.ChoiceFilter(
        label="是否点名", choices=(("1", "被点名"), ("0", "抄送")), method="by_named"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = BulletinReceipt
        fields: tuple[str, ...] = ()

    def by_named(
        self, rows: QuerySet[BulletinReceipt], name: str, value: str
    ) -> QuerySet[BulletinReceipt]:
        return rows.filter(is_named=value == "1")

    def by_words(
        self, rows: QuerySet[BulletinReceipt], name: str, value: str
    ) -> QuerySet[BulletinReceipt]:
        words = value.strip()
        return rows.filter(Q(organisation__code=words) | Q(organisation__name__icontains=words))
