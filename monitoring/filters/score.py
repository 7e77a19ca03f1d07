"""Filters of 供应评分 and appeals that lists and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named
from monitoring.models import ScoreAppeal, SupplyScore
from monitoring.queries.scores import ADVISED
from monitoring.states.score import Grade, Part, Period, Side

YES = (("1", "是"),)


class ScoreFilter(django_filters.FilterSet):
    """By period, side, grade, enterprise; the versions that stand, those with reason for a measure."""

    score_no = django_filters.CharFilter(label="编号", max_length=40)
    period = django_filters.ChoiceFilter(label="周期", choices=Period.choices)
    begins = django_filters.DateFilter(label="起始日期", field_name="period_from")
    side = django_filters.ChoiceFilter(label="类型", choices=Side.choices)
    grade = django_filters.ChoiceFilter(label="等级", choices=Grade.choices)
    enterprise = django_filters.CharFilter(
        label="企业代码", field_name="enterprise__code", max_length=40
    )
    current = django_filters.ChoiceFilter(label="现行版本", choices=YES, method="by_current")
    advised = django_filters.ChoiceFilter(label="建议采取措施", choices=YES, method="by_advised")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = SupplyScore
        fields: tuple[str, ...] = ()

    def by_current(
        self, rows: QuerySet[SupplyScore], name: str, value: str
    ) -> QuerySet[SupplyScore]:
        return rows.filter(is_current=True)

    def by_advised(
        self, rows: QuerySet[SupplyScore], name: str, value: str
    ) -> QuerySet[SupplyScore]:
        return rows.filter(ADVISED)

    def by_words(self, rows: QuerySet[SupplyScore], name: str, value: str) -> QuerySet[SupplyScore]:
        return rows.filter(Q(score_no=value.strip()) | named(value, "enterprise__"))


class ScoreAppealFilter(django_filters.FilterSet):
    """By state, part, score and enterprise."""

    state = django_filters.ChoiceFilter(label="状态", choices=ScoreAppeal.State.choices)
    part = django_filters.ChoiceFilter(label="项目", choices=Part.choices)
    score = django_filters.CharFilter(label="评分编号", field_name="score__score_no", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ScoreAppeal
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[ScoreAppeal], name: str, value: str) -> QuerySet[ScoreAppeal]:
        return rows.filter(Q(appeal_no=value.strip()) | named(value, "enterprise__"))
