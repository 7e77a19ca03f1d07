"""What was accepted of a batch's selected products in a pool, less what was sent back."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection

from core.workdays.deadlines import SHANGHAI

SQL = (Path(__file__).parent / "accepted.sql").read_text(encoding="utf-8")


def accepted_selected(pool_id: int, batch_id: int, since: date, until: date) -> dict[int, Decimal]:
    """Yuan by institution, exact, of the days from `since` and before `until`; one query."""
    given: dict[str, Any] = {
        "pool": pool_id, "batch": batch_id,
        "from_at": datetime.combine(since, time.min, tzinfo=SHANGHAI),
        "to_at": datetime.combine(until, time.min, tzinfo=SHANGHAI),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL, given)
        return dict(cursor.fetchall())
