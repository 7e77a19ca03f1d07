"""督导检查 as the API takes and gives it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from monitoring.models import SiteInspection
from monitoring.queries.site_inspection_page import checklist_of
from monitoring.queries.site_inspections import knows_findings
from monitoring.states.site_inspection import ItemResult
from organisations.api.files import uploads_field

HELD_BACK = ("visit_note", "present")
"""The office's own until it is fed back."""


class SiteInspectionRowSerializer(serializers.ModelSerializer[SiteInspection]):
    """One of the list; what was found is empty for the visited until it is fed back."""

    office: Any = serializers.CharField(source="office.code", read_only=True)
    office_name: Any = serializers.CharField(source="office.name", read_only=True)
    subject: Any = serializers.CharField(source="subject.code", read_only=True)
    subject_name: Any = serializers.CharField(source="subject.name", read_only=True)
    action: Any = serializers.CharField(source="action.action_no", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = SiteInspection
        fields: tuple[str, ...] = (
            "inspection_no", "task_no", "task_name", "level", "office", "office_name", "subject", "subject_name", "matter",
            "clause", "action", "announced", "planned_on", "inspectors", "visited_on", "present",
            "visit_note", "conclusion", "letter_no", "fed_back_at", "due_on", "due_provisional",
            "answered_at", "note", "state", "version",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: SiteInspection) -> dict[str, Any]:
        data: dict[str, Any] = super().to_representation(instance)
        if not knows_findings(self.context["view"].scope, instance):
            data |= dict.fromkeys(HELD_BACK, "")
        return data


class SiteInspectionItemSerializer(serializers.Serializer[Any]):
    """One line of the checklist, in the words of the page."""

    seq = serializers.IntegerField(read_only=True)
    matter = serializers.CharField(read_only=True)
    clause = serializers.CharField(read_only=True)
    result = serializers.CharField(read_only=True)
    finding = serializers.CharField(read_only=True)
    demand = serializers.CharField(read_only=True)
    answer = serializers.CharField(read_only=True)
    verdict = serializers.CharField(read_only=True)


class SiteInspectionSerializer(SiteInspectionRowSerializer):
    items = serializers.SerializerMethodField()

    class Meta(SiteInspectionRowSerializer.Meta):
        fields = (*SiteInspectionRowSerializer.Meta.fields, "items")
        read_only_fields = fields

    @extend_schema_field(SiteInspectionItemSerializer(many=True))
    def get_items(self, row: SiteInspection) -> Any:
        rows = checklist_of(self.context["view"].scope, row)
        return SiteInspectionItemSerializer(rows, many=True).data


class NewSiteInspectionSerializer(serializers.Serializer[Any]):
    """Codes and numbers; each is looked for among what the caller sees."""

    name = serializers.CharField(max_length=100)
    subjects = serializers.ListField(
        child=serializers.CharField(max_length=40), min_length=1, max_length=50
    )
    matter = serializers.CharField(max_length=4000)
    planned_on = serializers.DateField()
    inspectors = serializers.CharField(max_length=500)
    announced = serializers.BooleanField(required=False, default=True)
    action = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    items = serializers.ListField(
        child=serializers.CharField(max_length=300), required=False, default=list, max_length=40
    )


class SiteInspectionVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class SiteInspectionNoteSerializer(SiteInspectionVersionSerializer):
    note = serializers.CharField(max_length=4000)


class SiteInspectionDaySerializer(SiteInspectionNoteSerializer):
    planned_on = serializers.DateField()


class FoundItemSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField(min_value=1, max_value=40)
    result = serializers.ChoiceField(choices=ItemResult.choices)
    finding = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    demand = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class SiteInspectionVisitSerializer(SiteInspectionVersionSerializer):
    visited_on = serializers.DateField()
    present = serializers.CharField(max_length=500)
    visit_note = serializers.CharField(max_length=4000)
    results = FoundItemSerializer(many=True, allow_empty=False, max_length=40)  # type: ignore[call-arg]  # of the list
    files = uploads_field(required=False, default=list)


class SiteInspectionFeedBackSerializer(SiteInspectionVersionSerializer):
    conclusion = serializers.CharField(max_length=4000)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class MendedItemSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField(min_value=1, max_value=40)
    answer = serializers.CharField(max_length=2000)


class SiteInspectionAnswerSerializer(SiteInspectionVersionSerializer):
    answers = MendedItemSerializer(many=True, allow_empty=False, max_length=40)  # type: ignore[call-arg]  # of the list
    files = uploads_field(required=False, default=list)


class JudgedItemSerializer(serializers.Serializer[Any]):
    seq = serializers.IntegerField(min_value=1, max_value=40)
    accepted = serializers.BooleanField()


class SiteInspectionJudgeSerializer(SiteInspectionNoteSerializer):
    verdicts = JudgedItemSerializer(many=True, allow_empty=False, max_length=40)  # type: ignore[call-arg]  # of the list
