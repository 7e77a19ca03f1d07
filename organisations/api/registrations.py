"""Registrations for the bureau's own system."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.base import ScopedViewSet, acting
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.models import Registration
from organisations.operations.review_registration import (
    REVIEWED_FIELDS,
    accept_registration,
    refuse_registration,
    return_registration,
    take_registration,
)
from organisations.queries.registrations import registration_files, visible_registrations
from organisations.queries.scope import Scope
from organisations.views.files import served


class RegistrationSerializer(serializers.ModelSerializer):
    """An application as filed, with its state."""

    region: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    bureau: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Registration
        fields = (
            "receipt_no", "kind", "name", "credit_code", "code", "region", "level", "ownership",
            "institution_kind", "is_manufacturer", "is_distributor", "address", "contact_name",
            "contact_phone", "admin_username", "admin_name", "bureau", "state", "state_at",
            "review_note", "findings", "version",
        )  # fmt: skip
        read_only_fields = fields


class TakeSerializer(serializers.Serializer):
    version = serializers.IntegerField(min_value=1)


class DecisionSerializer(TakeSerializer):
    review_note = serializers.CharField(max_length=1000)


class ReturnSerializer(DecisionSerializer):
    findings = serializers.DictField(
        child=serializers.CharField(max_length=300), required=False, default=dict
    )

    def validate_findings(self, value: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(value) - set(REVIEWED_FIELDS))
        if unknown:
            raise serializers.ValidationError(f"没有这些项目：{'、'.join(unknown)}")
        return value


class RegistrationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """注册申请：受理、通过、退回补正、不予通过。"""

    serializer_class = RegistrationSerializer
    personal = ("contact_name", "contact_phone", "admin_username")
    token_subject = "organisations"
    lookup_field = "receipt_no"
    lookup_value_regex = r"ZC[0-9A-Z]{8,22}"
    ordering = ("-created_at", "-pk")

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_bureau

    def visible(self, scope: Scope) -> QuerySet[Registration]:
        return visible_registrations(scope)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, **kwargs: Any) -> Response:
        """证明材料清单。"""
        return Response(KeptFileSerializer(registration_files(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        """一份证明材料的原文件；未通过检查的不提供。"""
        return served(request, registration_files(self.get_object()), kwargs["file_id"])

    def _given(self, request: Request, form_class: type[serializers.Serializer]) -> dict[str, Any]:
        form = form_class(data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        return {
            "registration": self.get_object(),
            "by": acting(request),
            "scope": self.scope,
            "at": timezone.now(),
            "seen_version": values.pop("version"),
            **values,
        }

    @extend_schema(request=TakeSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, **kwargs: Any) -> Response:
        """受理。"""
        row = take_registration(**self._given(request, TakeSerializer))
        return Response(self.get_serializer(row).data)

    @extend_schema(request=TakeSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: Any) -> Response:
        """通过，建立机构和首位管理员账号。"""
        row = accept_registration(**self._given(request, TakeSerializer))
        return Response(self.get_serializer(row).data)

    @extend_schema(request=ReturnSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, **kwargs: Any) -> Response:
        """退回补正，可逐项写明。"""
        row = return_registration(**self._given(request, ReturnSerializer))
        return Response(self.get_serializer(row).data)

    @extend_schema(request=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        """不予通过。"""
        row = refuse_registration(**self._given(request, DecisionSerializer))
        return Response(self.get_serializer(row).data)
