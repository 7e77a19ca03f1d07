"""What a request wrote: checksums of every table, and the rows that differ, before it is undone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponseBase

from tests.matrix.table import Row, address, named
from tests.matrix.world import World

Sums = dict[str, tuple[int, str]]
Rows = dict[str, Counter[str]]
Effect = dict[str, tuple[list[Any], list[Any]]]
"""By table: the rows that are gone or were changed, and those that are new or are the result."""

SCHEMAS = ("public", "rollup")
OF_EVERY_REQUEST = frozenset(
    {"public.core_auditevent", "public.django_session", "public.core_idempotentanswer"}
)
"""Tables that a refusal may write too: its audit row, the session's last hour, the kept answer."""
GUARDS_OF_SIGN_IN = "public.axes_"


@dataclass(frozen=True)
class Written:
    """An answer, and the tables that were written to as they stood when it was given."""

    answer: HttpResponseBase
    sums: Sums
    rows: Rows

    @property
    def status(self) -> int:
        return self.answer.status_code

    def changed(self, before: Sums) -> set[str]:
        return {name for name, now in self.sums.items() if before[name] != now}


def tables() -> list[str]:
    """Every readable table of the schemas but those of every request; a partition is counted in its whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1",
            [list(SCHEMAS)],
        )
        names = [name for (name,) in cursor.fetchall()]
    return [
        name
        for name in names
        if name not in OF_EVERY_REQUEST and not name.startswith(GUARDS_OF_SIGN_IN)
    ]


def checksums(names: list[str]) -> Sums:
    """Count and digest of each table, in one statement."""
    if not names:
        return {}
    parts = " UNION ALL ".join(
        f"SELECT '{name}', count(*), md5(string_agg(t::text, '' ORDER BY t::text COLLATE \"C\")) "
        f"FROM {name} t"
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(parts)
        return {name: (int(count), digest or "") for name, count, digest in cursor.fetchall()}


def touched(names: list[str]) -> list[str]:
    """Those of the tables in which this transaction inserted, updated or deleted any row.

    The server counts them for each session; what it counted shortly before may be among them,
    so these are the tables worth a checksum, never fewer.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT n.nspname || '.' || whole.relname FROM pg_class c"
            " JOIN pg_class whole ON whole.oid = COALESCE(pg_partition_root(c.oid), c.oid)"
            " JOIN pg_namespace n ON n.oid = whole.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname = ANY(%s)"
            " AND pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)"
            " + pg_stat_get_xact_tuples_deleted(c.oid) > 0",
            [list(SCHEMAS)],
        )
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in names if name in found]


def rows_of(names: set[str]) -> Rows:
    """The rows of these tables as canonical JSON."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {name} t")
            found[name] = Counter(text for (text,) in cursor.fetchall())
    return found


def write(
    row: Row, world: World, actor: str, names: list[str], *, url: str = "",
    data: dict[str, Any] | None = None, before: Sums | None = None,
) -> Written:  # fmt: skip
    """Send the row's request, look at the tables, and undo it.

    With `before`, the rows of the tables that differ from it are read as well.
    """
    client = world.cast.client(actor)
    url = url or address(row, world)
    body = body_of(row, world) if data is None else data
    as_json = url.startswith("/api/") and not row.as_form
    send = getattr(client, row.route.method.lower())
    with transaction.atomic():
        answer = send(url, body, content_type="application/json") if as_json else send(
            url, {name: _as_text(value) for name, value in body.items()}
        )  # fmt: skip
        sums = checksums(touched(names))
        found = Written(answer, sums, {})
        if before is not None:
            found = Written(answer, sums, rows_of(found.changed(before)))
        transaction.set_rollback(True)
    return found


def body_of(row: Row, world: World) -> dict[str, Any]:
    return {name: named(value, world) for name, value in row.data.items()}


def _as_text(value: Any) -> Any:
    """What a form can carry: texts and lists of texts."""
    if isinstance(value, list):
        return [str(each) for each in value]
    if value is None or isinstance(value, dict):
        return json.dumps(value)
    return str(value)


def effect(written: Written, before: Rows) -> Effect:
    """What the request did to the rows that were there before."""
    return {
        name: (_parsed(before[name] - after), _parsed(after - before[name]))
        for name, after in written.rows.items()
    }


def _parsed(rows: Counter[str]) -> list[Any]:
    """In the order of their ids, so that two runs of one request are compared row by row.

    Events of one row have its id in common; they follow each other by their own.
    """
    parsed = [json.loads(text) for text in rows.elements()]
    return sorted(parsed, key=lambda row: (*_place(row), json.dumps(row, sort_keys=True)))


def _place(row: dict[str, Any]) -> tuple[str, int, int]:
    """A row's id and its event's; of changes the kind and their object's id.

    The triggers note the changes of one statement by that id as text, 10 before 8: two runs on
    both sides of a new digit would otherwise be paired crosswise.
    """
    if "transaction_id" in row and str(row.get("object_key", "")).isdecimal():
        return str(row["kind"]), int(row["object_key"]), _number(row.get("id"))
    return "", _number(row.get("id")), _number(row.get("pgh_id"))


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
