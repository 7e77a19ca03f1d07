"""Filters of imports that the page and the API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from core.jobs.models import Job
from interchange.models import DatasetImport
from interchange.states import AT_WORK, ImportState


class ImportFilter(django_filters.FilterSet):
    """By state, day of the upload and words."""

    state = django_filters.ChoiceFilter(
        label="状态", choices=DatasetImport.State.choices, method="by_state"
    )
    since = django_filters.DateFilter(
        label="上传日期自", field_name="uploaded_at", lookup_expr="date__gte"
    )
    until = django_filters.DateFilter(
        label="上传日期至", field_name="uploaded_at", lookup_expr="date__lte"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = DatasetImport
        fields: tuple[str, ...] = ()

    def by_state(
        self, rows: QuerySet[DatasetImport], name: str, value: str
    ) -> QuerySet[DatasetImport]:
        """The state that is shown: an import whose job ended without it counts as that says."""
        at_work = Q(state__in=AT_WORK)
        cancelled = at_work & Q(job__state=Job.State.CANCELLED)
        ended = at_work & Q(job__state__in=(Job.State.DEAD, Job.State.REFUSED))
        own = Q(state=value)
        if value == ImportState.CANCELLED:
            return rows.filter(own | cancelled)
        if value == ImportState.FAILED:
            return rows.filter(own | ended)
        return rows.filter(own & ~(cancelled | ended))

    def by_words(
        self, rows: QuerySet[DatasetImport], name: str, value: str
    ) -> QuerySet[DatasetImport]:
        """Number, names of the files, or who handed them in."""
        words = value.strip()
        return rows.filter(
            Q(import_no__icontains=words)
            | Q(title__icontains=words)
            | Q(uploaded_by_name__icontains=words)
        )
