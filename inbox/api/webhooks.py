"""Webhooks under /api/v1/: endpoints of the own organisation, their deliveries and attempts."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import Verdict
from inbox.api.webhook_serializers import (
    WebhookDeliverySerializer,
    WebhookSerializer,
    WebhookWithSecretSerializer,
)
from inbox.models import WebhookDelivery, WebhookEndpoint
from inbox.operations import webhooks
from inbox.queries.visible_changes import (
    visible_webhook_attempts,
    visible_webhook_deliveries,
    visible_webhook_endpoints,
)
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope
from organisations.rules import manages_people

NUMBER = r"HD[0-9A-F]{1,18}"


class _OfAdmin(ScopedViewSet):
    token_subject = "changes"

    def entry(self, scope: Scope) -> Verdict:
        return manages_people(is_business=scope.is_business, is_admin=scope.has_role("admin"))


class WebhookViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, _OfAdmin):
    """回调地址：平台把变更主动告知本机构系统的地址，由机构管理员管理。"""

    serializer_class = WebhookSerializer
    lookup_field = "number"
    lookup_value_regex = NUMBER
    ordering = ("-created_at", "-id")

    def visible(self, scope: Scope) -> QuerySet[WebhookEndpoint]:
        return visible_webhook_endpoints(scope)

    @extend_schema(responses={201: WebhookWithSecretSerializer})
    def create(self, request: Request) -> Response:
        """登记回调地址；签名密钥只在此返回一次。"""
        values = self._values(request)
        endpoint, secret = webhooks.register_webhook(
            organisation=acting(request).organisation, by=acting(request), at=timezone.now(),
            **values,
        )  # fmt: skip
        data = {**WebhookSerializer(endpoint).data, "secret": secret}
        return Response(data, status=status.HTTP_201_CREATED)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """修改名称、地址和订阅的种类。"""
        endpoint = webhooks.change_webhook(
            endpoint=self.get_object(), by=acting(request), at=timezone.now(),
            **self._values(request),
        )  # fmt: skip
        return Response(WebhookSerializer(endpoint).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """删除回调地址；尚未送达的不再投递。"""
        webhooks.remove_webhook(endpoint=self.get_object(), by=acting(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, **kwargs: Any) -> Response:
        """暂停；暂停期间的变更不再回调，请从变更接口补取。"""
        endpoint = webhooks.pause_webhook(
            endpoint=self.get_object(), by=acting(request), at=timezone.now()
        )
        return Response(WebhookSerializer(endpoint).data)

    @extend_schema(request=None, responses=WebhookSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, **kwargs: Any) -> Response:
        """恢复投递。"""
        endpoint = webhooks.resume_webhook(
            endpoint=self.get_object(), by=acting(request), at=timezone.now()
        )
        return Response(WebhookSerializer(endpoint).data)

    @extend_schema(request=None, responses=WebhookWithSecretSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, **kwargs: Any) -> Response:
        """轮换签名密钥；24 小时内新旧两个密钥都签名，新密钥只在此返回一次。"""
        endpoint, secret = webhooks.rotate_webhook_secret(
            endpoint=self.get_object(), by=acting(request), at=timezone.now()
        )
        return Response({**WebhookSerializer(endpoint).data, "secret": secret})

    @extend_schema(request=None, responses={202: WebhookDeliverySerializer})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, **kwargs: Any) -> Response:
        """发送一次测试回调（种类 webhook.test），结果见投递记录。"""
        delivery = webhooks.send_test(
            endpoint=self.get_object(), by=acting(request), at=timezone.now()
        )
        return Response(WebhookDeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)

    def _values(self, request: Request) -> dict[str, Any]:
        form = WebhookSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


class WebhookDeliveryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, _OfAdmin):
    """回调的投递记录及每一次尝试，新的在前。"""

    serializer_class = WebhookDeliverySerializer
    lookup_value_regex = r"\d{1,18}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[WebhookDelivery]:
        attempts = visible_webhook_attempts(scope).order_by("number")
        rows = visible_webhook_deliveries(scope).prefetch_related(Prefetch("attempts", attempts))
        number = self.request.query_params.get("webhook", "") if self.action == "list" else ""
        return rows.filter(endpoint__number=number) if number else rows

    @extend_schema(parameters=[OpenApiParameter("webhook", str, description="回调地址编号")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """投递记录，可只看一个回调地址的。"""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=None, responses={202: WebhookDeliverySerializer})
    @action(detail=True, methods=["post"])
    def redeliver(self, request: Request, **kwargs: Any) -> Response:
        """再投递一次同样的内容。"""
        delivery = webhooks.redeliver(
            delivery=self.get_object(), by=acting(request), at=timezone.now()
        )
        return Response(WebhookDeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)
