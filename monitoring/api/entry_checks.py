"""进院 checks by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from monitoring.filters import EntryCheckFilter
from monitoring.models import EntryCheck
from monitoring.operations.entry_checks import answer_entry, explain_entry
from monitoring.queries.entry_checks import visible_entry_checks
from monitoring.states import ENTRY_REASONS, FORBIDDEN_REASONS
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope


class EntryCheckSerializer(serializers.ModelSerializer[EntryCheck]):
    batch: Any = serializers.CharField(source="batch.code", read_only=True)
    product: Any = serializers.CharField(source="product.code", read_only=True)
    product_name: Any = serializers.CharField(source="product.name", read_only=True)
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)
    county: Any = serializers.CharField(source="county.code", default=None, read_only=True)
    forbidden_reason = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = EntryCheck
        fields = (
            "check_no", "batch", "year_no", "product", "product_name", "institution",
            "institution_name", "county", "agreed_qty", "opened_at", "state", "state_at",
            "reason_code", "forbidden_reason", "explanation", "follow_up", "first_received_at",
            "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_forbidden_reason(self, row: EntryCheck) -> bool:
        return row.reason_code in FORBIDDEN_REASONS


class EntryReasonSerializer(serializers.Serializer[Any]):
    reason_code = serializers.ChoiceField(choices=ENTRY_REASONS)
    explanation = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class EntryFollowSerializer(serializers.Serializer[Any]):
    follow_up = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class EntryCheckViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """进院排查：有约定采购量、尚无首次验收的中选产品。"""

    token_subject: ClassVar[str] = "warnings"
    serializer_class = EntryCheckSerializer
    filterset_class = EntryCheckFilter
    lookup_field = "check_no"
    lookup_value_regex = r"[A-Z0-9-]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[EntryCheck]:
        return visible_entry_checks(scope).select_related(
            "batch", "product", "institution", "county"
        )

    @extend_schema(request=EntryReasonSerializer, responses=EntryCheckSerializer)
    @action(detail=True, methods=["post"])
    def explain(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构说明未进院原因。"""
        values = values_of(EntryReasonSerializer, request)
        row = explain_entry(
            check=self.get_object(), reason_code=values["reason_code"],
            explanation=values["explanation"], by=acting(request), scope=self.scope,
            at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return self._answer(row)

    @extend_schema(request=EntryFollowSerializer, responses=EntryCheckSerializer)
    @action(detail=True, methods=["post"])
    def follow(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医保局登记跟进；不得采用的理由不能登记，只能退回。"""
        return self._follow("follow", request)

    @extend_schema(request=EntryFollowSerializer, responses=EntryCheckSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医保局退回，医疗机构重新说明。"""
        return self._follow("return", request)

    def _follow(self, verb: str, request: Request) -> Response:
        values = values_of(EntryFollowSerializer, request)
        row = answer_entry(
            check=self.get_object(), verb=verb, follow_up=values["follow_up"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return self._answer(row)

    def _answer(self, row: EntryCheck) -> Response:
        return Response(self.get_serializer(row).data)
