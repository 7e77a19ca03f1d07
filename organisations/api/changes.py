"""Changes of organisations: applied for, mended and withdrawn by the admin, decided by the bureau."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import StrictJSONParser
from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting
from organisations.api.change_serializers import (
    ChangeApplicationSerializer,
    ChangeStepSerializer,
    MendedSerializer,
    OrganisationChangeSerializer,
    ReasonedStepSerializer,
)
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.models import OrganisationChange
from organisations.operations.change_organisation import apply_for_change, decide_change
from organisations.operations.resubmit_change import resubmit_change
from organisations.queries.changes import change_files, visible_changes
from organisations.queries.scope import Scope
from organisations.rules import manages_people
from organisations.views.files import served


class OrganisationChangeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """机构变更申请：变更名称、信用代码，并入其他机构，注销；申请、补正、撤回和审核。"""

    serializer_class = OrganisationChangeSerializer
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "organisations"
    lookup_field = "change_no"
    lookup_value_regex = r"BG[0-9A-F]{1,20}"
    ordering = ("-created_at", "-pk")

    def visible(self, scope: Scope) -> QuerySet[OrganisationChange]:
        return visible_changes(scope)

    @extend_schema(
        request={"multipart/form-data": ChangeApplicationSerializer},
        responses={201: OrganisationChangeSerializer},
    )
    def create(self, request: Request) -> Response:
        """提出申请；批复、证照等证明材料以 multipart/form-data 的 files 一并上传。"""
        allowed = manages_people(
            is_business=self.scope.is_business, is_admin=self.scope.has_role("admin")
        )
        if not allowed:
            raise NotYours.of(allowed)
        form = ChangeApplicationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        row = apply_for_change(
            organisation=acting(request).organisation, uploads=values.pop("files"),
            by=acting(request), at=timezone.now(), **values,
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, **kwargs: Any) -> Response:
        """证明材料清单。"""
        return Response(KeptFileSerializer(change_files(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        """一份证明材料的原文件；未通过检查的不提供。"""
        return served(request, change_files(self.get_object()), kwargs["file_id"])

    @extend_schema(
        request={"multipart/form-data": MendedSerializer}, responses=OrganisationChangeSerializer
    )
    @action(detail=True, methods=["post"])
    def resubmit(self, request: Request, **kwargs: Any) -> Response:
        """补正后重新提交；事项不变，原有材料仍在，可再上传。"""
        form = MendedSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        row = resubmit_change(
            change=self.get_object(), uploads=values.pop("files"), by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values.pop("version"), **values,
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(request=ChangeStepSerializer, responses=OrganisationChangeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """申请单位撤回。"""
        return self._decided("withdraw", ChangeStepSerializer, request)

    @extend_schema(request=ChangeStepSerializer, responses=OrganisationChangeSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: Any) -> Response:
        """审核通过，自生效日期起生效。"""
        return self._decided("accept", ChangeStepSerializer, request)

    @extend_schema(request=ReasonedStepSerializer, responses=OrganisationChangeSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, **kwargs: Any) -> Response:
        """退回补正，须写明意见。"""
        return self._decided("return", ReasonedStepSerializer, request)

    @extend_schema(request=ReasonedStepSerializer, responses=OrganisationChangeSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        """不予通过，须写明意见。"""
        return self._decided("refuse", ReasonedStepSerializer, request)

    def _decided(self, verb: str, kind: type[ChangeStepSerializer], request: Request) -> Response:
        form = kind(data=request.data)
        form.is_valid(raise_exception=True)
        row = decide_change(
            change=self.get_object(), verb=verb, by=acting(request), scope=self.scope,
            review_note=form.validated_data.get("review_note", ""), at=timezone.now(),
            seen_version=form.validated_data["version"],
        )  # fmt: skip
        return Response(self.get_serializer(row).data)
