"""Guides as the API gives them, and what their owner may write, cleaned by the pages' own forms."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from organisations.api.files import uploads_field
from organisations.forms.guides import MOST_PHONES
from organisations.models import Guide, GuideFile, GuideService, ReceptionDay


class GuideServiceSerializer(serializers.ModelSerializer[GuideService]):
    """One thing that people come for; steps and materials one a line; `version` as it was read."""

    steps = serializers.CharField(max_length=4000)
    materials = serializers.CharField(max_length=2000, allow_blank=True, default="")
    position = serializers.IntegerField(min_value=0, max_value=999, default=0)
    version = serializers.IntegerField(source="row_version", min_value=1, required=False)

    class Meta:
        model = GuideService
        fields = (
            "id", "name", "audience", "time_limit", "steps", "materials", "position", "version",
        )  # fmt: skip
        read_only_fields = ("id",)
        extra_kwargs: Any = {"audience": {"default": ""}, "time_limit": {"default": ""}}


class ReceptionDaySerializer(serializers.ModelSerializer[ReceptionDay]):
    """One day of reception; called off, it stays with its reason."""

    class Meta:
        model = ReceptionDay
        fields = (
            "id", "day", "opens", "closes", "place", "topic", "is_cancelled", "cancel_note",
        )  # fmt: skip
        read_only_fields = ("id", "is_cancelled", "cancel_note")
        extra_kwargs: Any = {"topic": {"default": ""}}
        # Two at the same hour are refused by the operation, in its own words.
        validators: Any = []


class CancelledDaySerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=200)


class GuideFileSerializer(serializers.ModelSerializer[GuideFile]):
    """A form or manual; its bytes are at guides/{code}/files/{id}/."""

    name = serializers.CharField(source="attachment.name", read_only=True)
    size_bytes = serializers.IntegerField(source="attachment.file.size_bytes", read_only=True)

    class Meta:
        model = GuideFile
        fields = ("id", "title", "kind", "name", "size_bytes")
        read_only_fields = ("id",)


class NewGuideFileSerializer(serializers.Serializer[Any]):
    """Exactly one file, as multipart `files`."""

    title = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=GuideFile.Kind.choices)
    files = uploads_field(required=False, default=list)


class PhoneSerializer(serializers.Serializer[Any]):
    label = serializers.CharField(max_length=30)  # type: ignore[assignment]
    number = serializers.RegexField(
        r"^[0-9+() -]{5,30}\Z", error_messages={"invalid": "电话由数字、+、-、括号组成"}
    )


class ContactsSerializer(serializers.Serializer[Any]):
    """Address, phones and hours; `version` as it was read, empty for the first time."""

    address = serializers.CharField(max_length=200)
    hours = serializers.CharField(max_length=200)
    phones = serializers.ListField(child=PhoneSerializer(), min_length=1, max_length=MOST_PHONES)
    transport = serializers.CharField(max_length=300, allow_blank=True, default="")
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    version = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, default=None, write_only=True
    )


class GuideSerializer(serializers.ModelSerializer[Guide]):
    """One authority's guide as everybody reads it."""

    code = serializers.CharField(source="organisation.code", read_only=True)
    name = serializers.CharField(source="organisation.name", read_only=True)
    kind = serializers.CharField(source="organisation.kind", read_only=True)
    region = serializers.CharField(source="organisation.region.code", default=None, read_only=True)
    phones = PhoneSerializer(many=True, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Guide
        fields: tuple[str, ...] = (
            "code", "name", "kind", "region", "address", "hours", "phones", "transport", "note",
            "reviewed_on", "updated_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class GuideDetailSerializer(GuideSerializer):
    """With its services, coming reception days and downloads."""

    services = serializers.SerializerMethodField()
    reception_days = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    class Meta(GuideSerializer.Meta):
        fields = (*GuideSerializer.Meta.fields, "services", "reception_days", "files")
        read_only_fields = fields

    @extend_schema_field(GuideServiceSerializer(many=True))
    def get_services(self, guide: Guide) -> Any:
        return GuideServiceSerializer(self.context["page"].services, many=True).data

    @extend_schema_field(ReceptionDaySerializer(many=True))
    def get_reception_days(self, guide: Guide) -> Any:
        return ReceptionDaySerializer(self.context["page"].coming, many=True).data

    @extend_schema_field(GuideFileSerializer(many=True))
    def get_files(self, guide: Guide) -> Any:
        return GuideFileSerializer(self.context["page"].files, many=True).data
