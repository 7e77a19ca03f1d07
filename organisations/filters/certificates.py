"""Filters of signing certificates and of the roots that are trusted."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from organisations.models import OrganisationCertificate, TrustAnchor
from organisations.queries.certificates import certificate_matching

TRUST = (("1", "受信任"), ("0", "已撤除"))


class CertificateFilter(django_filters.FilterSet):
    """Certificates by state, source, and words."""

    state = django_filters.ChoiceFilter(label="状态", choices=OrganisationCertificate.State.choices)
    source = django_filters.ChoiceFilter(
        label="来源", choices=OrganisationCertificate.Source.choices
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)

    class Meta:
        model = OrganisationCertificate
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[OrganisationCertificate], name: str, value: str
    ) -> QuerySet[OrganisationCertificate]:
        return rows.filter(certificate_matching(value.strip()))


class TrustAnchorFilter(django_filters.FilterSet):
    """Roots by whether they count, and words."""

    trusted = django_filters.ChoiceFilter(label="状态", choices=TRUST, method="by_trust")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=100)

    class Meta:
        model = TrustAnchor
        fields: tuple[str, ...] = ()

    def by_trust(self, rows: QuerySet[TrustAnchor], name: str, value: str) -> QuerySet[TrustAnchor]:
        return rows.filter(withdrawn_at__isnull=value == "1")

    def by_words(self, rows: QuerySet[TrustAnchor], name: str, value: str) -> QuerySet[TrustAnchor]:
        words = value.strip()
        return rows.filter(
            Q(name__icontains=words)
            | Q(subject__icontains=words)
            | Q(fingerprint__istartswith=words)
        )
