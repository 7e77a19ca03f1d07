"""The trail under /api/v1/, for the auditor's own tools; a session of the auditor only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.audit.models import AuditEvent
from organisations.api.base import ScopedViewSet
from organisations.forms.search import AuditSearch
from organisations.queries.scope import Scope
from organisations.queries.trail import events_matching


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """Who did what to which object, when and from where; as the list shows it."""

    class Meta:
        model = AuditEvent
        fields: tuple[str, ...] = (
            "id", "at", "actor_name", "organisation_name", "action", "outcome", "object_type",
            "object_key", "request_id", "ip",
        )  # fmt: skip
        read_only_fields: Any = fields


class AuditEventDetailSerializer(AuditEventSerializer):
    """One event with its words."""

    class Meta(AuditEventSerializer.Meta):
        fields = (*AuditEventSerializer.Meta.fields, "object_label", "reason", "clause", "detail")
        read_only_fields = fields


class AuditEventViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """审计事件，新的在前。仅审计管理员。"""

    serializer_class = AuditEventSerializer
    personal = ("ip",)
    token_subject = "organisations"
    lookup_value_regex = r"\d{1,18}"
    ordering = ("-at", "-id")

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role == "auditor"

    def visible(self, scope: Scope) -> QuerySet[AuditEvent]:
        search = AuditSearch(self.request.query_params if self.action == "list" else {})
        if not search.is_valid():
            raise serializers.ValidationError(
                {name: [str(one) for one in said] for name, said in search.errors.items()}
            )
        return events_matching(scope, search.cleaned_data)

    def get_serializer_class(self) -> type[AuditEventSerializer]:
        return AuditEventDetailSerializer if self.detail else AuditEventSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter(name, str, description=str(field.label))
            for name, field in AuditSearch.base_fields.items()
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """按对象、操作人、操作、结果和日期查询审计事件。"""
        return super().list(request, *args, **kwargs)
