"""Scores and appeals as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from monitoring.models import ScoreAppeal, SupplyScore, SupplyScorePart
from monitoring.states.action_kinds import KINDS
from monitoring.states.score import STEPS_OF, Part
from organisations.api.files import uploads_field

PROPOSABLE = sorted({kind for kinds in STEPS_OF.values() for kind in kinds})


class SupplyScorePartSerializer(serializers.ModelSerializer[SupplyScorePart]):
    class Meta:
        model = SupplyScorePart
        fields = ("part", "weight", "shared_weight", "numerator", "denominator", "points")
        read_only_fields = fields


class SupplyScoreSerializer(serializers.ModelSerializer[SupplyScore]):
    enterprise: Any = serializers.CharField(source="enterprise.code", read_only=True)
    enterprise_name: Any = serializers.CharField(source="enterprise.name", read_only=True)
    province: Any = serializers.CharField(source="province.code", read_only=True)
    parts = SupplyScorePartSerializer(many=True, read_only=True)

    class Meta:
        model = SupplyScore
        fields = (
            "score_no", "enterprise", "enterprise_name", "province", "side", "period",
            "period_from", "period_to", "version", "is_current", "source", "score", "grade",
            "low_quarters", "made_at", "parts",
        )  # fmt: skip
        read_only_fields = fields


class ScoreAppealSerializer(serializers.ModelSerializer[ScoreAppeal]):
    score: Any = serializers.CharField(source="score.score_no", read_only=True)
    result: Any = serializers.CharField(source="result.score_no", default=None, read_only=True)
    enterprise: Any = serializers.CharField(source="enterprise.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ScoreAppeal
        fields = (
            "appeal_no", "score", "enterprise", "part", "claim", "filed_at", "state", "state_at",
            "numerator_change", "denominator_change", "note", "result", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewScoreAppealSerializer(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=Part.choices)
    claim = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class ScoreProposeSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[(code, KINDS[code].label) for code in PROPOSABLE])


class ScoreAppealVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ScoreAppealUpholdSerializer(ScoreAppealVersionSerializer):
    numerator = serializers.DecimalField(max_digits=28, decimal_places=8, min_value=0)
    denominator = serializers.DecimalField(max_digits=28, decimal_places=8, min_value=0)
    note = serializers.CharField(max_length=4000)


class ScoreAppealRejectSerializer(ScoreAppealVersionSerializer):
    note = serializers.CharField(max_length=4000)
