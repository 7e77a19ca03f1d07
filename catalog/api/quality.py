"""Quality by API: the same operations, sight and words as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api import quality_serializers as kinds
from catalog.filters.quality import (
    CoverageFilter,
    HoldFilter,
    InspectionFilter,
    QualityReportFilter,
    SamplingFilter,
)
from catalog.models import Inspection, QualityHold, QualityReport, Sampling
from catalog.operations.inspections import (
    NewInspection,
    NewSampling,
    record_follow_up,
    record_inspections,
    record_samplings,
)
from catalog.operations.quality_holds import lift_hold, place_hold
from catalog.operations.quality_reports import answer_report, close_report, report_quality
from catalog.queries.coverage import sees_coverage, selected_manufacturers
from catalog.queries.holds import visible_holds
from catalog.queries.known import Known
from catalog.queries.quality import (
    may_record,
    visible_inspections,
    visible_quality_reports,
    visible_samplings,
)
from core.transitions import NotYours, Verdict
from organisations.api.base import ScopedViewSet, acting
from organisations.models import Organisation
from organisations.queries.scope import Scope


def require(allowed: Verdict) -> None:
    """Whose step it is not learns that before anything that they typed is looked at."""
    if not allowed:
        raise NotYours.of(allowed)


class QualityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What all endpoints here share."""

    token_subject: ClassVar[str] = "catalog"
    lookup_value_regex = r"[A-Z0-9]{1,24}"
    ordering = "-id"

    def values(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        serializer = kind(data=request.data, context={"known": Known(self.scope)})
        serializer.is_valid(raise_exception=True)
        found: dict[str, Any] = serializer.validated_data
        return found

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(row).data, status=code)


class InspectionViewSet(QualityViewSet):
    """监督检查。药监部门登记，被检查企业和辖区主管部门可查。"""

    serializer_class = kinds.InspectionSerializer
    filterset_class = InspectionFilter
    lookup_field = "inspection_no"

    def visible(self, scope: Scope) -> QuerySet[Inspection]:
        return visible_inspections(scope).select_related("enterprise", "regulator")

    @extend_schema(
        request=kinds.NewInspectionSerializer, responses={201: kinds.InspectionSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记一次检查。"""
        require(may_record(self.scope))
        values = self.values(kinds.NewInspectionSerializer, request)
        (row,) = record_inspections(
            inspections=[NewInspection(**values)], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.FollowUpSerializer, responses=kinds.InspectionSerializer)
    @action(detail=True, methods=["post"], url_path="follow-up", url_name="follow-up")
    def follow_up(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记跟踪情况。"""
        values = self.values(kinds.FollowUpSerializer, request)
        row = record_follow_up(
            inspection=self.get_object(), follow_up=values["follow_up"],
            followed_up_on=values["followed_up_on"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return self.answer(row)


class SamplingViewSet(QualityViewSet):
    """抽检结果。药监部门登记，生产企业、被抽样单位和辖区主管部门可查。"""

    serializer_class = kinds.SamplingSerializer
    filterset_class = SamplingFilter
    lookup_field = "sampling_no"

    def visible(self, scope: Scope) -> QuerySet[Sampling]:
        return visible_samplings(scope).select_related(
            "product", "manufacturer", "drawn_from", "regulator"
        )

    @extend_schema(request=kinds.NewSamplingSerializer, responses={201: kinds.SamplingSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记一份抽检结果。"""
        require(may_record(self.scope))
        values = self.values(kinds.NewSamplingSerializer, request)
        (row,) = record_samplings(
            samplings=[NewSampling(**values)], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return self.answer(row, status.HTTP_201_CREATED)


class CoverageViewSet(mixins.ListModelMixin, ScopedViewSet):
    """检查覆盖：现行中选产品的生产企业，今年是否检查过。省级主管部门可查。"""

    token_subject: ClassVar[str] = "catalog"
    serializer_class = kinds.InspectionCoverageSerializer
    filterset_class = CoverageFilter
    ordering = "id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_coverage(scope)

    def visible(self, scope: Scope) -> QuerySet[Organisation]:
        return selected_manufacturers(scope, timezone.localdate())


class QualityReportViewSet(QualityViewSet):
    """质量与不良反应报告。"""

    serializer_class = kinds.QualityReportSerializer
    filterset_class = QualityReportFilter
    lookup_field = "report_no"

    def visible(self, scope: Scope) -> QuerySet[QualityReport]:
        return visible_quality_reports(scope).select_related(
            "product", "institution", "manufacturer", "county"
        )

    @extend_schema(
        request=kinds.NewQualityReportSerializer, responses={201: kinds.QualityReportSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构提交报告。"""
        values = self.values(kinds.NewQualityReportSerializer, request)
        row = report_quality(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.AnswerSerializer, responses=kinds.QualityReportSerializer)
    @action(detail=True, methods=["post"], url_path="answer", url_name="answer")
    def explain(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """生产企业提交说明。"""
        values = self.values(kinds.AnswerSerializer, request)
        row = answer_report(
            report=self.get_object(), answer=values["answer"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return self.answer(row)

    @extend_schema(request=kinds.ConclusionSerializer, responses=kinds.QualityReportSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """药监部门处置办结。"""
        values = self.values(kinds.ConclusionSerializer, request)
        row = close_report(
            report=self.get_object(), conclusion=values["conclusion"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return self.answer(row)


class HoldViewSet(QualityViewSet):
    """暂停使用。医疗机构对本机构，药监部门和省级医保局对辖区。"""

    serializer_class = kinds.HoldSerializer
    filterset_class = HoldFilter
    lookup_field = "hold_no"

    def visible(self, scope: Scope) -> QuerySet[QualityHold]:
        return visible_holds(scope).select_related("product", "institution", "area", "placed_by")

    @extend_schema(request=kinds.NewHoldSerializer, responses={201: kinds.HoldSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """暂停使用。"""
        values = self.values(kinds.NewHoldSerializer, request)
        row = place_hold(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.LiftSerializer, responses=kinds.HoldSerializer)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """解除暂停使用。"""
        values = self.values(kinds.LiftSerializer, request)
        row = lift_hold(
            hold=self.get_object(), lift_reason=values["lift_reason"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return self.answer(row)
