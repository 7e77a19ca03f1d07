"""Warnings under /api/v1/: what the page can do, a hospital's own system can do."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
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
from monitoring.queries.visible import visible_warnings
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope


class WarningViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """预警: list, read, and the steps acknowledge, explain, close and return."""

    serializer_class = WarningSerializer
    filterset_class = WarningFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "warning_no"
    lookup_value_regex = r"[A-Z0-9-]{1,40}"

    def visible(self, scope: Scope) -> QuerySet[Warning]:
        return visible_warnings(scope)

    @extend_schema(request=SeenVersionSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """签收."""
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
        """提交说明, with evidence as multipart `files`."""
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
        """核实办结."""
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
        """退回补充."""
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
