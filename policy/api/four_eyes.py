"""Steps of what one person proposes and another confirms, for policies, batches and results alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.base import ScopedViewSet, acting, values_of


class ConfirmationSerializer(serializers.Serializer[Any]):
    """`version` as it was read; a later one is refused."""

    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ReasonSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300)


class FourEyesViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """`steps` names the operation of each verb; the pages call the same ones."""

    steps: ClassVar[Mapping[str, Callable[..., Any]]]
    lookup_field = "change_no"
    lookup_value_regex = r"[A-Z0-9-]{1,20}"
    ordering = "-id"

    @extend_schema(request=ConfirmationSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """确认生效。"""
        seen = values_of(ConfirmationSerializer, request).get("version")
        return self.step("confirm", request, seen_version=seen)

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """退回。"""
        return self.step("return", request, **values_of(ReasonSerializer, request))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出人撤回。"""
        return self.step("withdraw", request)

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """撤销已确认、尚未生效的调整。"""
        return self.step("revoke", request, **values_of(ReasonSerializer, request))

    def step(self, verb: str, request: Request, **values: Any) -> Response:
        """Carry the verb's operation out on the object of the address."""
        change = self.steps[verb](
            change=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
            **values,
        )  # fmt: skip
        return self.told(change)

    def told(self, change: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(change).data, status=code)
