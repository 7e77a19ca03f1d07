"""Warnings as the API gives and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from monitoring.models import Warning


class WarningSerializer(serializers.ModelSerializer[Warning]):
    """One warning; numbers travel as strings, so that nothing is lost on the way."""

    measured = serializers.DecimalField(max_digits=28, decimal_places=6)
    threshold = serializers.DecimalField(max_digits=28, decimal_places=6)
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    version = serializers.IntegerField(source="row_version")

    class Meta:
        model = Warning
        fields = (
            "warning_no", "rule", "severity", "subject_type", "subject_code", "batch_code",
            "year_no", "group_code", "product_code", "measured", "threshold", "clause",
            "first_month", "last_month", "state", "state_at", "opened_at", "answer_due_on",
            "explanation", "closing_note", "version",
        )  # fmt: skip
        read_only_fields = fields


class SeenVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class ExplanationSerializer(SeenVersionSerializer):
    explanation = serializers.CharField(min_length=5, max_length=4000)
    files = serializers.ListField(child=serializers.FileField(), required=False, default=list)


class ClosingNoteSerializer(SeenVersionSerializer):
    closing_note = serializers.CharField(max_length=2000)
