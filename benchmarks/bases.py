"""The bare base SELECT: every indicator's unit rows in one statement, read and thrown away.

It is made from the platform's own definitions: their stages are its WITH, each computed once, and
each of its parts sums one indicator's lines to units, batches and products as the month job does
first. Nothing is written, no level is derived, no code is looked up.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from benchmarks.twin import session
from monitoring.indicators.base import base_select
from monitoring.indicators.registry import INDICATORS
from monitoring.indicators.render import render
from monitoring.indicators.scope import WHOLE
from monitoring.indicators.staging import with_stages


def statement() -> str:
    """One row per indicator; counting whole rows keeps the planner from leaving sums out."""
    parts = " UNION ALL ".join(
        f"SELECT '{indicator.code}', count(b) FROM"
        f" ({base_select(indicator, render(indicator.code))}) b"
        for indicator in INDICATORS
    )
    return with_stages(parts, WHOLE)


def read(values: dict[str, Any]) -> dict[str, int]:
    """Run it once; how many unit rows each indicator has."""
    with transaction.atomic(), connection.cursor() as cursor:
        session(cursor)
        cursor.execute(statement(), values)
        return dict(cursor.fetchall())
