"""The audit search as a filter."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from core.audit.models import AuditEvent
from organisations.forms.search import AuditSearch
from organisations.queries.audit_words import object_choices
from organisations.queries.trail import narrowed


class AuditFilter(django_filters.FilterSet):
    """The audit search as a filter: its form checks, and its query narrows."""

    q = django_filters.CharFilter(label="对象或请求编号", max_length=200)
    actor = django_filters.CharFilter(label="操作人", max_length=150)
    action = django_filters.CharFilter(label="操作", max_length=80)
    object_type = django_filters.ChoiceFilter(label="对象类型", choices=object_choices)
    outcome = django_filters.ChoiceFilter(label="结果", choices=AuditEvent.Outcome.choices)
    date_from = django_filters.DateFilter(label="自")
    date_to = django_filters.DateFilter(label="至")

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = ()
        form = AuditSearch

    def filter_queryset(self, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        return narrowed(queryset, self.form.cleaned_data)
