"""Announcements for an organisation's own system: read, and say that they were read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.attachments.models import Attachment
from inbox.models import Announcement
from inbox.operations.announcements import note_reading
from inbox.queries.announcements import all_published, files_of
from organisations.api.base import ScopedViewSet, acting
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served


class AnnouncementSerializer(serializers.ModelSerializer):
    """The text is empty once the announcement was corrected or withdrawn."""

    publisher_code = serializers.CharField(source="organisation.code", read_only=True)
    publisher_name = serializers.CharField(source="organisation.name", read_only=True)
    body = serializers.SerializerMethodField()
    is_read = serializers.BooleanField(read_only=True)

    class Meta:
        model = Announcement
        fields = (
            "code", "series", "version_no", "title", "category", "body", "publisher_code",
            "publisher_name", "published_at", "valid_until", "is_pinned", "needs_receipt",
            "is_public", "state", "withdrawal_note", "is_read",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_body(self, announcement: Announcement) -> str:
        in_force = announcement.state == Announcement.State.PUBLISHED
        return announcement.body if in_force else ""


class AnnouncementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """公告: everything published that the organisation may see, newest first."""

    serializer_class = AnnouncementSerializer
    token_subject = "inbox"
    lookup_field = "code"
    lookup_value_regex = r"GG[0-9-]{1,28}"

    def visible(self, scope: Scope) -> QuerySet[Announcement]:
        return all_published(scope)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, **kwargs: Any) -> Response:
        """附件清单；公告被更正或撤回后为空。"""
        return Response(KeptFileSerializer(_shown(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, **kwargs: Any) -> FileResponse:
        """一份附件的原文件。"""
        return served(request, _shown(self.get_object()), kwargs["file_id"])

    @action(detail=True, methods=["post"])
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say that it was read, in the name of this person or service account."""
        note_reading(announcement=self.get_object(), by=acting(request), at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)


def _shown(announcement: Announcement) -> list[Attachment]:
    """As on the page: what was taken back shows no file any more."""
    in_force = announcement.state == Announcement.State.PUBLISHED
    return files_of(announcement) if in_force else []
