"""Pages by key: equally quick at any depth, stable while rows arrive, never an OFFSET."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple as Columns
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from core.transitions.refusals import MissingInput

M = TypeVar("M", bound=Model)

PAGE_SIZE = 50
COUNT_CAP = 10_000
MERGED_PARTIES = 8
"""Of more parties than these, every few rows is one's own: reading them all in order is quick."""


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """Rows of one page in order; cursors are empty where there is nothing on that side."""

    rows: list[M]
    newer: str
    older: str


@dataclass(frozen=True)
class CappedCount:
    """How many rows there are, counted no further than the cap."""

    number: int
    capped: bool


def keyset_page(
    rows: QuerySet[M],
    *,
    order: Sequence[str],
    cursor: str = "",
    size: int = PAGE_SIZE,
    ascending: bool = False,
) -> KeysetPage[M]:
    """The page after (or before) the cursor, newest first by `order`.

    `order` names columns or annotations that are not null, the last of them unique, all taken
    descending (or all ascending); an index in that order makes every page cost the same. Raises
    MissingInput for a broken cursor.
    """
    backwards, after = _read(cursor, len(order))
    upwards = backwards != ascending
    if after is not None:
        columns = Columns(*order)
        values = tuple(_typed(rows, order, after))
        compare = TupleGreaterThan if upwards else TupleLessThan
        rows = rows.filter(**_bound(order[0], values[0], upwards)).filter(compare(columns, values))
    signed = [name if upwards else f"-{name}" for name in order]
    found = _first(rows, signed, size + 1)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    newer = _write("n", found[0], order) if found and (more if backwards else after) else ""
    older = _write("o", found[-1], order) if found and (backwards or more) else ""
    return KeysetPage(rows=found, newer=newer, older=older)


def _parties(rows: QuerySet[Any]) -> Sequence[Q]:
    """Conditions of which every row fulfils one; empty where the query was not made of parties."""
    parties: Sequence[Q] = getattr(rows.query, "parties", ())
    return parties


def _first(rows: QuerySet[M], signed: Sequence[str], most: int) -> list[M]:
    """The first rows in order. Of a few parties each is read from its own index and merged:
    asked for all at once, PostgreSQL reads everybody's rows in order until enough are theirs.
    """
    parties = _parties(rows)
    if not 2 <= len(parties) <= MERGED_PARTIES:
        return list(rows.order_by(*signed)[:most])
    each = [rows.filter(party).order_by(*signed)[:most] for party in parties]
    return list(each[0].union(*each[1:], all=True).order_by(*signed)[:most])


def _bound(column: str, value: Value, upwards: bool) -> dict[str, Any]:
    """The first column's own bound. It follows from the comparison of whole rows, but PostgreSQL
    prunes partitions by it alone, and enters the index at the first upper bound that it cannot
    merge with the rows' comparison: where the list ends before a moment (`<`), the page's bound
    must be of the same kind and come first, or every page is read from the end of the month.
    """
    if upwards:
        return {f"{column}__gte": value}
    if isinstance(value.value, datetime):
        with suppress(OverflowError):
            return {f"{column}__lt": value.value + timedelta.resolution}
    return {f"{column}__lte": value}


def capped_count(
    rows: QuerySet[Any], cap: int = COUNT_CAP, *, order: Sequence[str] = ()
) -> CappedCount:
    """Count up to `cap` rows; the database stops there.

    With the `order` of the list's index the newest are counted; without, whichever come first,
    which of months of rows are found after those that the list does not show. Several parties'
    rows are in no index's order.
    """
    signed = [f"-{name}" for name in order] if len(_parties(rows)) < 2 else []
    number = rows.order_by(*signed)[: cap + 1].count()
    return CappedCount(number=min(number, cap), capped=number > cap)


def _write(side: str, row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, name) for name in order]
    plain = [v.isoformat() if isinstance(v, date | datetime) else v for v in values]
    text = json.dumps([side, *plain], ensure_ascii=False, default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, columns: int) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        side, *values = json.loads(text)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise _broken() from error
    if side not in ("n", "o") or len(values) != columns or not all(map(_plain, values)):
        raise _broken()
    return side == "n", values


def _plain(value: Any) -> bool:
    """A value that a column may hold; PostgreSQL takes no NUL and no half of a surrogate pair."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    return isinstance(value, int | float)


def _typed(rows: QuerySet[M], order: Sequence[str], values: list[Any]) -> list[Value]:
    """Bring the cursor's plain values to the columns' types."""
    typed = []
    for name, value in zip(order, values, strict=True):
        try:
            made = rows.query.annotations.get(name)
            field: Any = made.output_field if made is not None else rows.model._meta.get_field(name)
            typed.append(Value(field.to_python(value), output_field=field))
        except Exception as error:
            raise _broken() from error
    return typed


def _broken() -> MissingInput:
    return MissingInput("cursor", "翻页标记无效，请从第一页重新打开")
