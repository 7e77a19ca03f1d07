"""Write down what changed, in the transaction that changed it; forget it after the retention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.operations import operation
from inbox.models import Change, WebhookDelivery
from inbox.queries.change_kinds import CHANGE_KINDS

KEPT_FOR = timedelta(days=40)
"""Longer than what the feed promises, so that nothing is gone while a cursor is still good."""

STAMPS = (
    "institution_id", "manufacturer_id", "distributor_id", "enterprise_id", "pool_id", "county_id",
    "city_id", "province_id",
)  # fmt: skip


@dataclass(frozen=True)
class NewChange:
    """One change: of which object, and who may see it (as `stamps_of` the object says)."""

    kind: str
    object_type: str
    object_key: str
    url: str = ""
    version: int | None = None
    organisation_id: int | None = None
    user_id: int | None = None
    roles: tuple[str, ...] = ()
    to_all: bool = False
    stamps: Mapping[str, int | None] = field(default_factory=dict)


def stamps_of(row: Any) -> dict[str, int | None]:
    """The party and region columns that the row has; they decide who sees its changes."""
    return {name: getattr(row, name) for name in STAMPS if hasattr(row, name)}


@operation
def note_changes(*, changes: Sequence[NewChange], at: datetime) -> None:
    """Append these changes; feed and webhooks tell of them once the transaction is committed.

    Raises KeyError for a kind that `CHANGE_KINDS` does not name: a programmer's mistake.
    """
    unknown = {change.kind for change in changes} - set(CHANGE_KINDS)
    if unknown:
        raise KeyError(*unknown)
    Change.objects.bulk_create(
        [
            Change(
                kind=change.kind,
                object_type=change.object_type,
                object_key=change.object_key,
                url=change.url[:300],
                version=change.version,
                organisation_id=change.organisation_id,
                user_id=change.user_id,
                roles=list(change.roles),
                to_all=change.to_all,
                at=at,
                **change.stamps,
            )
            for change in changes
        ],
        batch_size=1000,
    )


@operation
def forget_changes(*, at: datetime) -> int:
    """Delete changes older than the retention; returns how many."""
    deleted: tuple[int, dict[str, int]] = Change.objects.filter(at__lt=at - KEPT_FOR).delete()
    return deleted[0]


@operation
def forget_deliveries(*, at: datetime) -> int:
    """Delete deliveries that ended before the retention, with their attempts; returns how many."""
    ended = WebhookDelivery.objects.filter(ended_at__lt=at - KEPT_FOR)
    number = ended.count()
    ended.delete()
    return number
