"""Rows of half-open periods valid_from..valid_to, as of a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def holding(on: date, prefix: str = "") -> Q:
    """Those whose period includes the day."""
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    )
