"""Long work under /api/v1/: see it, ask for a month, cancel."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.jobs.models import Job
from monitoring.api.job_serializers import ComputeSerializer, JobSerializer
from monitoring.operations.request_computation import cancel_job, request_computation
from monitoring.queries.jobs import job_row, visible_work
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope


class JobViewSet(ScopedViewSet):
    """后台任务：月度计算、数据导入等长时间工作的进度与结果。"""

    serializer_class = JobSerializer
    token_subject = "jobs"
    lookup_value_regex = r"\d{1,18}"
    ordering = ("-queued_at", "-id")

    def exists_for(self, scope: Scope) -> bool:
        """As the pages: for those who can start long work."""
        return scope.is_business and (scope.is_province_bureau or scope.has_role("importer"))

    def visible(self, scope: Scope) -> QuerySet[Job]:
        return visible_work(scope)

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return QuerySet(Job).none()
        return super().get_queryset()

    @extend_schema(responses=JobSerializer(many=True))
    def list(self, request: Request) -> Response:
        """看得到的后台任务，新的在前。"""
        page = self.paginate_queryset(self.get_queryset()) or []
        rows = [job_row(self.scope, job) for job in page]
        return self.get_paginated_response(JobSerializer(rows, many=True).data)

    @extend_schema(responses=JobSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一项后台任务的状态、进度与结果。"""
        return self._answer(self.get_object())

    @extend_schema(request=ComputeSerializer, responses={202: JobSerializer})
    def create(self, request: Request) -> Response:
        """发起一个月的指标计算；同一月份已在排队或进行中时返回原任务。仅省级医保局。"""
        form = ComputeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        job = request_computation(
            month=form.validated_data["month"], scope=self.scope, by=acting(request),
            at=timezone.now(),
        )  # fmt: skip
        answer = self._answer(job)
        answer.status_code = status.HTTP_202_ACCEPTED
        return answer

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """请求取消；排队中的立即取消，进行中的在下一个检查点停下，未完成的部分不会写入。"""
        job: Job = self.get_object()
        cancel_job(job=job, scope=self.scope, by=acting(request), at=timezone.now())
        return self._answer(self.get_queryset().get(pk=job.pk))

    def _answer(self, job: Job) -> Response:
        return Response(JobSerializer(job_row(self.scope, job)).data)
