"""The values that batches set themselves, as they hold on a day: every reader asks here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q, QuerySet

from catalog.models import BatchParameter
from core.database.prepared import Prepared

Overrides = dict[int, dict[str, tuple[str, str]]]


def holding(on: date, prefix: str = "") -> Q:
    """Rows whose own days include the day; without days they hold for the whole cycle."""
    return Q(
        Q(**{f"{prefix}valid_from__isnull": True}) | Q(**{f"{prefix}valid_from__lte": on}),
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on}),
    )


def overrides_on(on: date) -> Overrides:
    """(value, clause) by batch id and parameter, of every batch; one query."""
    return _by_batch(_HELD.rows(on))


def _held(on: date) -> QuerySet[BatchParameter]:
    return BatchParameter.objects.filter(holding(on))


_HELD = Prepared(_held, date.min)


def overrides_of(batch_id: int, on: date) -> Mapping[str, tuple[str, str]]:
    """The same of one batch."""
    rows = BatchParameter.objects.filter(holding(on), batch_id=batch_id)
    return _by_batch(rows).get(batch_id, {})


def dated_overrides(keys: Iterable[str]) -> QuerySet[BatchParameter]:
    """Every period of these parameters, in the order of their days."""
    rows = BatchParameter.objects.filter(parameter__in=list(keys))
    return rows.order_by("batch_id", "parameter", "valid_from")


def _by_batch(rows: Iterable[BatchParameter]) -> Overrides:
    found: Overrides = {}
    for row in rows:
        found.setdefault(row.batch_id, {})[row.parameter] = (row.value, row.clause)
    return found
