"""Policies, values and calendar days as the API gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.workdays.models import CalendarDay, CalendarYear
from policy.forms import FIRST_YEAR, LAST_YEAR
from policy.models import Parameter, ParameterValue, Policy


class PolicySerializer(serializers.ModelSerializer[Policy]):
    document = serializers.CharField(source="document.code", read_only=True)
    document_title = serializers.CharField(source="document.title", read_only=True)
    document_number = serializers.CharField(source="document.number", read_only=True)

    class Meta:
        model = Policy
        fields = (
            "code", "name", "province_code", "effective_from", "document", "document_title",
            "document_number",
        )  # fmt: skip
        read_only_fields = fields


class ParameterSerializer(serializers.ModelSerializer[Parameter]):
    class Meta:
        model = Parameter
        fields = (
            "key", "label", "meaning", "unit", "value_type", "choices", "force", "narrowed_by",
            "clause_cell", "compared_on",
        )  # fmt: skip
        read_only_fields = fields


class ParameterValueSerializer(serializers.ModelSerializer[ParameterValue]):
    """A dated value; `value` null means that it is not in force (不在执行)."""

    policy = serializers.CharField(source="policy.code", read_only=True)
    parameter = serializers.CharField(source="parameter.key", read_only=True)
    document = serializers.CharField(source="document.code", default=None, read_only=True)
    version = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = ParameterValue
        fields = (
            "version", "policy", "parameter", "value", "valid_from", "valid_to", "clause", "document",
            "origin", "set_by_name", "reason", "set_at",
        )  # fmt: skip
        read_only_fields = fields


class CalendarYearSerializer(serializers.ModelSerializer[CalendarYear]):
    workdays = serializers.IntegerField(read_only=True)
    rest_days = serializers.IntegerField(read_only=True)
    swapped = serializers.IntegerField(read_only=True)

    class Meta:
        model = CalendarYear
        fields = (
            "year", "status", "source", "uploaded_at", "uploaded_by_name", "workdays", "rest_days",
            "swapped",
        )  # fmt: skip
        read_only_fields = fields


class CalendarDaySerializer(serializers.ModelSerializer[CalendarDay]):
    class Meta:
        model = CalendarDay
        fields = ("date", "is_workday", "name")
        read_only_fields = fields


class CalendarUploadSerializer(serializers.Serializer[Any]):
    """A year's file; with `dry_run` nothing is written and the changes are given."""

    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    source = serializers.CharField(min_length=4, max_length=200)  # type: ignore[assignment]
    file = serializers.FileField()
    dry_run = serializers.BooleanField(default=False)
