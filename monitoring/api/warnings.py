"""Warnings under /api/v1/: what the page can do, a hospital's own system can do."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import StrictJSONParser
from monitoring.api.serializers import (
    ClosingNoteSerializer,
    ExplanationSerializer,
    SeenVersionSerializer,
    WarningDetailSerializer,
    WarningSerializer,
)
from monitoring.filters import WarningFilter
from monitoring.models import Warning
from monitoring.operations.answer_warning import (
    acknowledge_warning,
    close_warning,
    explain_warning,
    return_warning,
)
from monitoring.queries.visible import visible_warning_steps, visible_warnings
from monitoring.queries.warning_page import warning_files, warning_page
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope
from organisations.views.files import served


class WarningViewSet(mixins.ListModelMixin, ScopedViewSet):
    """预警：查询、查看，以及签收、说明、办结、退回各步。"""

    serializer_class = WarningSerializer
    filterset_class = WarningFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "warning_no"
    lookup_value_regex = r"[A-Z0-9-]{1,40}"

    def visible(self, scope: Scope) -> QuerySet[Warning]:
        return visible_warnings(scope)

    @extend_schema(responses=WarningDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """一条预警及其各月实测值、办理经过、证明材料，和现在能办的步骤。"""
        warning: Warning = self.get_object()
        context = {
            "page": warning_page(warning, self.scope, timezone.now()),
            "steps": visible_warning_steps(self.scope).filter(warning=warning).order_by("pk"),
        }
        return Response(WarningDetailSerializer(warning, context=context).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path=r"files/(?P<file_id>\d{1,18})", url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份证明材料的原文件；未通过检查的文件不提供。"""
        return served(request, warning_files(self.get_object()), kwargs["file_id"])

    @extend_schema(request=SeenVersionSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """签收：表示已知悉，答复期限不变。"""
        values = self._values(SeenVersionSerializer, request)
        return self._answer(
            acknowledge_warning(
                warning=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
                seen_version=values["version"],
            )
        )  # fmt: skip

    @extend_schema(request=ExplanationSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    def explain(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提交说明；证明材料以 multipart/form-data 的 files 一并上传，可多个。"""
        values = self._values(ExplanationSerializer, request)
        return self._answer(
            explain_warning(
                warning=self.get_object(), explanation=values["explanation"],
                uploads=values["files"], by=acting(request), scope=self.scope, at=timezone.now(),
                seen_version=values["version"],
            )
        )  # fmt: skip

    @extend_schema(request=ClosingNoteSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核实办结：说明属实、整改到位。"""
        values = self._values(ClosingNoteSerializer, request)
        return self._answer(
            close_warning(
                warning=self.get_object(), closing_note=values["closing_note"], by=acting(request),
                scope=self.scope, at=timezone.now(), seen_version=values["version"],
            )
        )  # fmt: skip

    @extend_schema(request=ClosingNoteSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """退回补充：说明理由，由被预警单位重新说明。"""
        values = self._values(ClosingNoteSerializer, request)
        return self._answer(
            return_warning(
                warning=self.get_object(), closing_note=values["closing_note"], by=acting(request),
                scope=self.scope, at=timezone.now(), seen_version=values["version"],
            )
        )  # fmt: skip

    def _values(self, kind: type[SeenVersionSerializer], request: Request) -> dict[str, Any]:
        serializer = kind(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def _answer(self, warning: Warning) -> Response:
        return Response(self.get_serializer(warning).data)
