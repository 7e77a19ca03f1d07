"""Rows of half-open periods valid_from..valid_to, as of a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def holding(on: date, prefix: str = "") -> Q:
    """Those whose period includes the day."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    )


def year_before(day: date) -> date:
    """The same day of the year before; 28 February where there is none."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
