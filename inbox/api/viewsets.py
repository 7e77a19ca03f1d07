"""Endpoints of tasks and notices."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.serializers import NoticeSerializer, TaskSerializer
from inbox.models import Notice, Task
from inbox.operations.notices import mark_all_read, mark_read
from inbox.queries.notices import notices_of, unread_notices
from inbox.queries.visible import visible_tasks
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope


class TaskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """待办：等本机构办理的事项。"""

    serializer_class = TaskSerializer
    token_subject = "inbox"
    lookup_value_regex = r"\d{1,18}"

    def visible(self, scope: Scope) -> QuerySet[Task]:
        """Open ones in the list; one that is done is still found by its number."""
        rows = visible_tasks(scope)
        return rows if self.detail else rows.filter(done_at__isnull=True)


class NoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """通知，新的在前。"""

    serializer_class = NoticeSerializer
    token_subject = "inbox"
    lookup_value_regex = r"\d{1,18}"

    def exists_for(self, scope: Scope) -> bool:
        return True

    def visible(self, scope: Scope) -> QuerySet[Notice]:
        return notices_of(scope)

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """标为本人已读。"""
        notice = self.get_object()
        mark_read(notice=notice, by=acting(request))
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(operation_id="notices_read_all", request=None, responses={204: None})
    @action(detail=False, methods=["post"], url_path="read", url_name="read-all")
    def read_all(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """全部标为本人已读。"""
        mark_all_read(notices=unread_notices(self.scope), by=acting(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
