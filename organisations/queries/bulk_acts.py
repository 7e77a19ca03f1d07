"""Acts on many rows of a list at once, named by the apps that own the operations.

An app adds them in `<app>/operations/bulk.py`, which is imported at start:

    add(BulkAct(key="warning-acknowledge", page="warning-list", label="批量签收", unit="件",
                offered=…, rows=visible_warnings, name=str, verdict=…, perform=…))

The list of that page then has ticks and the button; confirmation, work row by row, and the page
of results are the inbox's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.transitions import ALLOWED, Verdict
from organisations.models import User
from organisations.queries.scope import Scope


def _may(scope: Scope, row: Any) -> Verdict:
    return ALLOWED


def _nothing_around(scope: Scope, at: datetime) -> AbstractContextManager[object]:
    return nullcontext()


def _unversioned(row: Any) -> int:
    return 0


@dataclass(frozen=True)
class BulkAct:
    """One act.

    `rows` is the visible_… query that rows are taken from, `name` what a row is called in the
    result, `verdict` whether it could be done now (else why not), `perform` the operation on one
    row: (row, by, scope, at, values of `form`, the row's version when it was chosen). It raises a
    Refusal for a row that it does not do. `note` says on the confirmation page what will happen.

    Up to `direct` rows (None: the inbox's number) are done while the browser waits, more as a job.
    A job of a `stepwise` act commits each row by itself: what is done stays done when a worker is
    killed or the job is cancelled, and the next goes on behind it; its rows are read fifty ahead, so
    its `perform` locks and reads its row anew. `around` is entered once for all
    rows, for what is costly to open.
    """

    key: str
    page: str
    label: str
    offered: Callable[[Scope], bool]
    rows: Callable[[Scope], QuerySet[Any]]
    name: Callable[[Any], str]
    perform: Callable[[Any, User, Scope, datetime, dict[str, Any], int], object]
    verdict: Callable[[Scope, Any], Verdict] = _may
    version: Callable[[Any], int] = _unversioned
    form: type[forms.Form] | None = None
    unit: str = "条"
    icon: str = ""
    kind: str = ""
    note: str = ""
    direct: int | None = None
    stepwise: bool = False
    around: Callable[[Scope, datetime], AbstractContextManager[object]] = _nothing_around


_ACTS: dict[str, BulkAct] = {}


def add(*acts: BulkAct) -> None:
    """Register acts; one per key."""
    for act in acts:
        _ACTS[act.key] = act


def act_named(key: str) -> BulkAct | None:
    return _ACTS.get(key)


def acts_for(scope: Scope, page: str) -> list[BulkAct]:
    """The acts that this person has on this list, in the order in which they were added."""
    return [act for act in _ACTS.values() if act.page == page and act.offered(scope)]
