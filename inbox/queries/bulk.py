"""A bulk act before it is confirmed: which of the chosen rows can be done now, and why not the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from inbox.models import BulkRun
from organisations.queries.bulk_acts import BulkAct
from organisations.queries.scope import Scope

SHOWN = 100


@dataclass(frozen=True)
class Preview:
    """Exact numbers of the choice as it stands now; `rows` are the first of them."""

    total: int
    ready: int
    reasons: list[tuple[str, int]]
    rows: list[dict[str, Any]]


def preview(run: BulkRun, act: BulkAct, scope: Scope) -> Preview:
    """Ask the act's own verdict for every chosen row that has no result yet."""
    keys = [key for key, _ in run.items[len(run.results) :]]
    found = {row.pk: row for row in act.rows(scope).filter(pk__in=keys)}
    reasons: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    ready = 0
    for key in keys:
        row = found.get(key)
        verdict = act.verdict(scope, row) if row is not None else None
        reason = verdict.reason if verdict is not None else "已不在您可见的范围内"
        ok = verdict is not None and verdict.ok
        ready += ok
        if not ok:
            reasons[reason] += 1
        if len(rows) < SHOWN:
            label = act.name(row) if row is not None else str(key)
            rows.append({"label": label, "ok": ok, "reason": "" if ok else reason})
    return Preview(len(keys), ready, reasons.most_common(), rows)
