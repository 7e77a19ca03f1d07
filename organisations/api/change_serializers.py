"""Changes of organisations as the API gives and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from organisations.api.files import uploads_field
from organisations.forms.change import clean_code
from organisations.forms.people import clean_text
from organisations.models import OrganisationChange


class OrganisationChangeSerializer(serializers.ModelSerializer[OrganisationChange]):
    """An application with its state and what the bureau said."""

    organisation = serializers.CharField(source="organisation.code", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    successor = serializers.CharField(source="successor.code", default=None, read_only=True)
    bureau = serializers.CharField(source="bureau.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = OrganisationChange
        fields = (
            "change_no", "organisation", "organisation_name", "kind", "old_name", "old_code",
            "new_name", "new_code", "successor", "effective_on", "reason", "bureau",
            "review_note", "created_at", "created_by_name", "state", "state_at", "state_by_name",
            "version",
        )  # fmt: skip
        read_only_fields = fields


class WhatChangesSerializer(serializers.Serializer[Any]):
    """What it becomes, from which day, and why; the same cleaning as the page's form."""

    new_name = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    new_code = serializers.CharField(max_length=18, required=False, allow_blank=True, default="")
    successor_code = serializers.CharField(
        max_length=18, required=False, allow_blank=True, default=""
    )
    effective_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)
    files = uploads_field(required=False, default=list)

    def validate_new_name(self, value: str) -> str:
        return clean_text(value)

    def validate_reason(self, value: str) -> str:
        reason = clean_text(value)
        if not reason:
            raise serializers.ValidationError("请填写事由")
        return reason

    def validate_new_code(self, value: str) -> str:
        return clean_code(value)

    def validate_successor_code(self, value: str) -> str:
        return clean_code(value)


class ChangeApplicationSerializer(WhatChangesSerializer):
    kind = serializers.ChoiceField(choices=OrganisationChange.Kind.choices)


class MendedSerializer(WhatChangesSerializer):
    version = serializers.IntegerField(min_value=1)


class ChangeStepSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)


class ReasonedStepSerializer(ChangeStepSerializer):
    review_note = serializers.CharField(max_length=1000)
