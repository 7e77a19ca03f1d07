"""Announcements of the own office: written, reviewed by another, published, corrected, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import StrictJSONParser
from core.transitions import ALLOWED, Verdict
from inbox.api.announcement_serializers import (
    AnnouncementNoteSerializer,
    AnnouncementStepSerializer,
    DraftSerializer,
    EditedDraftSerializer,
    OwnAnnouncementSerializer,
    RecipientSerializer,
    codes_offered,
)
from inbox.models import Announcement
from inbox.operations.announcements import (
    edit_announcement,
    publish_announcement,
    return_announcement,
    revise_announcement,
    submit_announcement,
    withdraw_announcement,
    write_announcement,
)
from inbox.queries.announcements import (
    files_of,
    of_own_office,
    publishes,
    recipients_with_reading,
    with_receipt,
    without_receipt,
)
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import KeptFileSerializer
from organisations.queries.scope import Scope

ONLY = {"read": with_receipt, "unread": without_receipt}


class OwnAnnouncementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """本单位的公告：起草、提交、审核发布、更正、撤回和阅读情况。"""

    serializer_class = OwnAnnouncementSerializer
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "inbox"
    lookup_field = "code"
    lookup_value_regex = r"GG[0-9-]{1,28}"

    def exists_for(self, scope: Scope) -> bool:
        return publishes(scope)

    def entry(self, scope: Scope) -> Verdict:
        if scope.has_role("clerk", "reviewer", "leader"):
            return ALLOWED
        return Verdict(False, "公告由本单位的经办、审核、负责人办理")

    def visible(self, scope: Scope) -> QuerySet[Announcement]:
        return of_own_office(scope).select_related("region", "replaces")

    @extend_schema(request=DraftSerializer, responses={201: OwnAnnouncementSerializer})
    def create(self, request: Request) -> Response:
        """起草公告；附件以 multipart/form-data 的 files 上传。"""
        values = self._draft(DraftSerializer, request)
        made = write_announcement(
            uploads=values.pop("files"), values=values, by=acting(request), scope=self.scope,
            at=timezone.now(),
        )  # fmt: skip
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=EditedDraftSerializer, responses=OwnAnnouncementSerializer)
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """修改草稿，须写全各项。"""
        values = self._draft(EditedDraftSerializer, request)
        edited = edit_announcement(
            announcement=self.get_object(), uploads=values.pop("files"),
            dropped=values.pop("dropped"), seen_version=values.pop("version"), values=values,
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self._answer(edited)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, **kwargs: Any) -> Response:
        """附件清单。"""
        return Response(KeptFileSerializer(files_of(self.get_object()), many=True).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("only", str, enum=tuple(ONLY), description="只看已读或未读的")
        ],
        responses=RecipientSerializer(many=True),
    )
    @action(detail=True, methods=["get"])
    def readers(self, request: Request, **kwargs: Any) -> Response:
        """接收单位及各自第一次阅读的时间和人员。"""
        rows = recipients_with_reading(self.scope, self.get_object()).order_by()
        only = request.query_params.get("only", "")
        if only and only not in ONLY:
            raise serializers.ValidationError({"only": ["应为 read 或 unread"]})
        rows = ONLY[only](rows) if only else rows
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(RecipientSerializer(page, many=True).data)

    @extend_schema(request=AnnouncementStepSerializer, responses=OwnAnnouncementSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """提交审核，由本单位另一人审核发布。"""
        return self._step(submit_announcement, AnnouncementStepSerializer)

    @extend_schema(request=AnnouncementStepSerializer, responses=OwnAnnouncementSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, **kwargs: Any) -> Response:
        """审核并发布，通知各接收单位。"""
        return self._step(publish_announcement, AnnouncementStepSerializer)

    @extend_schema(request=AnnouncementNoteSerializer, responses=OwnAnnouncementSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, **kwargs: Any) -> Response:
        """退回修改，须写明理由。"""
        return self._step(return_announcement, AnnouncementNoteSerializer)

    @extend_schema(request=AnnouncementNoteSerializer, responses=OwnAnnouncementSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """撤回已发布的公告，须写明理由，并通知各接收单位。"""
        return self._step(withdraw_announcement, AnnouncementNoteSerializer)

    @extend_schema(request=AnnouncementStepSerializer, responses={201: OwnAnnouncementSerializer})
    @action(detail=True, methods=["post"])
    def revise(self, request: Request, **kwargs: Any) -> Response:
        """起草更正版；发布后替代原公告。"""
        return self._step(revise_announcement, AnnouncementStepSerializer, status.HTTP_201_CREATED)

    def _draft(self, kind: type[DraftSerializer], request: Request) -> dict[str, Any]:
        form = kind(data=request.data, context=codes_offered(self.scope))
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def _step(
        self,
        operation: Callable[..., Announcement],
        kind: type[AnnouncementStepSerializer],
        code: int = status.HTTP_200_OK,
    ) -> Response:
        values = values_of(kind, self.request)
        moved = operation(
            announcement=self.get_object(), by=acting(self.request), scope=self.scope,
            at=timezone.now(), seen_version=values.pop("version"), **values,
        )  # fmt: skip
        return self._answer(moved, code)

    def _answer(self, row: Announcement, code: int = status.HTTP_200_OK) -> Response:
        return Response(OwnAnnouncementSerializer(row).data, status=code)
