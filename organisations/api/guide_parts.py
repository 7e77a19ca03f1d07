"""Services, reception days and downloads of the own office's guide."""

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

from core.api.parsing import StrictJSONParser
from organisations.api.base import ScopedViewSet, acting
from organisations.api.guide_serializers import (
    CancelledDaySerializer,
    GuideFileSerializer,
    GuideServiceSerializer,
    NewGuideFileSerializer,
    ReceptionDaySerializer,
)
from organisations.api.guides import OfOwnOffice
from organisations.models import GuideFile, GuideService, ReceptionDay
from organisations.operations.guides import (
    add_guide_file,
    add_reception_day,
    cancel_reception_day,
    end_service,
    save_service,
    withdraw_guide_file,
)
from organisations.queries.scope import Scope
from organisations.queries.visible import (
    visible_guide_files,
    visible_guide_services,
    visible_reception_days,
)

NUMBER = r"\d{1,18}"


class GuideServiceViewSet(
    OfOwnOffice, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet
):
    """本单位公开的办事事项。"""

    serializer_class = GuideServiceSerializer
    token_subject = "organisations"
    lookup_value_regex = NUMBER
    ordering = ("position", "pk")

    def visible(self, scope: Scope) -> QuerySet[GuideService]:
        return visible_guide_services(scope).filter(is_active=True)

    def create(self, request: Request) -> Response:
        """新增事项，保存后立即公开。"""
        return self._saved(request, None, status.HTTP_201_CREATED)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """修改事项。"""
        return self._saved(request, self.get_object(), status.HTTP_200_OK)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, **kwargs: Any) -> Response:
        """停止公开。"""
        end_service(
            organisation=acting(request).organisation, service=self.get_object(),
            by=acting(request), at=timezone.now(),
        )  # fmt: skip
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _saved(self, request: Request, service: GuideService | None, code: int) -> Response:
        form = GuideServiceSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        seen = values.pop("row_version", None)
        kept = save_service(
            organisation=acting(request).organisation, service=service, values=values,
            by=acting(request), at=timezone.now(), seen_version=seen,
        )  # fmt: skip
        return Response(GuideServiceSerializer(kept).data, status=code)


class ReceptionDayViewSet(OfOwnOffice, mixins.ListModelMixin, ScopedViewSet):
    """本单位的接待日。"""

    serializer_class = ReceptionDaySerializer
    token_subject = "organisations"
    lookup_value_regex = NUMBER
    ordering = ("day", "pk")

    def visible(self, scope: Scope) -> QuerySet[ReceptionDay]:
        return visible_reception_days(scope)

    def create(self, request: Request) -> Response:
        """新增接待日。"""
        form = ReceptionDaySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = add_reception_day(
            organisation=acting(request).organisation, by=acting(request), at=timezone.now(),
            **form.validated_data,
        )  # fmt: skip
        return Response(ReceptionDaySerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CancelledDaySerializer, responses=ReceptionDaySerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **kwargs: Any) -> Response:
        """取消接待日，须写明原因。"""
        form = CancelledDaySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        cancel_reception_day(
            organisation=acting(request).organisation, day=self.get_object(),
            note=form.validated_data["note"], by=acting(request), at=timezone.now(),
        )  # fmt: skip
        return Response(ReceptionDaySerializer(self.get_object()).data)


class GuideFileViewSet(OfOwnOffice, mixins.ListModelMixin, ScopedViewSet):
    """本单位公开的表格和手册。"""

    serializer_class = GuideFileSerializer
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "organisations"
    lookup_value_regex = NUMBER
    ordering = ("kind", "title", "pk")

    def visible(self, scope: Scope) -> QuerySet[GuideFile]:
        return visible_guide_files(scope).filter(is_withdrawn=False)

    @extend_schema(
        request={"multipart/form-data": NewGuideFileSerializer},
        responses={201: GuideFileSerializer},
    )
    def create(self, request: Request) -> Response:
        """上传一份表格或手册（multipart/form-data 的 files，一次一个），检查通过即公开。"""
        form = NewGuideFileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = add_guide_file(
            organisation=acting(request).organisation, title=form.validated_data["title"],
            kind=form.validated_data["kind"], uploads=form.validated_data["files"],
            by=acting(request), at=timezone.now(),
        )  # fmt: skip
        return Response(GuideFileSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """撤下。"""
        withdraw_guide_file(
            organisation=acting(request).organisation, file=self.get_object(),
            by=acting(request), at=timezone.now(),
        )  # fmt: skip
        return Response(status=status.HTTP_204_NO_CONTENT)
