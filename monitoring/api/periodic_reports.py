"""Periodic reports under /api/v1/."""

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
from monitoring.filters.periodic_reports import PeriodicReportFilter
from monitoring.models import PeriodicReport
from monitoring.operations.reports.draft import request_report
from monitoring.operations.reports.hand_in import (
    NAMED,
    STEP_VERBS,
    edit_report,
    perform_report_step,
)
from monitoring.queries.jobs import job_row
from monitoring.queries.periodic_reports import (
    reads_report,
    report_files,
    visible_periodic_reports,
)
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served


class PeriodicReportSerializer(serializers.ModelSerializer[PeriodicReport]):
    """Words and tables once it is handed in; before, to its own bureau."""

    issuer: Any = serializers.CharField(source="issuer.code", read_only=True)
    issuer_name: Any = serializers.CharField(source="issuer.name", read_only=True)
    receiver: Any = serializers.CharField(source="receiver.code", read_only=True)
    body = serializers.SerializerMethodField()
    tables = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = PeriodicReport
        fields = (
            "report_no", "kind", "issuer", "issuer_name", "receiver", "period_from", "period_to",
            "due_on", "clause", "title", "body", "tables", "taken_at", "submitted_at", "note",
            "state", "version",
        )  # fmt: skip
        read_only_fields = fields

    def _reads(self, row: PeriodicReport) -> bool:
        return reads_report(self.context["view"].scope, row)

    def get_body(self, row: PeriodicReport) -> str:
        return row.body if self._reads(row) else ""

    def get_tables(self, row: PeriodicReport) -> list[dict[str, Any]]:
        return list(row.tables) if self._reads(row) else []


class PeriodicReportNewSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=PeriodicReport.Kind.choices)
    month = serializers.RegexField(r"^[0-9]{4}-(0[1-9]|1[0-2])$")


class PeriodicReportTextSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=20_000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class PeriodicReportStepSerializer(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(choices=STEP_VERBS)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class PeriodicReportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """工作报告：半年报告、处方点评结果、季度执行情况、三率表、年度纠风清单、抄送药监的名单。"""

    serializer_class = PeriodicReportSerializer
    filterset_class = PeriodicReportFilter
    token_subject = "warnings"
    lookup_field = "report_no"
    lookup_value_regex = r"[A-Z0-9-]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[PeriodicReport]:
        return visible_periodic_reports(scope).select_related(*NAMED)

    @extend_schema(request=PeriodicReportNewSerializer, responses=JobSerializer)
    @action(detail=False, methods=["post"])
    def draft(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """起草；返回后台任务，完成后结果中有报告编号。"""
        values = values_of(PeriodicReportNewSerializer, request)
        job = request_report(
            kind=values["kind"], month=values["month"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return Response(JobSerializer(job_row(self.scope, job)).data)

    @extend_schema(request=PeriodicReportTextSerializer, responses=PeriodicReportSerializer)
    @action(detail=True, methods=["post"])
    def edit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """修改标题和正文。"""
        values = values_of(PeriodicReportTextSerializer, request)
        row = edit_report(
            report=self.get_object(), title=values["title"], body=values["body"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(request=PeriodicReportStepSerializer, responses=PeriodicReportSerializer)
    @action(detail=True, methods=["post"])
    def step(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """报送、重新取数、接收、退回。"""
        values = values_of(PeriodicReportStepSerializer, request)
        row = perform_report_step(
            values["verb"], self.get_object(), note=values["note"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """定稿文件：PDF、Word 和电子附表。"""
        report = self.get_object()
        found = report_files(report) if reads_report(self.scope, report) else []
        return Response(KeptFileSerializer(found, many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份定稿文件的内容。"""
        report = self.get_object()
        return served(
            request,
            report_files(report) if reads_report(self.scope, report) else [],
            kwargs["file_id"],
        )
