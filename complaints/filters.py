"""Filters of complaints and contacts that lists and the API share."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.queries.search import named
from complaints.models import Complaint, ComplaintCase, LiaisonContact
from complaints.queries.cases import late_on, with_state
from complaints.rules import unchecked_since
from complaints.states import OPEN
from core.lists.period import PeriodFilter

STAGES = (("unanswered", "未回复"), ("unresolved", "已回复未解决"), ("resolved", "已解决"))
YES = (("1", "是"),)


class ComplaintFilter(PeriodFilter):
    """By the day of filing, who filed, what about, the parties, and how far it has come."""

    period_field: ClassVar[str] = "filed_at"
    unbounded_by: ClassVar[tuple[str, ...]] = ("complaint_no", "open", "late")

    complaint_no = django_filters.CharFilter(label="诉求编号", max_length=60)
    filed_by = django_filters.ChoiceFilter(label="提出方", choices=Complaint.FiledBy.choices)
    category = django_filters.ChoiceFilter(label="类别", choices=Complaint.Category.choices)
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    stage = django_filters.ChoiceFilter(label="办理", choices=STAGES, method="by_stage")
    state = django_filters.ChoiceFilter(
        label="状态", choices=ComplaintCase.State.choices, method="by_state"
    )
    level = django_filters.ChoiceFilter(
        label="督办层级", field_name="case__level", choices=ComplaintCase.Level.choices
    )
    open = django_filters.ChoiceFilter(label="在办", choices=YES, method="by_open")
    late = django_filters.ChoiceFilter(label="逾期", choices=YES, method="by_late")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Complaint
        fields: tuple[str, ...] = ()

    def by_stage(self, rows: QuerySet[Complaint], name: str, value: str) -> QuerySet[Complaint]:
        stages = {
            "unanswered": {"replied_at__isnull": True, "resolved_at__isnull": True},
            "unresolved": {"replied_at__isnull": False, "resolved_at__isnull": True},
            "resolved": {"resolved_at__isnull": False},
        }
        return rows.filter(**stages[value])

    def by_state(self, rows: QuerySet[Complaint], name: str, value: str) -> QuerySet[Complaint]:
        return with_state(rows).filter(stage=value)  # type: ignore[misc]

    def by_open(self, rows: QuerySet[Complaint], name: str, value: str) -> QuerySet[Complaint]:
        return with_state(rows).filter(stage__in=sorted(OPEN))  # type: ignore[misc]

    def by_late(self, rows: QuerySet[Complaint], name: str, value: str) -> QuerySet[Complaint]:
        return rows.filter(late_on(timezone.localdate()))

    def by_words(self, rows: QuerySet[Complaint], name: str, value: str) -> QuerySet[Complaint]:
        return rows.filter(
            Q(complaint_no=value.strip())
            | named(value, "product__")
            | named(value, "institution__")
        )


class ContactFilter(django_filters.FilterSet):
    """Whose contacts, for what, and which nobody has checked for a year."""

    organisation = django_filters.CharFilter(
        label="单位代码", field_name="organisation__code", max_length=40
    )
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    due = django_filters.ChoiceFilter(label="待核对", choices=YES, method="by_due")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = LiaisonContact
        fields: tuple[str, ...] = ()

    def by_due(
        self, rows: QuerySet[LiaisonContact], name: str, value: str
    ) -> QuerySet[LiaisonContact]:
        return rows.filter(checked_on__lte=unchecked_since(timezone.localdate()))

    def by_words(
        self, rows: QuerySet[LiaisonContact], name: str, value: str
    ) -> QuerySet[LiaisonContact]:
        words = value.strip()
        return rows.filter(
            Q(name__contains=words) | named(value, "organisation__") | named(value, "product__")
        )
