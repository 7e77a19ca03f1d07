"""One row of an act on many: done, or not done and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core.transitions import Refusal, TransitionRefused
from inbox.models import BulkRun
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, act_named
from organisations.queries.scope import Scope

OUT_OF_SIGHT = "已不在您可见的范围内"


def act_of(run: BulkRun) -> BulkAct:
    """The act that the run was chosen for; TransitionRefused where this program has none."""
    act = act_named(run.act)
    if act is None:
        raise TransitionRefused("本版本没有这一批量事项，请联系平台运维")
    return act


def do_one(
    act: BulkAct,
    key: int,
    version: int,
    values: dict[str, Any],
    scope: Scope,
    by: User,
    at: datetime,
) -> dict[str, Any]:
    """Read the row among those that the person may see, do it, and say what came of it."""
    return do_row(act, act.rows(scope).filter(pk=key).first(), key, version, values, scope, by, at)


def do_row(
    act: BulkAct,
    row: Any,
    key: int,
    version: int,
    values: dict[str, Any],
    scope: Scope,
    by: User,
    at: datetime,
) -> dict[str, Any]:
    """As `do_one`, for a row that was read before (None: it may not be seen)."""
    if row is None:
        return {"key": key, "label": str(key), "ok": False, "reason": OUT_OF_SIGHT}
    told = {"key": key, "label": act.name(row), "ok": True, "reason": ""}
    try:
        with transaction.atomic():
            act.perform(row, by, scope, at, values, version)
    except Refusal as refusal:
        return told | {"ok": False, "reason": refusal.reason}
    return told
