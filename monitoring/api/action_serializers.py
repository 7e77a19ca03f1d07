"""Actions as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from monitoring.models import SupervisionAction
from monitoring.states.action_kinds import KINDS
from organisations.api.files import uploads_field

CHOICES = [(code, kind.label) for code, kind in KINDS.items()]


class ActionSerializer(serializers.ModelSerializer[SupervisionAction]):
    office: Any = serializers.CharField(source="office.code", read_only=True)
    office_name: Any = serializers.CharField(source="office.name", read_only=True)
    subject: Any = serializers.CharField(source="subject.code", read_only=True)
    subject_name: Any = serializers.CharField(source="subject.name", read_only=True)
    product: Any = serializers.CharField(source="product.code", default=None, read_only=True)
    complaint: Any = serializers.CharField(
        source="complaint.complaint_no", default=None, read_only=True
    )
    former: Any = serializers.CharField(source="former.action_no", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = SupervisionAction
        fields = (
            "action_no", "kind", "level", "office", "office_name", "subject", "subject_name", "rule",
            "matter", "figure", "clause", "demand", "former", "complaint", "product", "state",
            "letter_no", "issued_at", "due_on", "due_provisional", "meeting_at", "meeting_place",
            "attendees", "minutes", "effective_from", "effective_to", "answer", "answered_at",
            "note", "outcome", "outcome_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewActionSerializer(serializers.Serializer[Any]):
    """Codes and numbers; each is looked for among what the caller sees."""

    kind = serializers.ChoiceField(choices=CHOICES)
    subject = serializers.CharField(max_length=40)
    matter = serializers.CharField(max_length=4000)
    demand = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    warnings = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=200
    )
    complaint = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    former = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)


class ActionVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ActionTakeSerializer(ActionVersionSerializer):
    kind = serializers.ChoiceField(choices=CHOICES)
    matter = serializers.CharField(max_length=4000)
    demand = serializers.CharField(max_length=4000)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    meeting_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    meeting_place = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True
    )
    invited = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=20
    )
    effective_from = serializers.DateField(required=False, allow_null=True, default=None)
    effective_to = serializers.DateField(required=False, allow_null=True, default=None)


class ActionAnswerSerializer(ActionVersionSerializer):
    answer = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class ActionNoteSerializer(ActionVersionSerializer):
    note = serializers.CharField(max_length=4000)


class ActionMinutesSerializer(ActionVersionSerializer):
    attendees = serializers.CharField(max_length=1000)
    minutes = serializers.CharField(max_length=8000)
    files = uploads_field(required=False, default=list)
