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
            "fund_share", "insured_share", "source", "entered_at",
        )  # fmt: skip
        read_only_fields = fields


def _share() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=18, decimal_places=4, min_value=0, max_value=1, allow_null=True, default=None
    )


class RetentionInputRowSerializer(serializers.Serializer[Any]):
    group = serializers.CharField(max_length=40)
    baseline_price = serializers.DecimalField(
        max_digits=18, decimal_places=4, min_value=0, allow_null=True, default=None
    )
    fund_share_before = _share()
    fund_share = _share()
    insured_share = _share()
    source: Any = serializers.CharField(max_length=200)


class RetentionInputsSerializer(serializers.Serializer[Any]):
    """One batch year of one pool."""

    batch = serializers.CharField(max_length=40)
    year_no = serializers.IntegerField(min_value=1, max_value=99)
    pool = serializers.CharField(max_length=40)
    rows = serializers.ListField(
        child=RetentionInputRowSerializer(), min_length=1, max_length=5_000
    )


class RetentionInputsTakenSerializer(serializers.Serializer[Any]):
    taken = serializers.IntegerField()
