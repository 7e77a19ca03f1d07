"""Fill the places of the SQL files: what they include, and whose rows they read.

`{name}` includes macros/name.sql, `{lines:code}` an indicator's SELECT. `{institution:x}`,
`{batch:x}`, `{bucket:x}`, `{rows:alias}`, `{orders:alias}` and
`{due_line:x}` are conditions: TRUE for a whole
month, the scope's own when a single figure is opened. Values travel as %(name)s parameters.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from monitoring.indicators.scope import WHOLE, Scope

FOLDER = Path(__file__).parent
PLACE = re.compile(r"\{(\w+)(?::([^{}]+))?\}")
STAGE_NAME = re.compile(r"\bind_(\w+)\b")


@cache
def text_of(name: str) -> str:
    """The SQL of a file below this folder, by its path without .sql."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8").strip()


def render(name: str, scope: Scope = WHOLE) -> str:
    """The SQL of a file with its places filled for the scope."""
    return fill(text_of(name), scope)


def fill(text: str, scope: Scope = WHOLE) -> str:
    """The same for SQL that is not in a file."""
    return PLACE.sub(lambda place: _fill(place[1], place[2], scope), text)


def _fill(kind: str, argument: str | None, scope: Scope) -> str:
    if argument is None:
        return f"\n{render(f'macros/{kind}', scope)}\n"
    if kind == "lines":
        return f"\n{render(argument, scope)}\n"
    return scope.condition(kind, argument)


def stages_named_in(sql: str) -> set[str]:
    """Names of the stages that a rendered SELECT reads."""
    return set(STAGE_NAME.findall(sql))
