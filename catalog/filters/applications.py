"""Filters of applications and of what is published; pages, Excel and API share them."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.models import ProductApplication, Registration
from catalog.queries.expiry import expiry_days
from catalog.queries.registrations import expiring_within
from catalog.states.application import (
    APPLICANT_STATES,
    ENDED_STATES,
    OFFICE_STATES,
    ApplicationKind,
    ApplicationState,
)
from organisations.views.request_scope import request_scope

STAGES = (
    ("mine", "等本单位办理"),
    ("applicant", "在企业手中"),
    ("office", "在审核和公示"),
    ("approved", "待生效"),
    ("ended", "已办结"),
)
EXPIRY = (("expired", "已到期"), ("urgent", "临近到期"), ("notice", "将要到期"))
"""How soon: by the days that the reader's province has set; each includes those before it."""


class ApplicationFilter(django_filters.FilterSet):
    """By stage, kind, state and words."""

    stage = django_filters.ChoiceFilter(label="进度", choices=STAGES, method="by_stage")
    kind = django_filters.ChoiceFilter(label="类别", choices=ApplicationKind.choices)
    state = django_filters.ChoiceFilter(label="状态", choices=ApplicationState.choices)
    product = django_filters.CharFilter(label="产品编码", field_name="product__code")
    q = django_filters.CharFilter(label="查找", method="by_words")

    class Meta:
        model = ProductApplication
        fields: tuple[str, ...] = ()

    def by_stage(
        self, rows: QuerySet[ProductApplication], name: str, value: str
    ) -> QuerySet[ProductApplication]:
        if value == "mine":
            own = self.request.user.organisation_id
            return rows.filter(
                Q(office_id=own, state__in=OFFICE_STATES)
                | Q(organisation_id=own, state__in=APPLICANT_STATES)
            )
        states = {
            "applicant": APPLICANT_STATES, "office": OFFICE_STATES, "approved": ("approved",),
            "ended": ENDED_STATES,
        }  # fmt: skip
        return rows.filter(state__in=states[value])

    def by_words(
        self, rows: QuerySet[ProductApplication], name: str, value: str
    ) -> QuerySet[ProductApplication]:
        """Number, product, code, enterprise or its initials."""
        text = value.strip()
        return rows.filter(
            Q(application_no__iexact=text)
            | Q(title__icontains=text)
            | Q(target_key__iexact=text)
            | Q(organisation__name__icontains=text)
            | Q(organisation__initials__istartswith=text)
        )


class PublicityFilter(django_filters.FilterSet):
    """What is open to objections, or was."""

    open = django_filters.ChoiceFilter(
        label="公示", choices=(("1", "正在公示"), ("0", "公示已满")), method="by_open"
    )
    kind = django_filters.ChoiceFilter(label="类别", choices=ApplicationKind.choices)
    q = django_filters.CharFilter(label="查找", method="by_words")

    class Meta:
        model = ProductApplication
        fields: tuple[str, ...] = ()

    def by_open(
        self, rows: QuerySet[ProductApplication], name: str, value: str
    ) -> QuerySet[ProductApplication]:
        published = Q(state="publicity")
        return rows.filter(published if value == "1" else ~published)

    def by_words(
        self, rows: QuerySet[ProductApplication], name: str, value: str
    ) -> QuerySet[ProductApplication]:
        text = value.strip()
        return rows.filter(
            Q(application_no__iexact=text)
            | Q(title__icontains=text)
            | Q(organisation__name__icontains=text)
        )


class RegistrationFilter(django_filters.FilterSet):
    """Papers by number, manufacturer and how soon they run out."""

    expiry = django_filters.ChoiceFilter(label="到期", choices=EXPIRY, method="by_expiry")
    kind = django_filters.ChoiceFilter(label="种类", choices=Registration.Kind.choices)
    own = django_filters.ChoiceFilter(
        label="持证单位", choices=(("1", "本单位"), ("0", "其他单位")), method="by_owner"
    )
    q = django_filters.CharFilter(label="查找", method="by_words")

    class Meta:
        model = Registration
        fields: tuple[str, ...] = ()

    def by_expiry(
        self, rows: QuerySet[Registration], name: str, value: str
    ) -> QuerySet[Registration]:
        days = expiry_days(request_scope(self.request), timezone.localdate())
        within = {"expired": 0, "urgent": days.urgent, "notice": days.notice}
        return expiring_within(rows, within[value])

    def by_owner(
        self, rows: QuerySet[Registration], name: str, value: str
    ) -> QuerySet[Registration]:
        scope = request_scope(self.request)
        own = Q(manufacturer__in=sorted({scope.organisation_id, *scope.predecessor_ids}))
        return rows.filter(own if value == "1" else ~own)

    def by_words(
        self, rows: QuerySet[Registration], name: str, value: str
    ) -> QuerySet[Registration]:
        text = value.strip()
        return rows.filter(
            Q(number__icontains=text)
            | Q(manufacturer__name__icontains=text)
            | Q(manufacturer__initials__istartswith=text)
        )
