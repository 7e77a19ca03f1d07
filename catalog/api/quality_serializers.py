"""Inspections, samples, reports and holds as the API takes and gives them; names are codes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.models import Inspection, QualityHold, QualityReport, Sampling
from organisations.models import Organisation

LONGEST_PRODUCT, LONGEST_TRADER = 27, 18


class ProductCodeField(serializers.CharField):
    """A product by its 国家医保编码."""

    def to_internal_value(self, data: Any) -> Any:
        code, names = super().to_internal_value(data), self.context["known"]
        found = names.product(code) if _may_be(code, LONGEST_PRODUCT) else None
        if found is None:
            raise serializers.ValidationError("没有这个国家医保编码的产品，请核对")
        return found


class TraderCodeField(serializers.CharField):
    """An institution or an enterprise by its code."""

    def __init__(self, *, only_enterprises: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.only_enterprises = only_enterprises

    def to_internal_value(self, data: Any) -> Any:
        code, names = super().to_internal_value(data), self.context["known"]
        found = names.organisation(code) if _may_be(code, LONGEST_TRADER) else None
        if found is None or (self.only_enterprises and found.kind != "enterprise"):
            raise serializers.ValidationError("没有这个编码的单位，请核对")
        return found


def _may_be(code: str, longest: int) -> bool:
    """Short enough and printable: the database is not asked for anything else."""
    return len(code) <= longest and code.isprintable()


class InspectionSerializer(serializers.ModelSerializer[Inspection]):
    enterprise = serializers.CharField(source="enterprise.code", read_only=True)
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    regulator_name = serializers.CharField(source="regulator.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Inspection
        fields = (
            "inspection_no", "enterprise", "enterprise_name", "regulator_name", "inspected_on",
            "coverage", "findings", "result", "rectify_by", "follow_up", "followed_up_on",
            "recorded_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewInspectionSerializer(serializers.Serializer[Any]):
    enterprise = TraderCodeField(only_enterprises=True)
    inspected_on = serializers.DateField()
    coverage = serializers.CharField(max_length=300)
    findings = serializers.CharField(max_length=4000)
    result = serializers.ChoiceField(choices=Inspection.Result.choices)
    rectify_by = serializers.DateField(required=False, allow_null=True)


class FollowUpSerializer(serializers.Serializer[Any]):
    follow_up = serializers.CharField(max_length=2000)
    followed_up_on = serializers.DateField()
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class SamplingSerializer(serializers.ModelSerializer[Sampling]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    manufacturer_name = serializers.CharField(source="manufacturer.name", read_only=True)
    drawn_from = serializers.CharField(source="drawn_from.code", read_only=True)
    drawn_from_name = serializers.CharField(source="drawn_from.name", read_only=True)
    regulator_name = serializers.CharField(source="regulator.name", read_only=True)

    class Meta:
        model = Sampling
        fields = (
            "sampling_no", "product", "product_name", "lot_no", "manufacturer_name", "drawn_from",
            "drawn_from_name", "regulator_name", "sampled_on", "paper_no", "result",
            "failed_items", "recorded_at",
        )  # fmt: skip
        read_only_fields = fields


class NewSamplingSerializer(serializers.Serializer[Any]):
    product = ProductCodeField()
    lot_no = serializers.CharField(max_length=60)
    drawn_from = TraderCodeField()
    sampled_on = serializers.DateField()
    paper_no = serializers.CharField(max_length=60)
    result = serializers.ChoiceField(choices=Sampling.Result.choices)
    failed_items = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default=""
    )


class InspectionCoverageSerializer(serializers.ModelSerializer[Organisation]):
    selected = serializers.IntegerField(read_only=True)
    inspections = serializers.IntegerField(read_only=True)
    samples = serializers.IntegerField(read_only=True)
    failed_samples = serializers.IntegerField(read_only=True)
    covered = serializers.BooleanField(read_only=True)
    last_inspected_on = serializers.DateField(read_only=True)
    last_result = serializers.CharField(read_only=True)

    class Meta:
        model = Organisation
        fields = (
            "code", "name", "selected", "covered", "inspections", "last_inspected_on",
            "last_result", "samples", "failed_samples",
        )  # fmt: skip
        read_only_fields = fields


class QualityReportSerializer(serializers.ModelSerializer[QualityReport]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    manufacturer_name = serializers.CharField(source="manufacturer.name", read_only=True)
    county = serializers.CharField(source="county.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = QualityReport
        fields = (
            "report_no", "kind", "severity", "product", "product_name", "lot_no", "institution",
            "institution_name", "manufacturer_name", "county", "occurred_on", "description",
            "reported_at", "answer", "conclusion", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewQualityReportSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=QualityReport.Kind.choices)
    severity = serializers.ChoiceField(choices=QualityReport.Severity.choices)
    product = ProductCodeField()
    lot_no = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    occurred_on = serializers.DateField()
    description = serializers.CharField(max_length=4000)
    hold_use = serializers.BooleanField(required=False, default=False)


class AnswerSerializer(serializers.Serializer[Any]):
    answer = serializers.CharField(max_length=4000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ConclusionSerializer(serializers.Serializer[Any]):
    conclusion = serializers.CharField(max_length=4000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class HoldSerializer(serializers.ModelSerializer[QualityHold]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    institution = serializers.CharField(source="institution.code", default=None, read_only=True)
    area = serializers.CharField(source="area.code", default=None, read_only=True)
    placed_by_name = serializers.CharField(source="placed_by.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = QualityHold
        fields = (
            "hold_no", "product", "product_name", "lot_no", "institution", "area",
            "placed_by_name", "reason", "basis", "placed_at", "state", "lift_reason", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewHoldSerializer(serializers.Serializer[Any]):
    product = ProductCodeField()
    lot_no = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=500)
    basis = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class LiftSerializer(serializers.Serializer[Any]):
    lift_reason = serializers.CharField(max_length=500)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)
