"""Changes of the batches' own values by API: the same operations, two people as on the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import OverrideChange
from catalog.operations.change_override import (
    confirm_override,
    propose_override,
    return_override,
    revoke_override,
    withdraw_override,
)
from catalog.queries.override_changes import visible_override_changes
from catalog.queries.visible import visible_batches
from organisations.api.base import acting, values_of
from organisations.queries.scope import Scope
from policy.api.four_eyes import FourEyesViewSet
from policy.queries.change_page import document_of
from policy.queries.visible import visible_parameters


class OverrideChangeSerializer(serializers.ModelSerializer[OverrideChange]):
    """A change; `value` null means the policy's value again from `valid_from` on."""

    batch = serializers.CharField(source="batch.code", read_only=True)
    parameter = serializers.CharField(source="parameter.key", read_only=True)
    document = serializers.CharField(source="document.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = OverrideChange
        fields = (
            "change_no", "batch", "parameter", "before", "value", "valid_from", "clause",
            "document", "reason", "state", "state_at", "note", "proposed_at", "proposed_by_name",
            "confirmed_at", "confirmed_by_name", "version",
        )  # fmt: skip
        read_only_fields = fields


class OverrideProposalSerializer(serializers.Serializer[Any]):
    """What a change proposes. A ratio is written as in policies: 0.30, not 30 %."""

    batch = serializers.CharField(max_length=40)
    parameter = serializers.CharField(max_length=60)
    value = serializers.CharField(max_length=60, allow_null=True)
    valid_from = serializers.DateField()
    clause = serializers.CharField(max_length=120)
    document = serializers.CharField(max_length=20, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300)


class OverrideChangeViewSet(FourEyesViewSet):
    """批次参数调整。一人提出，另一人确认；只对该批次有效，不改变已结束的月份。"""

    serializer_class = OverrideChangeSerializer
    token_subject = "catalog"
    steps: ClassVar = {
        "confirm": confirm_override,
        "return": return_override,
        "withdraw": withdraw_override,
        "revoke": revoke_override,
    }

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[OverrideChange]:
        return visible_override_changes(scope).select_related(
            "batch__policy", "parameter", "document"
        )

    @extend_schema(request=OverrideProposalSerializer, responses={201: OverrideChangeSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出一项调整。"""
        values = values_of(OverrideProposalSerializer, request)
        batches = visible_batches(self.scope).select_related("policy")
        batch = batches.filter(code=values["batch"]).first()
        if batch is None:
            raise serializers.ValidationError({"batch": ["没有这个批次，请核对代码"]})
        parameter = visible_parameters(self.scope).filter(key=values["parameter"]).first()
        if parameter is None:
            raise serializers.ValidationError({"parameter": ["没有这个参数，请核对代码"]})
        code = values.get("document", "")
        document = document_of(self.scope, code)
        if code and document is None:
            raise serializers.ValidationError({"document": ["没有这份文件，请核对简称"]})
        change = propose_override(
            batch=batch, parameter=parameter, value=values["value"],
            valid_from=values["valid_from"], clause=values["clause"], document=document,
            reason=values["reason"], by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self.told(change, status.HTTP_201_CREATED)
