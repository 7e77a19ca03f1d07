"""Webhook endpoints, deliveries and attempts as the API gives and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from inbox.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from inbox.queries.change_kinds import CHANGE_KINDS, SUBSCRIBED
from organisations.forms.people import clean_text

KINDS = [(name, CHANGE_KINDS[name].label) for name in SUBSCRIBED]


class WebhookSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An endpoint without its secret."""

    name = serializers.CharField(max_length=100)
    url = serializers.CharField(max_length=500)
    kinds: Any = serializers.ListField(
        child=serializers.ChoiceField(choices=KINDS), allow_empty=False
    )

    class Meta:
        model = WebhookEndpoint
        fields = (
            "number", "name", "url", "kinds", "state", "failing_since", "last_success_at",
            "old_secret_until", "created_at", "created_by_name",
        )  # fmt: skip
        read_only_fields = (
            "number", "state", "failing_since", "last_success_at", "old_secret_until",
            "created_at", "created_by_name",
        )  # fmt: skip

    def validate_name(self, value: str) -> str:
        return clean_text(value)


class WebhookWithSecretSerializer(WebhookSerializer):
    """The answer that shows the secret, once."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookSerializer.Meta):
        fields: Any = (*WebhookSerializer.Meta.fields, "secret")


class AttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    class Meta:
        model = WebhookAttempt
        fields = (
            "number", "begun_at", "outcome", "status", "milliseconds", "answer_head", "problem",
        )  # fmt: skip
        read_only_fields = fields


class WebhookDeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    attempts = AttemptSerializer(many=True, read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = (
            "id", "change_id", "kind", "message", "state", "attempts_made", "next_attempt_at",
            "created_at", "ended_at", "attempts",
        )  # fmt: skip
        read_only_fields = fields
