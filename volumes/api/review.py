"""Review of reports by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.base import ScopedEndpoint, ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from volumes.filters import ReviewFilter, ShortfallFilter
from volumes.models import VolumeReport
from volumes.operations.review.levels import (
    pass_report,
    reopen_report,
    return_report,
    take_report,
)
from volumes.operations.review.lines import judge_lines
from volumes.queries.review import reports_for_review, review_lines, shortfall, shortfalls
from volumes.queries.totals import group_totals
from volumes.queries.visible import sees_reports, visible_report_tasks
from volumes.rules.shortfall import Shortfall
from volumes.states.reasons import LineReview, ReturnReason

QUANTITY: dict[str, Any] = {"max_digits": 24, "decimal_places": 4, "read_only": True}
NAMED = ("institution", "task", "county", "office")


class ReviewSerializer(serializers.ModelSerializer[VolumeReport]):
    task = serializers.CharField(source="task.task_no", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    county = serializers.CharField(source="county.code", default=None, read_only=True)
    office = serializers.CharField(source="office.code", default=None, read_only=True)
    lines_n = serializers.IntegerField(read_only=True)
    flagged = serializers.IntegerField(read_only=True)
    unjudged = serializers.IntegerField(read_only=True)
    returned_n = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = VolumeReport
        fields: tuple[str, ...] = (
            "report_no", "task", "institution", "institution_name", "county", "office", "state",
            "level", "submitted_at", "opinion", "lines_n", "flagged", "unjudged", "returned_n",
            "version",
        )  # fmt: skip
        read_only_fields = fields


class ReviewLineSerializer(serializers.Serializer[Any]):
    """Base units of the group."""

    group = serializers.CharField(source="line.group.code", read_only=True)
    group_name = serializers.CharField(source="line.group.name", read_only=True)
    reported_qty = serializers.DecimalField(source="line.reported_qty", **QUANTITY)
    prior_year_qty = serializers.DecimalField(source="line.prior_year_qty", **QUANTITY)
    flag = serializers.CharField(read_only=True)
    peer_median = serializers.DecimalField(allow_null=True, **QUANTITY)
    peers = serializers.IntegerField(read_only=True)
    reason_code = serializers.CharField(source="line.reason_code", read_only=True)
    explanation = serializers.CharField(source="line.explanation", read_only=True)
    review = serializers.CharField(source="line.review", read_only=True)
    review_reasons = serializers.ListField(
        source="line.review_reasons", child=serializers.CharField(), read_only=True
    )
    review_note = serializers.CharField(source="line.review_note", read_only=True)


class ReviewDetailSerializer(ReviewSerializer):
    lines = ReviewLineSerializer(many=True, read_only=True, source="reviewed")

    class Meta(ReviewSerializer.Meta):
        fields = (*ReviewSerializer.Meta.fields, "lines")
        read_only_fields = fields


class JudgementSerializer(serializers.Serializer[Any]):
    groups = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=500
    )
    verdict = serializers.ChoiceField(choices=LineReview.choices)
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=ReturnReason.choices), required=False, default=list
    )
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ReportReviewStepSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ReportReturnSerializer(serializers.Serializer[Any]):
    opinion = serializers.CharField(max_length=1000)
    until = serializers.DateTimeField(required=False, allow_null=True)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ReportReopenSerializer(serializers.Serializer[Any]):
    opinion = serializers.CharField(max_length=1000)
    until = serializers.DateTimeField()
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ShortfallSerializer(serializers.ModelSerializer[VolumeReport]):
    task = serializers.CharField(source="task.task_no", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    county = serializers.CharField(source="county.code", default=None, read_only=True)
    kind = serializers.SerializerMethodField()
    extended_until = serializers.DateTimeField(read_only=True, allow_null=True)
    low_n = serializers.IntegerField(read_only=True)
    none_n = serializers.IntegerField(read_only=True)

    class Meta:
        model = VolumeReport
        fields = (
            "report_no", "task", "institution", "institution_name", "county", "kind", "state",
            "extended_until", "low_n", "none_n",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Shortfall.choices))
    def get_kind(self, report: VolumeReport) -> str:
        return shortfall(report, timezone.now()).value


class GroupTotalSerializer(serializers.Serializer[Any]):
    group = serializers.CharField(source="code", read_only=True)
    group_name = serializers.CharField(source="name", read_only=True)
    base_unit = serializers.CharField(read_only=True)
    units = serializers.IntegerField(read_only=True)
    reported_qty = serializers.DecimalField(source="reported", **QUANTITY)
    prior_year_qty = serializers.DecimalField(source="prior", **QUANTITY)
    dropped = serializers.IntegerField(read_only=True)
    risen = serializers.IntegerField(read_only=True)


class ReportReviewViewSet(mixins.ListModelMixin, ScopedViewSet):
    """报量审核：县、市、省逐级；逐品种判定，退回即停止流程。"""

    token_subject: ClassVar[str] = "volumes"
    serializer_class = ReviewSerializer
    filterset_class = ReviewFilter
    lookup_field = "report_no"
    lookup_value_regex = r"[A-Za-z0-9-]{1,40}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope) and scope.kind != "institution"

    def visible(self, scope: Scope) -> QuerySet[VolumeReport]:
        return reports_for_review(scope).select_related(*NAMED)

    @extend_schema(responses=ReviewDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一份报量和它的各品种：偏差、同类中位数、已有判定。"""
        report: Any = self.get_object()
        report.reviewed = review_lines(report)
        return Response(ReviewDetailSerializer(report).data)

    @extend_schema(request=JudgementSerializer, responses=ReviewSerializer)
    @action(detail=True, methods=["post"])
    def judge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """判定若干品种：通过，或按原因退回。"""
        values = values_of(JudgementSerializer, request)
        version = values.pop("version", None)
        report = self.get_object()
        judge_lines(
            report=report, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=version, **values,
        )  # fmt: skip
        return self._answer(report)

    @extend_schema(request=ReportReviewStepSerializer, responses=ReviewSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """开始本级审核。"""
        values = values_of(ReportReviewStepSerializer, request)
        return self._answer(take_report(**self._common(request, values)))

    @extend_schema(request=ReportReviewStepSerializer, responses=ReviewSerializer)
    @action(detail=True, methods=["post"], url_path="pass", url_name="pass")
    def let_pass(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """通过：转上一级，或在最后一级确认。"""
        values = values_of(ReportReviewStepSerializer, request)
        return self._answer(pass_report(**self._common(request, values)))

    @extend_schema(request=ReportReturnSerializer, responses=ReviewSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """退回填报单位；填报截止以后须写明重新开放到何时。"""
        values = values_of(ReportReturnSerializer, request)
        row = return_report(
            **self._common(request, values), opinion=values["opinion"], until=values.get("until")
        )
        return self._answer(row)

    @extend_schema(request=ReportReopenSerializer, responses=ReviewSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """重新开放已确认的报量。"""
        values = values_of(ReportReopenSerializer, request)
        row = reopen_report(
            **self._common(request, values), opinion=values["opinion"], until=values["until"]
        )
        return self._answer(row)

    def _common(self, request: Request, values: dict[str, Any]) -> dict[str, Any]:
        return {
            "report": self.get_object(), "by": acting(request), "scope": self.scope,
            "at": timezone.now(), "seen_version": values.get("version"),
        }  # fmt: skip

    def _answer(self, row: VolumeReport) -> Response:
        fresh = reports_for_review(self.scope).select_related(*NAMED).get(pk=row.pk)
        return Response(ReviewSerializer(fresh).data)


class ShortfallViewSet(mixins.ListModelMixin, ScopedViewSet):
    """少报、不报的填报单位。"""

    token_subject: ClassVar[str] = "volumes"
    serializer_class = ShortfallSerializer
    filterset_class = ShortfallFilter
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_region_authority

    def visible(self, scope: Scope) -> QuerySet[VolumeReport]:
        return shortfalls(scope).select_related(*NAMED)


class TaskQuerySerializer(serializers.Serializer[Any]):
    task = serializers.CharField(max_length=20)


class GroupTotalEndpoint(ScopedEndpoint):
    """一个报量任务各品种的汇总。"""

    token_subject: ClassVar[str] = "volumes"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_region_authority

    @extend_schema(
        parameters=[OpenApiParameter("task", str, required=True, description="报量任务编号")],
        responses=GroupTotalSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """查看范围内已提交的报量，按品种合计，与上年实际比较；没有这个任务时为空。"""
        given = TaskQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        number = given.validated_data["task"]
        task = visible_report_tasks(self.scope).filter(task_no=number).first()
        totals = group_totals(self.scope, task.pk) if task else []
        return Response(GroupTotalSerializer(totals, many=True).data)
