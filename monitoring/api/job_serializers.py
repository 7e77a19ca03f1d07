"""Long work as the API gives and takes it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class JobSerializer(serializers.Serializer[Any]):
    """One job; who asked for it is told to the own province only."""

    id = serializers.IntegerField(source="job.pk")
    kind = serializers.CharField(source="job.kind")
    key = serializers.CharField(source="job.key")
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.CharField(source="job.state")
    stage = serializers.CharField(source="job.stage")
    progress_done = serializers.IntegerField(source="done")
    progress_total = serializers.IntegerField(source="job.progress_total", allow_null=True)
    attempts = serializers.IntegerField(source="job.attempts")
    requested_by = serializers.CharField()
    queued_at = serializers.DateTimeField(source="job.queued_at")
    started_at = serializers.DateTimeField(source="job.started_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="job.ended_at", allow_null=True)
    cancel_requested_at = serializers.DateTimeField(
        source="job.cancel_requested_at", allow_null=True
    )
    summary = serializers.CharField(source="result")


class ComputeSerializer(serializers.Serializer[Any]):
    """The month to compute, written YYYY-MM."""

    month = serializers.CharField(max_length=7)
