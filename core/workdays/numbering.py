"""Number the working days of the published years, so that adding N of them is one join."""

from __future__ import annotations

from datetime import date

from django.db import connections

from core.workdays.models import CalendarDay

RENUMBER = """
UPDATE {table} AS day
   SET workday_no = counted.no
  FROM (SELECT date, count(*) FILTER (WHERE is_workday) OVER (ORDER BY date) AS no
          FROM {table}) AS counted
 WHERE counted.date = day.date AND counted.no <> day.workday_no
"""
PARK = "UPDATE {table} SET workday_no = -workday_no - 1000000 WHERE date >= %s"


def renumber(*, since: date, using: str = "default") -> None:
    """Count anew from the first published day; `since` is the first day that may have moved.

    Numbers are parked below zero first, as the unique rule is checked row by row.
    """
    table = CalendarDay._meta.db_table
    with connections[using].cursor() as cursor:
        cursor.execute(PARK.format(table=table), [since])
        cursor.execute(RENUMBER.format(table=table))
