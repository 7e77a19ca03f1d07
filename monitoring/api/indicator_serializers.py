"""Indicators, their figures and lines as the API gives them; numbers travel as strings."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from monitoring.models import ComputedMonth, IndicatorValue
from monitoring.queries.figure_words import ratio

SIX_PLACES = Decimal("0.000001")


class IndicatorSerializer(serializers.Serializer[Any]):
    """One definition in words."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    clause = serializers.CharField()
    numerator = serializers.CharField()
    denominator = serializers.CharField()
    unit = serializers.CharField()
    windows = serializers.ListField(child=serializers.CharField())
    subjects = serializers.ListField(child=serializers.CharField())
    exclusions = serializers.ListField(child=serializers.CharField())
    assessed_note = serializers.CharField()


class IndicatorValueSerializer(serializers.ModelSerializer[IndicatorValue]):
    """The columns of the monthly export; `value` is empty where the denominator is 0."""

    month = serializers.DateField(format="%Y-%m")
    value = serializers.SerializerMethodField(method_name="value_of")
    cut = serializers.SerializerMethodField(
        method_name="cut_of", help_text="本月（实时）的值截至的时刻；已结束月份为空。"
    )

    class Meta:
        model = IndicatorValue
        fields = (
            "month", "indicator", "window", "subject_type", "subject_code", "batch_code",
            "year_no", "group_code", "product_code", "category", "numerator", "denominator",
            "value", "assessed", "cut",
        )  # fmt: skip
        read_only_fields = fields

    def value_of(self, row: IndicatorValue) -> str | None:
        value = ratio(row.numerator, row.denominator)
        return None if value is None else str(rounded_half_up(value))

    def cut_of(self, row: IndicatorValue) -> datetime | None:
        live = self.context.get("live")
        if live is None or live.month != row.month:
            return None
        return timezone.localtime(live.cut.cut)


def rounded_half_up(value: Decimal) -> Decimal:
    """To six decimals as the export rounds: half away from zero."""
    return value.quantize(SIX_PLACES, ROUND_HALF_UP)


class LineSerializer(serializers.Serializer[Any]):
    """One line that a figure is made of."""

    kind = serializers.CharField()
    number = serializers.CharField()
    institution = serializers.CharField()
    matter = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    dates = serializers.CharField()
    packs = serializers.DecimalField(max_digits=28, decimal_places=4, allow_null=True)
    pack_unit = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=38, decimal_places=8, allow_null=True)
    base_unit = serializers.CharField()
    amount = serializers.DecimalField(max_digits=38, decimal_places=8, allow_null=True)
    numerator = serializers.DecimalField(max_digits=38, decimal_places=8)
    denominator = serializers.DecimalField(max_digits=38, decimal_places=8)
    part = serializers.CharField()
    excluded = serializers.CharField()


class FigureLinesSerializer(serializers.Serializer[Any]):
    """A page of lines; `next` is the `after` of the following page, empty at the end."""

    figure = IndicatorValueSerializer()
    counted = serializers.IntegerField()
    excluded = serializers.IntegerField()
    exact = serializers.BooleanField()
    next = serializers.CharField()
    lines = LineSerializer(many=True)


class ComputedMonthSerializer(serializers.ModelSerializer[ComputedMonth]):
    """A month that has figures; counts span the province and are left to its authorities' pages."""

    month = serializers.DateField(format="%Y-%m")
    province = serializers.CharField(source="province.code")

    class Meta:
        model = ComputedMonth
        fields = ("month", "province", "computed_at", "revision")
        read_only_fields = fields
