"""Filters of organisations that the directory and the API share, and of the audit trail."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from core.audit.models import AuditEvent
from organisations.forms.search import AuditSearch
from organisations.models import Organisation
from organisations.queries.directory import organisation_matching
from organisations.queries.trail import narrowed

SUPPLIES = (("manufacturer", "生产企业"), ("distributor", "配送企业"))


class OrganisationFilter(django_filters.FilterSet):
    """Organisations by kind, region with all below it, pool, level, what they supply, and words."""

    kind = django_filters.ChoiceFilter(
        label="类别",
        choices=[choice for choice in Organisation.Kind.choices if choice[0] != "platform"],
    )
    region = django_filters.CharFilter(label="所在地", method="by_region", max_length=6)
    pool = django_filters.CharFilter(label="统筹区", field_name="pool__code", max_length=20)
    level = django_filters.ChoiceFilter(label="等级", choices=Organisation.Level.choices)
    supplies = django_filters.ChoiceFilter(label="企业", choices=SUPPLIES, method="by_supply")
    is_manufacturer = django_filters.BooleanFilter(label="生产企业")
    is_distributor = django_filters.BooleanFilter(label="配送企业")
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

    def by_supply(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(**{f"is_{value}": True})

    def by_words(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(organisation_matching(value.strip()))


class AuditFilter(django_filters.FilterSet):
    """The audit search as a filter: its form checks, and its query narrows."""

    q = django_filters.CharFilter(label="对象或请求编号", max_length=200)
    actor = django_filters.CharFilter(label="操作人", max_length=150)
    action = django_filters.CharFilter(label="操作", max_length=80)
    outcome = django_filters.ChoiceFilter(label="结果", choices=AuditEvent.Outcome.choices)
    date_from = django_filters.DateFilter(label="自")
    date_to = django_filters.DateFilter(label="至")

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = ()
        form = AuditSearch

    def filter_queryset(self, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        return narrowed(queryset, self.form.cleaned_data)
