"""Endpoints of tasks and notices."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inbox.api.serializers import NoticeSerializer, TaskSerializer
from inbox.models import Notice, Task
from inbox.operations.notices import mark_read
from inbox.queries.notices import notices_of
from inbox.queries.visible import visible_tasks
from organisations.api.base import ScopedViewSet, acting
from organisations.queries.scope import Scope


class TaskViewSet(mixins.ListModelMixin, ScopedViewSet):
    """待办: open acts that wait for the organisation."""

    serializer_class = TaskSerializer
    token_subject = "inbox"
    lookup_value_regex = r"\d{1,18}"

    def visible(self, scope: Scope) -> QuerySet[Task]:
        return visible_tasks(scope).filter(done_at__isnull=True)


class NoticeViewSet(mixins.ListModelMixin, ScopedViewSet):
    """通知: newest first."""

    serializer_class = NoticeSerializer
    token_subject = "inbox"
    lookup_value_regex = r"\d{1,18}"

    def exists_for(self, scope: Scope) -> bool:
        return True

    def visible(self, scope: Scope) -> QuerySet[Notice]:
        return notices_of(scope)

    @action(detail=True, methods=["post"])
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mark one notice as read by this person."""
        notice = self.get_object()
        mark_read(notice=notice, by=acting(request))
        return Response(self.get_serializer(self.get_object()).data)
