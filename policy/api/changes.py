"""Changes of values by API: the same operations, two people as on the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.base import acting, values_of
from organisations.queries.scope import Scope
from policy.api.four_eyes import FourEyesViewSet
from policy.filters import ValueChangeFilter
from policy.models import ValueChange
from policy.operations.change_value import (
    confirm_change,
    propose_change,
    return_change,
    revoke_change,
    withdraw_change,
)
from policy.queries.change_page import document_of
from policy.queries.changes import visible_changes
from policy.queries.visible import visible_parameters, visible_policies


class ValueChangeSerializer(serializers.ModelSerializer[ValueChange]):
    """A change; `value` null means 不在执行 from `valid_from` on."""

    policy = serializers.CharField(source="policy.code", read_only=True)
    parameter = serializers.CharField(source="parameter.key", read_only=True)
    document = serializers.CharField(source="document.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ValueChange
        fields = (
            "change_no", "policy", "parameter", "before", "value", "valid_from", "clause",
            "document", "reason", "state", "state_at", "note", "proposed_at", "proposed_by_name",
            "confirmed_at", "confirmed_by_name", "version",
        )  # fmt: skip
        read_only_fields = fields


class ProposalSerializer(serializers.Serializer[Any]):
    """What a change proposes. A ratio is written as in policies: 0.30, not 30 %."""

    policy = serializers.CharField(max_length=40)
    parameter = serializers.CharField(max_length=60)
    value = serializers.CharField(max_length=60, allow_null=True)
    valid_from = serializers.DateField()
    clause = serializers.CharField(max_length=120)
    document = serializers.CharField(max_length=20, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300)
    version = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, help_text="填报时所见最新取值的 version"
    )


class ValueChangeViewSet(FourEyesViewSet):
    """参数调整。一人提出，另一人确认；不改变已结束的月份。"""

    serializer_class = ValueChangeSerializer
    filterset_class = ValueChangeFilter
    token_subject = "policy"
    steps: ClassVar = {
        "confirm": confirm_change,
        "return": return_change,
        "withdraw": withdraw_change,
        "revoke": revoke_change,
    }

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[ValueChange]:
        return visible_changes(scope).select_related("policy", "parameter", "document")

    @extend_schema(request=ProposalSerializer, responses={201: ValueChangeSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出一项调整。"""
        values = values_of(ProposalSerializer, request)
        policy = visible_policies(self.scope).filter(code=values["policy"]).first()
        if policy is None:
            raise serializers.ValidationError({"policy": ["没有这个政策，请核对代码"]})
        parameter = visible_parameters(self.scope).filter(key=values["parameter"]).first()
        if parameter is None:
            raise serializers.ValidationError({"parameter": ["没有这个参数，请核对代码"]})
        code = values.get("document", "")
        document = document_of(self.scope, code)
        if code and document is None:
            raise serializers.ValidationError({"document": ["没有这份文件，请核对简称"]})
        change = propose_change(
            policy=policy, parameter=parameter, value=values["value"],
            valid_from=values["valid_from"], clause=values["clause"], document=document,
            reason=values["reason"], by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return self.told(change, status.HTTP_201_CREATED)
