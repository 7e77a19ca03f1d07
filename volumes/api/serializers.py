"""Report lines as the API gives them; quantities in base units of the group."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from volumes.models import VolumeReportLine


class ReportLineSerializer(serializers.ModelSerializer[VolumeReportLine]):
    batch: Any = serializers.CharField(source="batch.code", read_only=True)
    group: Any = serializers.CharField(source="group.code", read_only=True)
    group_name: Any = serializers.CharField(source="group.name", read_only=True)
    base_unit: Any = serializers.CharField(source="group.base_unit", read_only=True)
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)
    county: Any = serializers.CharField(source="county.code", default=None, read_only=True)

    class Meta:
        model = VolumeReportLine
        fields = (
            "batch", "year_no", "group", "group_name", "base_unit", "reported_qty",
            "prior_year_qty", "explanation", "submitted_at", "status", "institution",
            "institution_name", "county",
        )  # fmt: skip
        read_only_fields = fields
