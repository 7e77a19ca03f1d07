"""Batches being made by API: the same workbook, the same checks, two people as on the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import BatchDraft
from catalog.operations.batch_drafts.make import (
    attach_part,
    make_draft_of_workbook,
    replace_by_workbook,
)
from catalog.operations.batch_drafts.publish import (
    publish_draft,
    return_draft,
    submit_draft,
    withdraw_draft,
)
from catalog.queries.batch_drafts import part_names, visible_batch_drafts, with_documents
from catalog.states.batch_draft import DocumentPart
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from policy.api.four_eyes import ConfirmationSerializer, ReasonSerializer


class DraftProblemSerializer(serializers.Serializer[Any]):
    """A mistake; row 0 is the sheet as a whole."""

    sheet = serializers.CharField()
    row = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()


class BatchDraftSerializer(serializers.ModelSerializer[BatchDraft]):
    problems = DraftProblemSerializer(many=True, read_only=True)
    documents = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = BatchDraft
        fields = (
            "draft_no", "code", "name", "state", "state_at", "problem_count", "problems",
            "documents", "lead_workdays", "lead_needed", "lead_reason", "note", "made_at",
            "made_by_name", "submitted_at", "submitted_by_name", "published_at",
            "published_by_name", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_documents(self, draft: BatchDraft) -> list[str]:
        """The parts of the execution document that are there."""
        return part_names(draft)


class WorkbookSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)


class BatchPartSerializer(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=DocumentPart.choices)
    file = serializers.FileField(allow_empty_file=True)


class SubmissionSerializer(serializers.Serializer[Any]):
    """`lead_reason` where the issue lies fewer working days before the start than it should."""

    lead_reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class BatchDraftViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """批次编制。一人编制，另一人复核发布；发布之前只有本省医保局可见。"""

    serializer_class = BatchDraftSerializer
    token_subject = "catalog"
    lookup_field = "draft_no"
    lookup_value_regex = r"[A-Z0-9-]{1,20}"
    ordering = "-id"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[BatchDraft]:
        return with_documents(visible_batch_drafts(scope))

    @extend_schema(request=WorkbookSerializer, responses={201: BatchDraftSerializer})
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser, FormParser])
    def workbook(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """用一个工作簿建立草案；有错误也会保存，错误在 problems 中。"""
        draft = make_draft_of_workbook(
            upload=values_of(WorkbookSerializer, request)["file"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(draft, status.HTTP_201_CREATED)

    @extend_schema(request=WorkbookSerializer, responses=BatchDraftSerializer)
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, FormParser])
    def replace(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """用改好的工作簿替换全部内容。"""
        draft = replace_by_workbook(
            draft=self.get_object(), upload=values_of(WorkbookSerializer, request)["file"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(draft)

    @extend_schema(request=BatchPartSerializer, responses=BatchDraftSerializer)
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, FormParser])
    def part(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """上传执行文件的一个部分。"""
        draft: BatchDraft = self.get_object()
        values = values_of(BatchPartSerializer, request)
        attach_part(
            draft=draft, part=values["part"], upload=values["file"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(draft)

    @extend_schema(request=SubmissionSerializer, responses=BatchDraftSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提交复核。"""
        values = values_of(SubmissionSerializer, request)
        draft = submit_draft(
            draft=self.get_object(), lead_reason=values.get("lead_reason", ""),
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.get("version"),
        )  # fmt: skip
        return self._answer(draft)

    @extend_schema(request=ConfirmationSerializer, responses=BatchDraftSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """复核发布。"""
        draft = publish_draft(
            draft=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values_of(ConfirmationSerializer, request).get("version"),
        )  # fmt: skip
        return self._answer(draft)

    @extend_schema(request=ReasonSerializer, responses=BatchDraftSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """退回修改。"""
        draft = return_draft(
            draft=self.get_object(), note=values_of(ReasonSerializer, request)["note"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(draft)

    @extend_schema(request=ReasonSerializer, responses=BatchDraftSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """作废。"""
        draft = withdraw_draft(
            draft=self.get_object(), note=values_of(ReasonSerializer, request)["note"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(draft)

    def _answer(self, draft: BatchDraft, code: int = status.HTTP_200_OK) -> Response:
        """The draft as it stands now, its newest files with it."""
        fresh = self.get_queryset().get(pk=draft.pk)
        return Response(self.get_serializer(fresh).data, status=code)
