"""Endpoints of 督导检查: the same operations, sight and words as the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import NotYours
from monitoring.api import site_inspection_serializers as kinds
from monitoring.filters.site_inspection import SiteInspectionFilter
from monitoring.forms.site_inspection import InspectionPlanForm
from monitoring.models import SiteInspection
from monitoring.operations.inspections.feed_back import feed_back_inspection
from monitoring.operations.inspections.plan import (
    InspectionTask,
    change_plan,
    plan_inspections,
)
from monitoring.operations.inspections.rectify import answer_inspection, judge_inspection
from monitoring.operations.inspections.visit import record_visit
from monitoring.queries.actions import may_propose
from monitoring.queries.site_inspections import (
    SHOWN_WITH,
    files_of,
    visible_site_inspections,
)
from monitoring.rules.inspection import Found
from monitoring.states.site_inspection import INSPECTION_CLAUSE
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served


def by_number(rows: Sequence[dict[str, Any]], name: str) -> dict[int, dict[str, Any]]:
    """Rows by the item's number; the same item twice is refused."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row["seq"] in found:
            raise serializers.ValidationError({name: [f"第 {row['seq']} 项填了两次，请只填一次"]})
        found[row["seq"]] = row
    return found


class SiteInspectionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """督导检查：制定计划、登记、反馈、整改、核实，按制定先后从新到旧。"""

    serializer_class = kinds.SiteInspectionSerializer
    filterset_class = SiteInspectionFilter
    parser_classes = (JSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "inspection_no"
    lookup_value_regex = r"[^/]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[SiteInspection]:
        return visible_site_inspections(scope).select_related(*SHOWN_WITH)

    def get_serializer_class(self) -> Any:
        """The checklist only with the one inspection: a page of rows would ask for each."""
        if self.action == "list":
            return kinds.SiteInspectionRowSerializer
        return kinds.SiteInspectionSerializer

    def answer_with(self, number: str) -> Response:
        """The inspection as it is now."""
        row = self.visible(self.scope).get(inspection_no=number)
        data = kinds.SiteInspectionSerializer(row, context=self.get_serializer_context()).data
        return Response(data)

    def step(
        self, act: Callable[..., object], values: dict[str, Any], request: Request
    ) -> Response:
        """One operation on the inspection with what the body holds."""
        row = self.get_object()
        if "files" in values:
            values["uploads"] = values.pop("files")
        act(
            inspection=row, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.pop("version", None), **values,
        )  # fmt: skip
        return self.answer_with(row.inspection_no)

    @extend_schema(
        request=kinds.NewSiteInspectionSerializer,
        responses={201: kinds.SiteInspectionRowSerializer(many=True)},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """制定检查任务，每家单位一项；事先通知的随即告知被检查单位。"""
        if not may_propose(self.scope):
            raise NotYours("督导检查由医保局经办、审核或负责人组织", INSPECTION_CLAUSE)
        values = values_of(kinds.NewSiteInspectionSerializer, request)
        values["items"] = "\n".join(values["items"])
        values["subjects"] = " ".join(values["subjects"])
        # The page's own form finds what the codes name, with the same words where it finds nothing.
        form = InspectionPlanForm(values, scope=self.scope)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(each) for each in found] for name, found in form.errors.items()}
            )
        made = plan_inspections(
            task=InspectionTask(**form.cleaned_data), by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        rows = self.visible(self.scope).filter(task_no=made[0].task_no).order_by("pk")
        data = kinds.SiteInspectionRowSerializer(
            rows, many=True, context=self.get_serializer_context()
        ).data
        return Response(data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=kinds.SiteInspectionDaySerializer, responses=kinds.SiteInspectionSerializer
    )
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """检查前改期，写明原因。"""
        values = values_of(kinds.SiteInspectionDaySerializer, request)
        return self.step(change_plan, {**values, "verb": "reschedule"}, request)

    @extend_schema(
        request=kinds.SiteInspectionNoteSerializer, responses=kinds.SiteInspectionSerializer
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """检查前取消，写明原因。"""
        values = values_of(kinds.SiteInspectionNoteSerializer, request)
        return self.step(change_plan, {**values, "verb": "cancel"}, request)

    @extend_schema(
        request=kinds.SiteInspectionVisitSerializer, responses=kinds.SiteInspectionSerializer
    )
    @action(detail=True, methods=["post"])
    def visit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记检查情况：清单每一项的结果，有问题的写明问题和整改要求；材料以 files 上传。"""
        values = values_of(kinds.SiteInspectionVisitSerializer, request)
        rows = by_number(values.pop("results"), "results")
        values["found"] = {
            seq: Found(row["result"], row["finding"], row["demand"]) for seq, row in rows.items()
        }
        return self.step(record_visit, values, request)

    @extend_schema(
        request=kinds.SiteInspectionFeedBackSerializer, responses=kinds.SiteInspectionSerializer
    )
    @action(detail=True, methods=["post"], url_path="feed-back", url_name="feed-back")
    def feed_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """反馈检查情况：生成意见书；有问题的限期整改，没有问题的办结。"""
        values = values_of(kinds.SiteInspectionFeedBackSerializer, request)
        return self.step(feed_back_inspection, values, request)

    @extend_schema(
        request=kinds.SiteInspectionAnswerSerializer, responses=kinds.SiteInspectionSerializer
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """被检查单位逐项提交整改情况；材料以 files 上传。"""
        values = values_of(kinds.SiteInspectionAnswerSerializer, request)
        rows = by_number(values.pop("answers"), "answers")
        values["answers"] = {seq: row["answer"] for seq, row in rows.items()}
        return self.step(answer_inspection, values, request)

    @extend_schema(
        request=kinds.SiteInspectionJudgeSerializer, responses=kinds.SiteInspectionSerializer
    )
    @action(detail=True, methods=["post"])
    def judge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """逐项认定是否整改到位；全部到位的办结，否则退回重新整改。"""
        values = values_of(kinds.SiteInspectionJudgeSerializer, request)
        rows = by_number(values.pop("verdicts"), "verdicts")
        values["verdicts"] = {seq: row["accepted"] for seq, row in rows.items()}
        return self.step(judge_inspection, values, request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """检查材料、意见书和整改材料；反馈之前被检查单位看不到。"""
        found = files_of(self.scope, self.get_object())
        return Response(KeptFileSerializer(found, many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份文件的内容；未通过检查的不提供。"""
        return served(request, files_of(self.scope, self.get_object()), kwargs["file_id"])
