"""Subjects by what people type: name, code or pinyin initials."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from monitoring.models import Warning
from organisations.models import Organisation


def warnings_about(rows: QuerySet[Warning], words: str) -> QuerySet[Warning]:
    """Of these warnings, those with this number or about organisations so named.

    `rows` is scoped already, so that a name finds nothing that the searcher may not see.
    """
    named = Organisation.objects.filter(
        Q(name__contains=words) | Q(initials__startswith=words.lower()) | Q(code=words)
    ).values("pk")
    return rows.filter(
        Q(warning_no=words.upper())
        | Q(subject_code=words)
        | Q(institution_id__in=named)
        | Q(enterprise_id__in=named)
    )
