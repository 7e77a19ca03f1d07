"""Kept assessments under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.api.job_serializers import JobSerializer
from monitoring.filters.assessments import AssessedGroupFilter, AssessedUnitFilter
from monitoring.models import AssessedGroup, AssessedUnit
from monitoring.operations.assessments.request import request_assessment
from monitoring.queries.assessed import visible_assessed_groups, visible_assessed_units
from monitoring.queries.jobs import job_row
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope


class AssessedUnitSerializer(serializers.ModelSerializer[AssessedUnit]):
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)

    class Meta:
        model = AssessedUnit
        fields = (
            "batch_code", "year_no", "ends_on", "institution", "institution_name", "groups",
            "passed", "no_agreement", "incomplete", "non_selected", "exempt", "entitled",
        )  # fmt: skip
        read_only_fields = fields


class AssessedGroupSerializer(serializers.ModelSerializer[AssessedGroup]):
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)
    group: Any = serializers.CharField(source="group.code", read_only=True)
    group_name: Any = serializers.CharField(source="group.name", read_only=True)

    class Meta:
        model = AssessedGroup
        fields = (
            "batch_code", "year_no", "ends_on", "institution", "institution_name", "group",
            "group_name", "passed", "because", "products", "exempt", "agreed", "completed",
            "unfinished", "share_numerator", "share_denominator",
        )  # fmt: skip
        read_only_fields = fields


class AssessYearSerializer(serializers.Serializer[Any]):
    batch = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)


class AssessedUnitViewSet(mixins.ListModelMixin, ScopedViewSet):
    """机构年度考核：采购年度结束后的结果，新算的在前。"""

    serializer_class = AssessedUnitSerializer
    filterset_class = AssessedUnitFilter
    token_subject = "warnings"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[AssessedUnit]:
        return visible_assessed_units(scope).select_related("institution")

    @extend_schema(request=AssessYearSerializer, responses=JobSerializer)
    @action(detail=False, methods=["post"])
    def compute(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """计算一个已结束的采购年度；返回后台任务。"""
        values = values_of(AssessYearSerializer, request)
        job = request_assessment(
            batch=values["batch"], year_no=values["year_no"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(JobSerializer(job_row(self.scope, job)).data)


class AssessedGroupViewSet(mixins.ListModelMixin, ScopedViewSet):
    """品种年度考核：每家机构每个品种是否合格及原因。"""

    serializer_class = AssessedGroupSerializer
    filterset_class = AssessedGroupFilter
    token_subject = "warnings"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[AssessedGroup]:
        return visible_assessed_groups(scope).select_related("institution", "group")
