"""Trying a proposed value on past months: asked for, followed and read as on the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.transitions import MissingInput, NotYours
from monitoring.models import Rehearsal, RehearsalRow
from monitoring.operations.rehearse_change import MOST_MONTHS, request_rehearsal
from monitoring.queries.months import MalformedMonth, parse_month
from monitoring.queries.rehearsals import (
    EFFECTS,
    latest_rehearsal,
    may_rehearse,
    visible_rehearsal_rows,
    visible_rehearsals,
)
from monitoring.queries.rehearsed_assessments import rejudged_years
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope
from policy.models import ValueChange
from policy.queries.changes import visible_changes


class RehearsalMonthSerializer(serializers.Serializer[Any]):
    """How many warnings there are in one month by the value in force and by the proposed one."""

    month = serializers.CharField()
    now = serializers.IntegerField()
    then = serializers.IntegerField()
    named = serializers.IntegerField()
    cleared = serializers.IntegerField()
    severity = serializers.IntegerField()


class RehearsalSerializer(serializers.ModelSerializer[Rehearsal]):
    """One try; `ended_at` is null until it is done, `job` says how far it is."""

    change_no = serializers.CharField(source="change.change_no", read_only=True)
    job = serializers.IntegerField(source="job_id", read_only=True)
    job_state = serializers.CharField(source="job.state", read_only=True)
    months = RehearsalMonthSerializer(many=True, read_only=True)

    class Meta:
        model = Rehearsal
        fields = (
            "change_no", "asked_months", "asked_at", "asked_by_name", "ended_at", "job",
            "job_state", "months",
        )  # fmt: skip
        read_only_fields = fields


class RehearsalRowSerializer(serializers.ModelSerializer[RehearsalRow]):
    """One subject that the proposed value names, names no longer, or gives another colour."""

    month = serializers.DateField(format="%Y-%m")

    class Meta:
        model = RehearsalRow
        fields = (
            "month", "effect", "rule", "subject_type", "subject_code", "batch_code", "year_no",
            "group_code", "product_code", "measured", "threshold_now", "threshold_then",
            "severity_now", "severity_then",
        )  # fmt: skip
        read_only_fields = fields


class RejudgedYearSerializer(serializers.Serializer[Any]):
    """One assessed year: groups that pass by the limit of then and by the proposed one."""

    batch_code = serializers.CharField()
    year_no = serializers.IntegerField()
    share_max = serializers.DecimalField(max_digits=28, decimal_places=8, allow_null=True)
    groups = serializers.IntegerField()
    passed_now = serializers.IntegerField()
    passed_then = serializers.IntegerField()
    fails = serializers.IntegerField()
    clears = serializers.IntegerField()


class NewRehearsalSerializer(serializers.Serializer[Any]):
    change_no = serializers.CharField(max_length=20)
    months = serializers.IntegerField(min_value=1, max_value=MOST_MONTHS, default=MOST_MONTHS)


class RehearsalViewSet(ScopedViewSet):
    """取值调整的试算：在过去月份上对照现行值和拟调整值各会预警谁，不改动任何指标和预警。"""

    serializer_class = RehearsalSerializer
    token_subject = "policy"
    lookup_field = "change_no"
    lookup_value_regex = r"[A-Z0-9-]{1,20}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[Any]:
        if self.action == "rows":
            return visible_rehearsal_rows(scope)
        return visible_rehearsals(scope).select_related("change", "job")

    @extend_schema(responses=RehearsalSerializer(many=True))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """本省各次试算，新的在前。"""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses=RehearsalSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一项取值调整最近一次试算及各月结果。"""
        return Response(self.get_serializer(self._latest()).data)

    @extend_schema(request=NewRehearsalSerializer, responses={202: RehearsalSerializer})
    def create(self, request: Request) -> Response:
        """发起试算；同样的试算正在进行时返回原来的。"""
        form = NewRehearsalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        change = self._change(form.validated_data["change_no"])
        if change is None:
            raise serializers.ValidationError({"change_no": ["没有这项取值调整，请核对编号"]})
        allowed = may_rehearse(self.scope, change)
        if not allowed:
            raise NotYours.of(allowed)
        made = request_rehearsal(
            change=change, months=form.validated_data["months"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(made).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        parameters=[
            OpenApiParameter("month", str, description="月份，如 2026-02"),
            OpenApiParameter("effect", str, enum=tuple(EFFECTS), description="影响的种类"),
        ],
        responses=RehearsalRowSerializer(many=True),
    )
    @action(detail=True, methods=["get"])
    def rows(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """最近一次试算逐个对象的影响。"""
        rows = self.get_queryset().filter(rehearsal=self._latest())
        month = request.query_params.get("month", "")
        if month:
            try:
                rows = rows.filter(month=parse_month(month))
            except MalformedMonth as error:
                raise MissingInput("month", "月份应写作 2026-02") from error
        effect = request.query_params.get("effect", "")
        if effect and effect not in EFFECTS:
            raise MissingInput("effect", f"影响的种类应为 {'、'.join(EFFECTS)} 之一")
        rows = rows.filter(effect=effect) if effect else rows
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(RehearsalRowSerializer(page, many=True).data)

    @extend_schema(responses=RejudgedYearSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def assessments(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """非中选占比上限按拟调整值对照已计算的年度考核；其他参数为空。"""
        rows = rejudged_years(self.scope, self._latest().subject, named=False)
        return Response(RejudgedYearSerializer(rows, many=True).data)

    def _change(self, change_no: str) -> ValueChange | None:
        return visible_changes(self.scope).filter(change_no=change_no).first()

    def _latest(self) -> Rehearsal:
        change = self._change(self.kwargs["change_no"])
        found = latest_rehearsal(self.scope, change) if change else None
        if found is None:
            raise Http404
        return found
