"""Numbers of papers: the month, and one that no other paper of the kind has."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from core.workdays.deadlines import shanghai_day

SEQUENCES = {"PC": "catalog_override_no", "PD": "catalog_draft_no", "ZX": "catalog_result_no"}


def next_number(prefix: str, at: datetime) -> str:
    """PC202604-0001: a batch's value, PD a batch's draft, ZX a result's change."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{SEQUENCES[prefix]}')")
        return f"{prefix}{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:04d}"
