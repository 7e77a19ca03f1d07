"""Turn the stages into temporary tables, or into the head of one statement."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.render import render, stages_named_in
from monitoring.indicators.scope import WHOLE, Scope
from monitoring.indicators.stages import LOST, STAGES, Stage

Log = Callable[[str], None]


def build_stages(
    cursor: CursorWrapper,
    parameters: dict[str, Any],
    log: Log,
    only: Iterable[str] | None = None,
    scope: Scope = WHOLE,
) -> None:
    """Create every stage as a temporary table of this transaction, with statistics.

    `only` names the stages that are wanted; those that they read are made too, no others.
    `scope` narrows what they read; its parameters must be among `parameters`.
    """
    wanted = _closure(only) if only is not None else {stage.name for stage in STAGES}
    for stage in STAGES:
        if stage.name not in wanted:
            continue
        started = time.monotonic()
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.ind_{stage.name}")
        cursor.execute(
            f"CREATE TEMP TABLE ind_{stage.name} ON COMMIT DROP AS {_whole(stage, scope)}",
            parameters,
        )
        rows = cursor.rowcount
        cursor.execute(f"ANALYZE ind_{stage.name}")
        seconds = time.monotonic() - started
        if seconds >= 0.05:
            log(f"准备 {stage.name}：{rows} 行，{seconds:.2f} 秒")


def _closure(names: Iterable[str]) -> set[str]:
    """The stages of these names and all that they read."""
    needed: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting |= stages_named_in(render(f"stages/{name}")) - needed
    return needed


def drop_stages(cursor: CursorWrapper) -> None:
    """Free what is left of the stages before the transaction ends."""
    for stage in reversed(STAGES):
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.ind_{stage.name}")


def _whole(stage: Stage, scope: Scope) -> str:
    rows = render(f"stages/{stage.name}", scope)
    if not stage.keys:
        return rows
    keys = ", ".join(stage.keys)
    return (
        f"SELECT {keys}, sum(quantity) AS quantity, sum(amount) AS amount, {LOST}"
        f" FROM ({rows}) summed GROUP BY {keys}"
    )


def with_stages(select: str, scope: Scope, extra: Iterable[str] = ()) -> str:
    """`select` headed by the stages that it reads, directly or through others, for the scope."""
    sql = {stage.name: render(f"stages/{stage.name}", scope) for stage in STAGES}
    needed: set[str] = set()
    waiting = stages_named_in(select) | set(extra)
    while waiting:
        name = waiting.pop()
        if name in sql and name not in needed:
            needed.add(name)
            waiting |= stages_named_in(sql[name]) - needed
    heads = [f"ind_{s.name} AS ({sql[s.name]})" for s in STAGES if s.name in needed]
    return f"WITH {', '.join(heads)} {select}" if heads else select
