"""Reporting tasks under /api/v1/."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from volumes.api import task_serializers as kinds
from volumes.api.report_serializers import VolumeReportSerializer
from volumes.filters import ReportTaskFilter
from volumes.models import ReportTask
from volumes.operations.tasks.draft import NOT_YOURS, draft_task, edit_task
from volumes.operations.tasks.open import withdraw_task
from volumes.operations.tasks.request import request_open
from volumes.operations.tasks.volunteer import volunteer
from volumes.queries.progress import progress_by_region
from volumes.queries.rows import tasks_with_batch
from volumes.queries.standings import opens_tasks, task_standings
from volumes.queries.visible import sees_reports

DETAIL = kinds.ReportTaskDetailSerializer


class ReportTaskViewSet(mixins.ListModelMixin, ScopedViewSet):
    """报量任务：编制、发布、撤销，各地提交进度。"""

    serializer_class = kinds.ReportTaskSerializer
    filterset_class = ReportTaskFilter
    token_subject = "volumes"
    lookup_field = "task_no"
    lookup_value_regex = r"[A-Z0-9-]{1,20}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope)

    def visible(self, scope: Scope) -> QuerySet[ReportTask]:
        return tasks_with_batch(scope)

    @extend_schema(responses=DETAIL)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一个任务及其品种。"""
        return self._answer(self.get_object())

    @extend_schema(request=kinds.NewReportTaskSerializer, responses={201: DETAIL})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """编制一个任务，存为草稿。"""
        if not opens_tasks(self.scope):
            raise NotYours(NOT_YOURS)
        values = values_of(kinds.NewReportTaskSerializer, request)
        task = draft_task(
            values=kinds.task_values(values), by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return self._answer(task, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.EditedReportTaskSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def edit(self, request: Request, **kwargs: Any) -> Response:
        """修改草稿；发布以后不能再改。"""
        task = self.get_object()
        if not task_standings(self.scope, task):
            raise NotYours(NOT_YOURS)
        values = values_of(kinds.EditedReportTaskSerializer, request)
        edited = edit_task(
            task=task, values=kinds.task_values(values), by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self._answer(edited)

    @extend_schema(request=kinds.ReportStepSerializer, responses={200: DETAIL, 202: DETAIL})
    @action(detail=True, methods=["post"])
    def open(self, request: Request, **kwargs: Any) -> Response:
        """发布：须报的单位全部列入名单并收到待办。超过 300 家时答 202，在后台发布，进度在后台任务查看。"""
        task = self.get_object()
        values = values_of(kinds.ReportStepSerializer, request)
        job = request_open(
            task=task, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip
        task.refresh_from_db()
        return self._answer(task, status.HTTP_202_ACCEPTED if job else status.HTTP_200_OK)

    @extend_schema(request=kinds.ReportStepSerializer, responses=DETAIL)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """撤销草稿。"""
        task = self.get_object()
        values = values_of(kinds.ReportStepSerializer, request)
        moved = withdraw_task(
            task=task, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip
        return self._answer(moved)

    @extend_schema(request=None, responses={201: VolumeReportSerializer})
    @action(detail=True, methods=["post"])
    def volunteer(self, request: Request, **kwargs: Any) -> Response:
        """不在须报名单上的医疗机构自愿填报。"""
        report = volunteer(
            task=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now()
        )
        return Response(VolumeReportSerializer(report).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("level", str, enum=["county", "city"], description="按县（county，缺省）或按设区市（city）")],
        responses=kinds.ReportProgressSerializer(many=True),
    )  # fmt: skip
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def progress(self, request: Request, **kwargs: Any) -> Response:
        """各地须报、已提交、未提交、已确认的单位数；名单见 /reports/?stage=missing。"""
        level = "city" if request.query_params.get("level") == "city" else "county"
        rows = progress_by_region(self.scope, self.get_object(), level)
        return Response(kinds.ReportProgressSerializer(rows, many=True).data)

    def _answer(self, task: ReportTask, code: int = status.HTTP_200_OK) -> Response:
        return Response(DETAIL(task).data, status=code)
