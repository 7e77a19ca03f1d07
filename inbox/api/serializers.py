"""Tasks and notices as JSON."""

from __future__ import annotations

from rest_framework import serializers

from inbox.models import Notice, Task


class TaskSerializer(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = (
            "id", "act", "title", "object_type", "object_key", "url", "severity", "created_at",
            "due_at", "done_at",
        )  # fmt: skip


class NoticeSerializer(serializers.ModelSerializer):
    is_read = serializers.BooleanField(read_only=True)

    class Meta:
        model = Notice
        fields = ("id", "title", "body", "url", "created_at", "is_read")
