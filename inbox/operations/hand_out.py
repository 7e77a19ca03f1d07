"""Give every committed change to the endpoints whose organisation sees it and asked for its kind."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from core.operations import operation
from inbox.models import Change, WebhookDelivery, WebhookEndpoint
from inbox.queries.change_kinds import change_message
from inbox.queries.endpoint_scope import endpoint_scope
from inbox.queries.visible_changes import visible_changes

BATCH = 1000


@operation
def hand_out_changes(*, at: datetime) -> int:
    """Make the deliveries of up to a thousand changes; returns how many changes were looked at.

    Safe to run twice at once: a change is locked by one run, and (endpoint, change) is unique.
    """
    locked = (
        Change.objects.filter(handed_out_at__isnull=True)
        .order_by("pk")
        .select_for_update(skip_locked=True)
    )
    ids = list(locked.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    active = WebhookEndpoint.objects.filter(
        state=WebhookEndpoint.State.ACTIVE, removed_at__isnull=True
    ).select_related("organisation__region__parent__parent")
    deliveries = [
        WebhookDelivery(
            endpoint=endpoint, change_id=change.pk, kind=change.kind,
            message=change_message(change), created_at=at, next_attempt_at=at,
        )
        for endpoint in active
        for change in visible_changes(
            endpoint_scope(endpoint.organisation, timezone.localdate(at))
        ).filter(pk__in=ids, kind__in=endpoint.kinds)
    ]  # fmt: skip
    WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=1000)
    Change.objects.filter(pk__in=ids).update(handed_out_at=at)
    return len(ids)
