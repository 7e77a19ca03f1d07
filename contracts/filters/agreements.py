"""Filters of agreements that list, file and API share."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.queries.search import named
from contracts.models import Agreement
from contracts.queries.agreements import PARTIES, late_on, mine_to_sign, unsigned_by
from organisations.views.request_scope import request_scope

WAITING = tuple((party, f"待{label}签署") for party, label in PARTIES)
YES = (("1", "是"),)


class AgreementFilter(django_filters.FilterSet):
    """By state, who has not signed, batch, year, place, lateness, what waits for oneself, words."""

    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=Agreement.State.choices
    )
    waiting = django_filters.ChoiceFilter(label="待签方", choices=WAITING, method="by_waiting")
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    county = django_filters.CharFilter(label="县代码", field_name="county__code", max_length=6)
    city = django_filters.CharFilter(label="设区市代码", field_name="city__code", max_length=6)
    late = django_filters.ChoiceFilter(label="逾期未签", choices=YES, method="by_late")
    mine = django_filters.ChoiceFilter(label="待本单位签署", choices=YES, method="by_mine")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ()

    def by_waiting(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        return rows.filter(unsigned_by(value))

    def by_late(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        return rows.filter(late_on(timezone.localdate()))

    def by_mine(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        """Of the reader's own organisation, whoever of it signs."""
        return rows.filter(mine_to_sign(request_scope(self.request)))

    def by_words(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        return rows.filter(
            Q(agreement_no=value.strip())
            | named(value, "institution__")
            | named(value, "manufacturer__")
            | named(value, "distributor__")
        )
