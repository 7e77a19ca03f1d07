"""Retention inputs as the API gives them: yuan per base unit, and shares of 0 to 1."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from settlement.models import RetentionInput


class RetentionInputSerializer(serializers.ModelSerializer[RetentionInput]):
    batch: Any = serializers.CharField(source="batch.code", read_only=True)
    pool: Any = serializers.CharField(source="pool.code", read_only=True)
    group: Any = serializers.CharField(source="group.code", read_only=True)

    class Meta:
        model = RetentionInput
        fields = (
            "batch", "year_no", "pool", "group", "baseline_price", "fund_share_before",
            "fund_share", "insured_share",
        )  # fmt: skip
        read_only_fields = fields
