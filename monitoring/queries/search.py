"""Subjects by what people type: name, code or pinyin initials."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from catalog.models import Group, Product
from monitoring.models import IndicatorValue, Warning
from organisations.models import Organisation, Region


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


def figures_about(rows: QuerySet[IndicatorValue], words: str) -> QuerySet[IndicatorValue]:
    """Of these figures, those of organisations, regions, groups or products so named.

    `rows` is scoped already, so that a name finds nothing that the searcher may not see.
    """
    named = Q(name__contains=words) | Q(initials__startswith=words.lower()) | Q(code=words)
    organisations = Organisation.objects.filter(named)
    return rows.filter(
        Q(subject_code=words)
        | Q(institution_id__in=organisations.values("pk"))
        | Q(enterprise_id__in=organisations.values("pk"))
        | Q(subject_code__in=Region.objects.filter(named).values("code"))
        | Q(group_code__in=Group.objects.filter(named).values("code"))
        | Q(product_code__in=Product.objects.filter(named).values("code"))
        | Q(subject_code__in=Product.objects.filter(named).values("code"))
    )
