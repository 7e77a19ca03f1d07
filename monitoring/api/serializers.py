"""Warnings as the API gives and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from monitoring.models import Warning, WarningMonth, WarningStep


class WarningSerializer(serializers.ModelSerializer[Warning]):
    """One warning; numbers travel as strings, so that nothing is lost on the way."""

    measured = serializers.DecimalField(max_digits=28, decimal_places=6)
    threshold = serializers.DecimalField(max_digits=28, decimal_places=6)
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    version = serializers.IntegerField(source="row_version")

    class Meta:
        model = Warning
        fields: Any = (
            "warning_no", "rule", "severity", "subject_type", "subject_code", "batch_code",
            "year_no", "group_code", "product_code", "measured", "threshold", "clause",
            "first_month", "last_month", "state", "state_at", "opened_at", "answer_due_on",
            "explanation", "closing_note", "version",
        )  # fmt: skip
        read_only_fields: Any = fields


class WarningMonthSerializer(serializers.ModelSerializer[WarningMonth]):
    """What was measured in one month in which the rule was broken."""

    month = serializers.DateField(format="%Y-%m")
    measured = serializers.DecimalField(max_digits=28, decimal_places=6)
    threshold = serializers.DecimalField(max_digits=28, decimal_places=6)

    class Meta:
        model = WarningMonth
        fields = ("month", "severity", "measured", "threshold", "clause")
        read_only_fields = fields


class WarningStepSerializer(serializers.ModelSerializer[WarningStep]):
    """One step of the timeline."""

    class Meta:
        model = WarningStep
        fields = ("at", "organisation_name", "by_name", "verb", "from_state", "to_state", "text")
        read_only_fields = fields


class WarningFileSerializer(serializers.Serializer[Any]):
    """A piece of evidence; the bytes are at files/{id}/ once they have passed inspection."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    size_bytes = serializers.IntegerField(source="file.size_bytes")
    content_type = serializers.CharField(source="file.content_type")
    scan = serializers.CharField(source="file.scan")
    uploaded_by_name = serializers.CharField()
    uploaded_at = serializers.DateTimeField()


class OfferSerializer(serializers.Serializer[Any]):
    """A step that concerns the caller: possible now, or why not."""

    verb = serializers.CharField(source="transition.verb")
    label = serializers.CharField(source="transition.label")  # type: ignore[assignment]
    possible = serializers.BooleanField(source="verdict.ok")
    reason = serializers.CharField(source="verdict.reason")
    clause = serializers.CharField(source="transition.clause")


class WarningDetailSerializer(WarningSerializer):
    """The warning with its months, timeline, files, who has to act, and what the caller may do."""

    holder = serializers.SerializerMethodField()
    months = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    offers = serializers.SerializerMethodField()

    class Meta(WarningSerializer.Meta):
        fields: Any = (
            *WarningSerializer.Meta.fields, "holder", "months", "steps", "files", "offers",
        )  # fmt: skip
        read_only_fields: Any = fields

    def get_holder(self, warning: Warning) -> str:
        return str(self.context["page"].holder)

    @extend_schema_field(WarningMonthSerializer(many=True))
    def get_months(self, warning: Warning) -> Any:
        return WarningMonthSerializer(self.context["page"].months, many=True).data

    @extend_schema_field(WarningStepSerializer(many=True))
    def get_steps(self, warning: Warning) -> Any:
        return WarningStepSerializer(self.context["steps"], many=True).data

    @extend_schema_field(WarningFileSerializer(many=True))
    def get_files(self, warning: Warning) -> Any:
        return WarningFileSerializer(self.context["page"].files, many=True).data

    @extend_schema_field(OfferSerializer(many=True))
    def get_offers(self, warning: Warning) -> Any:
        return OfferSerializer(self.context["page"].offers.values(), many=True).data


class SeenVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class ExplanationSerializer(SeenVersionSerializer):
    explanation = serializers.CharField(min_length=5, max_length=4000)
    files = serializers.ListField(child=serializers.FileField(), required=False, default=list)


class ClosingNoteSerializer(SeenVersionSerializer):
    closing_note = serializers.CharField(max_length=2000)
