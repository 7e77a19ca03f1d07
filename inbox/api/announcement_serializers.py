"""Announcements of the own office as its people write, review and follow them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from inbox.models import Announcement, AnnouncementRecipient
from inbox.queries.announcements import region_choices
from inbox.queries.batch_audience import batch_options
from organisations.api.files import uploads_field
from organisations.models import Organisation
from organisations.queries.scope import Scope

RECEIVERS = [choice for choice in Organisation.Kind.choices if choice[0] != "platform"]


class OwnAnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    """In every state, with whom it is meant for and what the reviewer said."""

    area = serializers.CharField(source="region.code", default="", read_only=True)
    replaces = serializers.CharField(source="replaces.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Announcement
        fields = (
            "code", "series", "version_no", "replaces", "title", "category", "body", "kinds",
            "area", "batch_code", "valid_until", "is_public", "needs_receipt", "is_pinned",
            "state", "state_at", "state_by_name", "review_note", "withdrawal_note",
            "published_at", "published_by_name", "created_at", "created_by_name", "version",
        )  # fmt: skip
        read_only_fields = fields


class DraftSerializer(serializers.Serializer[Any]):
    """What an announcement says and whom it is for; nothing chosen means all in one's sight."""

    title = serializers.CharField(max_length=120)
    category = serializers.ChoiceField(choices=Announcement.Category.choices)
    body = serializers.CharField(max_length=20_000)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=RECEIVERS), required=False, default=list
    )
    area = serializers.CharField(max_length=6, allow_blank=True, default="")
    batch_code = serializers.CharField(max_length=40, allow_blank=True, default="")
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)
    is_public = serializers.BooleanField(default=False)
    needs_receipt = serializers.BooleanField(default=False)
    is_pinned = serializers.BooleanField(default=False)
    files = uploads_field(required=False, default=list)

    def validate_area(self, value: str) -> str:
        return _offered(value, self.context["areas"], "没有这个地区，或不在您的辖区内")

    def validate_batch_code(self, value: str) -> str:
        return _offered(value, self.context["batches"], "没有这个批次，请核对代码")


class EditedDraftSerializer(DraftSerializer):
    """`dropped` are numbers of its files that it shall no longer have."""

    dropped = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, default=list, max_length=100
    )
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class AnnouncementStepSerializer(serializers.Serializer[Any]):
    """`version` as it was read; a later one is refused."""

    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class AnnouncementNoteSerializer(AnnouncementStepSerializer):
    note = serializers.CharField(max_length=500)


class RecipientSerializer(serializers.ModelSerializer[AnnouncementRecipient]):
    """An organisation that it is meant for; `first_read_at` null where nobody has read it."""

    organisation = serializers.CharField(source="organisation.code", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    first_read_at = serializers.DateTimeField(read_only=True, allow_null=True)
    first_reader = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = AnnouncementRecipient
        fields = ("organisation", "organisation_name", "first_read_at", "first_reader")
        read_only_fields = fields


def codes_offered(scope: Scope) -> dict[str, set[str]]:
    """The regions and batches that this writer may name."""
    return {
        "areas": {code for code, _ in region_choices(scope)},
        "batches": {code for code, _ in batch_options(scope)},
    }


def _offered(value: str, known: set[str], reason: str) -> str:
    if value and value not in known:
        raise serializers.ValidationError(reason)
    return value
