"""Filters of the list of drafts."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from catalog.models import BatchDraft
from catalog.states.batch_draft import DraftState


class DraftFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", choices=DraftState.choices)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = BatchDraft
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[BatchDraft], name: str, value: str) -> QuerySet[BatchDraft]:
        words = value.strip()
        return rows.filter(
            Q(draft_no__icontains=words) | Q(code__icontains=words) | Q(name__icontains=words)
        )
