"""What the endpoints of reports and members' sheets give and take; quantities in base units."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from volumes.models import CommitmentLetter, MemberSheet, VolumeReport
from volumes.queries.sheet import SheetRow
from volumes.rules.figures import FigureInput
from volumes.states.letter import SignerPost

MOST_LINES = 1_000
QUANTITY: dict[str, Any] = {"max_digits": 30, "decimal_places": 4, "read_only": True}


class VolumeReportSerializer(serializers.ModelSerializer[VolumeReport]):
    """A report: where it is, who has it, until when it may be filled in."""

    task = serializers.CharField(source="task.task_no", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    county = serializers.CharField(source="county.code", default=None, read_only=True)
    consortium = serializers.CharField(source="consortium.code", default=None, read_only=True)
    office = serializers.CharField(source="office.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = VolumeReport
        fields: tuple[str, ...] = (
            "report_no", "task", "institution", "institution_name", "county", "consortium",
            "is_obliged", "state", "state_at", "path", "level", "office", "extended_until",
            "figures_version", "figures_digest", "submitted_at", "confirmed_at", "opinion",
            "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class ReportSheetLineSerializer(serializers.Serializer[SheetRow]):
    """One group: last year's actual, what is proposed, what stands."""

    group = serializers.CharField(source="group.code")
    group_name = serializers.CharField(source="group.name")
    base_unit = serializers.CharField(source="group.base_unit")
    prior_year_qty = serializers.DecimalField(source="prior", **QUANTITY)
    proposed_qty = serializers.DecimalField(source="proposed", **QUANTITY)
    reported_qty = serializers.DecimalField(source="reported", allow_null=True, **QUANTITY)
    members_qty = serializers.DecimalField(source="summed", allow_null=True, **QUANTITY)
    beyond = serializers.CharField()
    reason_code = serializers.CharField()
    explanation = serializers.CharField()
    compile_note = serializers.CharField()
    splits = serializers.SerializerMethodField()
    at_risk = serializers.SerializerMethodField()

    def get_splits(self, row: SheetRow) -> dict[str, str]:
        return {code: f"{part:.4f}" for code, part in row.splits.items()}

    def get_at_risk(self, row: SheetRow) -> list[str]:
        return [each.code for each in row.risks]


class ReportLetterSerializer(serializers.ModelSerializer[CommitmentLetter]):
    """Its PDFs are at files/{id}/ of the report."""

    file_id = serializers.IntegerField(source="document_id", read_only=True)
    signed_file_id = serializers.IntegerField(
        source="signed_document_id", allow_null=True, read_only=True
    )

    class Meta:
        model = CommitmentLetter
        fields = (
            "letter_no", "figures_version", "digest", "state", "kind", "signer_name",
            "signer_post", "signed_on", "void_reason", "made_at", "file_id", "signed_file_id",
        )  # fmt: skip
        read_only_fields = fields


class VolumeReportDetailSerializer(VolumeReportSerializer):
    """With its sheet; `lines` is what `figures` takes back."""

    lines = ReportSheetLineSerializer(source="sheet_rows", many=True, read_only=True)
    letters = ReportLetterSerializer(many=True, read_only=True)

    class Meta(VolumeReportSerializer.Meta):
        fields = (*VolumeReportSerializer.Meta.fields, "lines", "letters")
        read_only_fields = fields


class ReportFigureSerializer(serializers.Serializer[Any]):
    """Texts as typed: the operation says what is wrong with each."""

    group = serializers.CharField(max_length=40)
    quantity = serializers.CharField(max_length=40, allow_blank=True)
    reason_code = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    explanation = serializers.CharField(
        max_length=2000, allow_blank=True, required=False, default=""
    )
    compile_note = serializers.CharField(
        max_length=1000, allow_blank=True, required=False, default=""
    )
    splits = serializers.DictField(
        child=serializers.CharField(max_length=40, allow_blank=True), required=False, default=dict
    )


class ReportFiguresSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    lines = ReportFigureSerializer(many=True, allow_empty=False)

    def validate_lines(self, rows: list[Any]) -> list[Any]:
        if len(rows) > MOST_LINES:
            raise serializers.ValidationError(f"一次至多 {MOST_LINES:,} 行，现有 {len(rows):,} 行")
        return rows


def figure_inputs(values: dict[str, Any]) -> list[FigureInput]:
    """What the operation takes; `place` is the line's place in the body, from 1."""
    return [
        FigureInput(
            group_code=row["group"], quantity=row["quantity"], reason_code=row["reason_code"],
            explanation=row["explanation"], compile_note=row["compile_note"], splits=row["splits"],
            place=place,
        )
        for place, row in enumerate(values["lines"], start=1)
    ]  # fmt: skip


class ReportOpinionSerializer(serializers.Serializer[Any]):
    opinion = serializers.CharField(max_length=1000, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class NewReportExtensionSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField()
    reason = serializers.CharField(max_length=500)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class SignReportLetterSerializer(serializers.Serializer[Any]):
    """multipart: the scan of the signed and sealed paper."""

    signer_name = serializers.CharField(max_length=100)
    signer_post = serializers.ChoiceField(choices=SignerPost.choices)
    signed_on = serializers.DateField()
    files = serializers.FileField()


class SignElectronicallySerializer(serializers.Serializer[Any]):
    """`version` is the letter's."""

    signer_post = serializers.ChoiceField(choices=SignerPost.choices)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class MemberSheetSerializer(serializers.ModelSerializer[MemberSheet]):
    """A consortium member's sheet."""

    report = serializers.CharField(source="report.report_no", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = MemberSheet
        fields: tuple[str, ...] = (
            "id", "report", "institution", "institution_name", "state", "state_at",
            "handed_in_at", "opinion", "version",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class MemberSheetDetailSerializer(MemberSheetSerializer):
    lines = ReportSheetLineSerializer(source="sheet_rows", many=True, read_only=True)

    class Meta(MemberSheetSerializer.Meta):
        fields = (*MemberSheetSerializer.Meta.fields, "lines")
        read_only_fields = fields
