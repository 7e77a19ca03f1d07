"""The rules of passwords, locks and sessions: read by security administrator and auditor, set by the former."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import NotYours
from organisations.api.base import ScopedViewSet, acting
from organisations.forms.security import SecurityPolicyForm
from organisations.models import SecurityPolicy
from organisations.operations.security_policy import BOUNDS, set_security_policy
from organisations.queries.scope import Scope
from organisations.queries.security_policy import PolicyValues, visible_security_policies

FURTHER_KINDS: list[tuple[str, str]] = list(
    SecurityPolicyForm.base_fields["second_factor_kinds"].choices  # type: ignore[attr-defined]
)


class SecurityPolicySerializer(serializers.ModelSerializer[SecurityPolicy]):
    """One setting of all rules; the newest is in force, its `version` is sent with the next one."""

    second_factor_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=FURTHER_KINDS), required=False, default=list
    )
    reason = serializers.CharField(max_length=200)
    version = serializers.IntegerField(source="pk", min_value=0, required=False)

    class Meta:
        model = SecurityPolicy
        fields = (*BOUNDS, "second_factor_kinds", "reason", "version", "set_at", "set_by_name")
        read_only_fields = ("set_at", "set_by_name")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            name: {"required": True, "min_value": least, "max_value": most}
            for name, (least, most, _, _) in BOUNDS.items()
        }


class SecurityPolicyViewSet(mixins.ListModelMixin, ScopedViewSet):
    """口令与会话策略：现行和历次设定，新的在前。"""

    serializer_class = SecurityPolicySerializer
    token_subject = "organisations"
    ordering = "-pk"

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role in ("security", "auditor")

    def visible(self, scope: Scope) -> QuerySet[SecurityPolicy]:
        return visible_security_policies(scope)

    @extend_schema(request=SecurityPolicySerializer, responses={201: SecurityPolicySerializer})
    def create(self, request: Request) -> Response:
        """设定策略，须写全各项和事由；仅安全管理员。"""
        if self.scope.platform_role != "security":
            raise NotYours("口令与会话策略由安全管理员设定")
        form = SecurityPolicySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        reason, seen = values.pop("reason"), values.pop("pk", None)
        values["second_factor_kinds"] = tuple(sorted(set(values["second_factor_kinds"])))
        row = set_security_policy(
            values=PolicyValues(**values), reason=reason, by=acting(request), at=timezone.now(),
            seen_version=seen,
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)
