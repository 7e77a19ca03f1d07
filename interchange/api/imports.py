"""Imports of datasets: hand in, look, confirm, cancel; the same operations as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

import interchange.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.api.parsing import StrictJSONParser
from core.transitions import NotYours
from interchange.api.serializers import (
    ImportDetailSerializer,
    ImportSerializer,
    ImportStepSerializer,
    ImportUploadSerializer,
    ProblemSerializer,
)
from interchange.filters import ImportFilter
from interchange.models import DatasetImport
from interchange.operations.upload_dataset import cancel_import, confirm_import, upload_dataset
from interchange.queries.import_page import problem_item
from interchange.queries.imports import may_import, visible_imports
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope


class ImportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """数据导入。上传后由后台检查；轮询到 `checked` 再确认，或读取 `problems`。"""

    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "jobs"
    lookup_field = "import_no"
    lookup_value_regex = r"[A-Z0-9-]{1,20}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[DatasetImport]:
        return visible_imports(scope).select_related("job")

    @extend_schema(responses=ImportDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一次导入的状态、进度、各文件摘要和变化行数。"""
        return self._answer(self.get_object())

    @extend_schema(
        request={"multipart/form-data": ImportUploadSerializer},
        responses={202: ImportDetailSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """上传一个 zip 或多个 CSV 文件（字段 `files`），排队检查。"""
        allowed = may_import(self.scope)
        if not allowed:
            raise NotYours.of(allowed)
        given = ImportUploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = upload_dataset(
            uploads=given.validated_data["files"], by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return self._answer(row, status.HTTP_202_ACCEPTED)

    @extend_schema(request=ImportStepSerializer, responses=ImportDetailSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """确认写入检查过的文件。"""
        given = ImportStepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        row = confirm_import(
            row=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=given.validated_data.get("version"),
        )  # fmt: skip
        return self._answer(row)

    @extend_schema(request=None, responses=ImportDetailSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """取消，不写入任何数据。"""
        row = cancel_import(
            row=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now()
        )
        return self._answer(row)

    @extend_schema(responses=ProblemSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def problems(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """检查出的错误，至多一千处。"""
        items = [problem_item(problem) for problem in self.get_object().problems]
        return Response(ProblemSerializer(items, many=True).data)

    def _answer(self, row: DatasetImport, code: int = status.HTTP_200_OK) -> Response:
        serializer = ImportDetailSerializer(row, context=self.get_serializer_context())
        return Response(serializer.data, status=code)
