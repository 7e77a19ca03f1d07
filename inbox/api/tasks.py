"""The Celery side of webhooks: it only carries ids."""

from celery import shared_task
from django.utils import timezone

from inbox.operations.changes import forget_changes, forget_deliveries
from inbox.operations.deliver import deliver
from inbox.operations.hand_out import BATCH, hand_out_changes
from inbox.queries.due_deliveries import due_deliveries

ROUNDS = 20


@shared_task(name="inbox.hand_out_changes")
def hand_out() -> None:
    """Every ten seconds; harmless when two run at once."""
    now = timezone.now()
    for _ in range(ROUNDS):
        if hand_out_changes(at=now) < BATCH:
            break
    for delivery_id in due_deliveries(now):
        deliver_webhook.apply_async(args=[delivery_id], retry=False, expires=60)


@shared_task(name="inbox.deliver_webhook")
def deliver_webhook(delivery_id: int) -> None:
    """One attempt; nothing when it is not due or another worker makes it."""
    deliver(delivery_id)


@shared_task(name="inbox.forget_changes")
def forget() -> None:
    """Nightly; harmless when run twice."""
    forget_changes(at=timezone.now())
    forget_deliveries(at=timezone.now())
