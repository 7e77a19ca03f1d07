"""Endpoints of volume reports, to read."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import mixins

from organisations.api.base import ScopedViewSet
from organisations.queries.scope import Scope
from volumes.api.serializers import ReportLineSerializer
from volumes.filters import ReportLineFilter
from volumes.models import VolumeReportLine
from volumes.queries.visible import visible_report_lines


class ReportLineViewSet(mixins.ListModelMixin, ScopedViewSet):
    """报量：医疗机构（医共体为牵头单位）按品种填报的年度采购需求量。"""

    serializer_class = ReportLineSerializer
    filterset_class = ReportLineFilter
    token_subject = "volumes"

    def visible(self, scope: Scope) -> QuerySet[VolumeReportLine]:
        return visible_report_lines(scope).select_related("batch", "group", "institution", "county")
