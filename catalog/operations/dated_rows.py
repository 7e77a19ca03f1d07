"""Make room for a row that holds from a day on, among rows of which one holds on each day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet


def make_room(rows: QuerySet[Any], valid_from: date) -> date | None:
    """End the row that holds on `valid_from` with that day; give the first day of the next one.

    Rows are half-open valid_from..valid_to. One of the same first day is left without days. The
    caller holds the lock that keeps two writers apart.
    """
    standing = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from)).order_by(
        "valid_from", "pk"
    )
    for row in standing:
        if row.valid_from > valid_from:
            if row.valid_to is None or row.valid_to > row.valid_from:
                following: date = row.valid_from
                return following
            continue
        row.valid_to = valid_from
        row.save(update_fields=["valid_to"])
    return None
