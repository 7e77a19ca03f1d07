"""The feed: changes in the order of their transactions, never one that could still get a neighbour.

A transaction that began earlier may commit later. So the feed ends before the oldest transaction
of this database that is still under way: whatever comes later sorts behind what was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple as Columns
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from core.database.horizon import horizon
from core.transitions import MissingInput
from core.transitions.refusals import Refusal
from inbox.models import Change
from inbox.queries.change_kinds import CHANGE_KINDS
from inbox.queries.visible_changes import visible_changes
from organisations.queries.scope import Scope

RETENTION = timedelta(days=30)
START, NOW = "start", "now"
_CURSOR = re.compile(r"c1-([0-9a-f]{1,16})-([0-9a-f]{1,12})-([0-9a-f]{1,16})-([0-9a-f]{1,16})")


class CursorTooOld(Refusal):
    """What lay behind the cursor may be forgotten by now (410)."""

    status = 410


@dataclass(frozen=True)
class Place:
    """A place in the feed: behind the change `last_id` of `transaction_id`, reached at `at`."""

    cluster: int
    at: datetime
    transaction_id: int
    last_id: int

    def cursor(self) -> str:
        seconds = int(self.at.timestamp())
        return f"c1-{self.cluster:x}-{seconds:x}-{self.transaction_id:x}-{self.last_id:x}"


@dataclass(frozen=True)
class ChangePage:
    """Changes in order, the cursor behind the last of them, and whether more wait already."""

    rows: list[Change]
    next: str
    more: bool


def changes_since(
    scope: Scope, *, since: str, kinds: Iterable[str], size: int, now: datetime
) -> ChangePage:
    """Up to `size` changes behind the cursor that one may see, of `kinds` (all where empty).

    `since` is a cursor, `start` (or empty) for all that is kept, `now` for what comes from here on.
    Raises MissingInput for a cursor that is none, CursorTooOld.
    """
    # Asked first: what is below is over by then, and seen by the statement after it.
    cluster, ended = horizon()
    here = Place(cluster, now, ended, 0)
    if since == NOW:
        return ChangePage([], here.cursor(), False)
    start = _read(since, cluster, now)
    rows = readable(scope, kinds).filter(transaction_id__lt=ended, at__gte=now - RETENTION)
    if start is not None:
        rows = rows.filter(_behind(start))
    found = list(rows.order_by("transaction_id", "id")[: size + 1])
    if len(found) <= size:
        return ChangePage(found, _later(here, start).cursor(), False)
    last = found[size - 1]
    place = Place(cluster, last.at, last.transaction_id, last.pk)
    return ChangePage(found[:size], place.cursor(), True)


def readable(scope: Scope, kinds: Iterable[str] = ()) -> QuerySet[Change]:
    """Visible changes of these kinds, and of no subject that a token may not read."""
    wanted = set(kinds) or set(CHANGE_KINDS)
    unknown = wanted - set(CHANGE_KINDS)
    if unknown:
        raise MissingInput("kind", f"没有“{sorted(unknown)[0]}”这种变更")
    if scope.token_scopes is not None:
        wanted = {
            kind for kind in wanted if f"{CHANGE_KINDS[kind].subject}:read" in scope.token_scopes
        }
    return visible_changes(scope).filter(kind__in=sorted(wanted))


def _read(since: str, cluster: int, now: datetime) -> Place | None:
    if since in ("", START):
        return None
    found = _CURSOR.fullmatch(since)
    if found is None:
        raise MissingInput("since", "变更标记无效：请使用上一次回答中的 next，或 start、now")
    made_in, seconds, transaction_id, last_id = (int(part, 16) for part in found.groups())
    if max(transaction_id, last_id) >= 2**63 or seconds > 2**36:
        raise MissingInput("since", "变更标记无效：请使用上一次回答中的 next，或 start、now")
    at = datetime.fromtimestamp(seconds, UTC)
    if made_in != cluster or at < now - RETENTION:
        raise CursorTooOld(
            f"变更只保留 {RETENTION.days} 天（数据库恢复后标记也会失效），这个标记之后的变更可能已不完整。"
            "请用各列表接口重新核对一次数据，再从 since=now 继续。"
        )
    return Place(made_in, at, transaction_id, last_id)


def _behind(place: Place) -> TupleGreaterThan:
    number = BigIntegerField()
    values = (Value(place.transaction_id, number), Value(place.last_id, number))
    return TupleGreaterThan(Columns("transaction_id", "id"), values)


def _later(here: Place, start: Place | None) -> Place:
    """Caught up: go on from here, yet never back behind where the caller was."""
    if start is None or (here.transaction_id, 0) > (start.transaction_id, start.last_id):
        return here
    return Place(start.cluster, here.at, start.transaction_id, start.last_id)
