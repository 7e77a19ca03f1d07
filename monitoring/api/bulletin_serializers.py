"""Bodies and answers of bulletins, the lines that name a party, and receipts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from monitoring.models import Bulletin, BulletinLine, BulletinReceipt
from monitoring.operations.bulletins.acts import VERBS
from monitoring.queries.bulletins import (
    reads_whole,
)
from monitoring.rules.bulletin_lists import BY_RULE
from monitoring.states.bulletins import BulletinKind


class BulletinSerializer(serializers.ModelSerializer[Bulletin]):
    """Words and files only where the reader reads the whole bulletin."""

    issuer: Any = serializers.CharField(source="issuer.code", read_only=True)
    issuer_name: Any = serializers.CharField(source="issuer.name", read_only=True)
    corrects: Any = serializers.CharField(
        source="corrects.bulletin_no", default=None, read_only=True
    )
    title = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Bulletin
        fields = (
            "bulletin_no", "doc_number", "kind", "issuer", "issuer_name", "period_from",
            "period_to", "state", "state_at", "title", "body", "is_joint", "corrects",
            "check_due_on", "issued_at", "rectify_due_on", "content_digest", "files", "version",
        )  # fmt: skip
        read_only_fields = fields

    def _whole(self, row: Bulletin) -> bool:
        return reads_whole(self.context["view"].scope, row)

    def get_title(self, row: Bulletin) -> str:
        if not self._whole(row):
            return ""
        return str(row.content["paper"]["title"]) if row.content else row.title

    def get_body(self, row: Bulletin) -> str:
        return row.body if self._whole(row) else ""

    def get_files(self, row: Bulletin) -> list[dict[str, str]]:
        return list(row.files) if self._whole(row) else []


class BulletinNewSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=BulletinKind.choices)
    month = serializers.RegexField(r"^[0-9]{4}-(0[1-9]|1[0-2])$")


class BulletinTextSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=20_000)
    is_joint = serializers.BooleanField(default=False)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class BulletinStepSerializer(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(choices=VERBS)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class BulletinVerifiedSerializer(serializers.Serializer[Any]):
    same = serializers.BooleanField()
    digest = serializers.CharField()
    problems = serializers.ListField(child=serializers.CharField())


class BulletinLineSerializer(serializers.ModelSerializer[BulletinLine]):
    bulletin: Any = serializers.CharField(source="bulletin.bulletin_no", read_only=True)
    heading = serializers.SerializerMethodField()

    class Meta:
        model = BulletinLine
        fields = (
            "id", "bulletin", "line_no", "rule", "heading", "subject_type", "subject_code",
            "subject_name", "batch_code", "year_no", "items", "severity", "measured", "threshold",
            "clause", "remark", "removed",
        )  # fmt: skip
        read_only_fields = fields

    def get_heading(self, row: BulletinLine) -> str:
        return BY_RULE[row.rule].heading


class BulletinObjectionSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class BulletinRulingSerializer(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(choices=("uphold", "reject"))
    ruling = serializers.CharField(max_length=2000)
    data_wrong = serializers.BooleanField(default=False)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class BulletinReceiptSerializer(serializers.ModelSerializer[BulletinReceipt]):
    bulletin: Any = serializers.CharField(source="bulletin.bulletin_no", read_only=True)
    organisation: Any = serializers.CharField(source="organisation.code", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = BulletinReceipt
        fields = (
            "id", "bulletin", "organisation", "is_named", "sent_at", "read_at", "state",
            "state_at", "feedback", "note", "version",
        )  # fmt: skip
        read_only_fields = fields


class FeedbackSerializer(serializers.Serializer[Any]):
    feedback = serializers.CharField(max_length=4000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class BulletinJudgementSerializer(serializers.Serializer[Any]):
    verb = serializers.ChoiceField(choices=("accept", "return"))
    note = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)
