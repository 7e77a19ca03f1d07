"""Filters of complaints that lists and the API share."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet

from complaints.models import Complaint
from core.lists.period import PeriodFilter

STAGES = (("unanswered", "未回复"), ("unresolved", "已回复未解决"), ("resolved", "已解决"))


class ComplaintFilter(PeriodFilter):
    """By the day of filing, who filed, what about, the parties, and how far it has come."""

    period_field: ClassVar[str] = "filed_at"
    unbounded_by: ClassVar[tuple[str, ...]] = ("complaint_no",)

    complaint_no = django_filters.CharFilter(label="诉求编号", max_length=60)
    filed_by = django_filters.ChoiceFilter(label="提出方", choices=Complaint.FiledBy.choices)
    category = django_filters.ChoiceFilter(label="类别", choices=Complaint.Category.choices)
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    stage = django_filters.ChoiceFilter(label="办理", choices=STAGES, method="by_stage")

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
