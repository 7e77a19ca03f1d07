"""Attempts at one endpoint as its list shows them."""

from __future__ import annotations

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from inbox.models import WebhookAttempt, WebhookEndpoint
from inbox.queries.visible_changes import visible_webhook_attempts
from organisations.queries.scope import Scope


def attempts_at(scope: Scope, endpoint: WebhookEndpoint) -> QuerySet[WebhookAttempt]:
    """With delivery and endpoint; `is_last` marks the newest try of a change."""
    last = Q(number=F("delivery__attempts_made"))
    return (
        visible_webhook_attempts(scope)
        .filter(delivery__endpoint=endpoint)
        .select_related("delivery__endpoint")
        .annotate(is_last=ExpressionWrapper(last, output_field=BooleanField()))
    )
