"""Filters of kept assessments that lists and API share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet

from monitoring.models import AssessedGroup, AssessedUnit
from monitoring.queries.assessed import institutions_named

RESULTS = (("passed", "合格"), ("failed", "不合格"), ("unjudged", "不考核"))
VERDICTS = (("first", "优先执行"), ("later", "暂缓执行"), ("none", "没有考核品种"))


class OfYear(django_filters.FilterSet):
    """By batch, agreement year, the calendar year in which it ended, and institution."""

    batch = django_filters.CharFilter(label="批次", field_name="batch_code", max_length=40)
    year_no = django_filters.NumberFilter(label="年度序号", min_value=1, max_value=99)
    ended = django_filters.NumberFilter(
        label="年度结束于", field_name="ends_on__year", min_value=2000, max_value=2100
    )
    institution = django_filters.CharFilter(label="机构代码", method="by_code", max_length=40)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    def by_code(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(institution__code=value)

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(institution_id__in=institutions_named(value.strip()).values("pk"))


class AssessedUnitFilter(OfYear):
    verdict = django_filters.ChoiceFilter(
        label="服务价格", choices=VERDICTS, method="by_verdict"
    )  # fmt: skip

    class Meta:
        model = AssessedUnit
        fields: tuple[str, ...] = ()

    def by_verdict(
        self, rows: QuerySet[AssessedUnit], name: str, value: str
    ) -> QuerySet[AssessedUnit]:
        judged = Q(groups__gt=F("no_agreement"))
        if value == "none":
            return rows.exclude(judged)
        return rows.filter(judged, entitled=value == "first")


class AssessedGroupFilter(OfYear):
    result = django_filters.ChoiceFilter(label="结果", choices=RESULTS, method="by_result")
    because = django_filters.ChoiceFilter(label="不合格原因", choices=AssessedGroup.Because.choices)
    group = django_filters.CharFilter(label="品种代码", field_name="group__code", max_length=40)

    class Meta:
        model = AssessedGroup
        fields: tuple[str, ...] = ()

    def by_result(
        self, rows: QuerySet[AssessedGroup], name: str, value: str
    ) -> QuerySet[AssessedGroup]:
        unjudged = Q(because=AssessedGroup.Because.NO_AGREEMENT)
        match value:
            case "passed":
                return rows.filter(passed=True)
            case "unjudged":
                return rows.filter(unjudged)
        return rows.filter(passed=False).exclude(unjudged)

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        words = value.strip()
        return rows.filter(
            Q(institution_id__in=institutions_named(words).values("pk"))
            | Q(group__name__contains=words) | Q(group__initials__startswith=words.lower())
        )  # fmt: skip
