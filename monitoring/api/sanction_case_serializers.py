"""惩戒案件 as the API takes and gives it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from monitoring.models import SanctionCase
from monitoring.models.sanction_case import GRADES
from monitoring.queries.sanction_cases import stops_of
from monitoring.rules.credit_scale import CAUSES
from monitoring.states.sanction_case import SANCTION_CLAUSE, SanctionKind
from organisations.api.files import uploads_field


class SanctionCaseSerializer(serializers.ModelSerializer[SanctionCase]):
    """One case; `stops` says whose orders the decision stops while it stands."""

    office: Any = serializers.CharField(source="office.code", read_only=True)
    subject: Any = serializers.CharField(source="subject.code", read_only=True)
    subject_name: Any = serializers.CharField(source="subject.name", read_only=True)
    batch: Any = serializers.CharField(source="batch.code", default=None, read_only=True)
    product: Any = serializers.CharField(source="product.code", default=None, read_only=True)
    action: Any = serializers.CharField(source="action.action_no", default=None, read_only=True)
    stops = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = SanctionCase
        fields = (
            "case_no", "kind", "cause", "office", "subject", "subject_name", "batch", "product",
            "action", "occurred_on", "amount", "topmost", "scale", "matter", "clause",
            "drafted_at", "proposal", "proposed_grade", "notice_no", "noticed_at",
            "statement_due_on", "due_provisional", "statement", "stated_at", "decision", "grade",
            "grade_reason", "decision_no", "decided_at", "effective_on", "effective_to",
            "enacted_at", "stops", "repair", "repair_asked_at", "ended_on", "note", "state",
            "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_stops(self, row: SanctionCase) -> str:
        return stops_of(row)


class NewSanctionCaseSerializer(serializers.Serializer[Any]):
    """Codes and numbers; each is looked for among what the caller sees."""

    kind = serializers.ChoiceField(choices=SanctionKind.choices)
    cause = serializers.ChoiceField(choices=CAUSES)
    subject = serializers.CharField(max_length=40)
    occurred_on = serializers.DateField()
    matter = serializers.CharField(max_length=4000)
    clause = serializers.CharField(max_length=300, required=False, default=SANCTION_CLAUSE)
    batch = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    product = serializers.CharField(max_length=27, required=False, default="", allow_blank=True)
    amount = serializers.DecimalField(
        max_digits=18, decimal_places=2, required=False, allow_null=True, default=None
    )
    topmost = serializers.BooleanField(required=False, default=False)
    action = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    files = uploads_field(required=False, default=list)


class SanctionVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class SanctionNoteSerializer(SanctionVersionSerializer):
    note = serializers.CharField(max_length=4000)


class SanctionNoticeSerializer(SanctionVersionSerializer):
    proposal = serializers.CharField(max_length=4000)
    proposed_grade = serializers.ChoiceField(choices=GRADES, required=False, default="")
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class SanctionStatementSerializer(SanctionVersionSerializer):
    statement = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class SanctionDecisionSerializer(SanctionVersionSerializer):
    decision = serializers.CharField(max_length=4000)
    effective_on = serializers.DateField()
    effective_to = serializers.DateField(required=False, allow_null=True, default=None)
    grade = serializers.ChoiceField(choices=GRADES, required=False, default="")
    grade_reason = serializers.CharField(
        max_length=2000, required=False, default="", allow_blank=True
    )


class SanctionRepairSerializer(SanctionVersionSerializer):
    repair = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class SanctionJudgedSerializer(SanctionNoteSerializer):
    granted = serializers.BooleanField()
