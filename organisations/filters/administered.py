"""Filters of organisations for the system administrator, of consortia, and of tokens."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from organisations.models import ApiToken, Consortium, Organisation
from organisations.queries.directory import consortium_matching, organisation_matching

USE = (("1", "启用"), ("0", "停用"))
ADMINS = (("1", "已有"), ("0", "未建立"))
LIVES = (("live", "有效"), ("expired", "已到期"), ("revoked", "已吊销"))


class AdministeredFilter(django_filters.FilterSet):
    """Organisations by kind, use, whether somebody manages them, and words."""

    kind = django_filters.ChoiceFilter(label="类别", choices=Organisation.Kind.choices)
    active = django_filters.ChoiceFilter(label="状态", choices=USE, method="by_use")
    admin = django_filters.ChoiceFilter(label="管理员", choices=ADMINS, method="by_admin")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)

    class Meta:
        model = Organisation
        fields: tuple[str, ...] = ()

    def by_use(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return rows.filter(is_active=value == "1")

    def by_admin(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(has_admin=value == "1")

    def by_words(
        self, rows: QuerySet[Organisation], name: str, value: str
    ) -> QuerySet[Organisation]:
        return rows.filter(organisation_matching(value.strip()))


class ConsortiumFilter(django_filters.FilterSet):
    """Consortia by the region of the lead with all below it, and words."""

    region = django_filters.CharFilter(label="所在地", method="by_region", max_length=6)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Consortium
        fields: tuple[str, ...] = ()

    def by_region(self, rows: QuerySet[Consortium], name: str, value: str) -> QuerySet[Consortium]:
        return rows.filter(
            Q(lead__region__code=value)
            | Q(lead__region__parent__code=value)
            | Q(lead__region__parent__parent__code=value)
        )

    def by_words(self, rows: QuerySet[Consortium], name: str, value: str) -> QuerySet[Consortium]:
        return rows.filter(consortium_matching(value.strip()))


class TokenFilter(django_filters.FilterSet):
    """Tokens by whether they still work, and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=LIVES, method="by_state")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ()

    def by_state(self, rows: QuerySet[ApiToken], name: str, value: str) -> QuerySet[ApiToken]:
        if value == "revoked":
            return rows.filter(revoked_at__isnull=False)
        expired = Q(expiry__isnull=False, expiry__lt=timezone.now())
        standing = rows.filter(revoked_at__isnull=True)
        return standing.filter(expired) if value == "expired" else standing.exclude(expired)

    def by_words(self, rows: QuerySet[ApiToken], name: str, value: str) -> QuerySet[ApiToken]:
        words = value.strip()
        return rows.filter(
            Q(name__icontains=words)
            | Q(initials__icontains=words.lower())
            | Q(token_key__startswith=words)
        )
