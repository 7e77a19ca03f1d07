"""The table of routes.yaml: for each route and method, the status of each of the twenty actors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse

from tests.matrix.actors import ACTORS, GROUPS
from tests.matrix.routes import Route
from tests.matrix.world import World

FILES = sorted(Path(__file__).parent.glob("routes*.yaml"))


class BadTable(Exception):
    """A row that does not say exactly one status for every actor."""


@dataclass(frozen=True)
class Row:
    """One line of the table; `label` adds ` #case` where a route has several."""

    label: str
    route: Route
    args: dict[str, str]
    query: str
    data: dict[str, Any]
    status: dict[str, int]
    foreign: tuple[str, ...]
    viewer: str
    why: str
    as_form: bool = False


def load_table() -> list[Row]:
    """All rows of routes.yaml and of any routes_<app>.yaml beside it; read once a process."""
    return list(_rows())


@cache
def _rows() -> tuple[Row, ...]:
    # The same rules as safe_load, in C where PyYAML has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rows = []
    for file in FILES:
        for name, line in yaml.load(file.read_text(encoding="utf-8"), Loader=loader).items():
            rows.append(_row(name, line))
    return tuple(rows)


def _row(name: str, line: dict[str, Any]) -> Row:
    plain, _, _case = name.partition(" #")
    route, _, method = plain.rpartition(" ")
    known = {"args", "query", "data", "status", "foreign", "viewer", "why", "as_form"}
    if set(line) - known:
        raise BadTable(f"{name}: unknown {sorted(set(line) - known)}")
    return Row(
        label=name,
        route=Route(route, method),
        args=line.get("args", {}),
        query=line.get("query", ""),
        data=line.get("data", {}),
        status=expand(name, line["status"]),
        foreign=tuple(line.get("foreign", ())),
        viewer=line.get("viewer", "a_reviewer"),
        why=line.get("why", ""),
        as_form=bool(line.get("as_form", False)),
    )


def expand(name: str, said: dict[int, Any]) -> dict[str, int]:
    """Groups become actors; 'others' takes whoever is not named. Exactly one status each."""
    status: dict[str, int] = {}
    rest: int | None = None
    for code, who in said.items():
        for word in who if isinstance(who, list) else [who]:
            if word == "others":
                rest = code
                continue
            for actor in GROUPS.get(word, (word,)):
                if actor not in ACTORS or actor in status:
                    raise BadTable(f"{name}: {actor} is unknown or named twice")
                status[actor] = code
    missing = [actor for actor in ACTORS if actor not in status]
    if missing and rest is None:
        raise BadTable(f"{name}: no status for {missing}")
    return status | dict.fromkeys(missing, rest or 0)


def address(row: Row, world: World, **instead: str) -> str:
    """The row's address with the world's keys in its arguments."""
    args = {name: world.keys.get(value, value) for name, value in (row.args | instead).items()}
    url = reverse(row.route.name, kwargs=args)
    return f"{url}?{row.query}" if row.query else url


def named(value: Any, world: World) -> Any:
    """A value of the body with the world's keys, in lists and objects too."""
    if isinstance(value, str):
        return world.keys.get(value, value)
    if isinstance(value, list):
        return [named(each, world) for each in value]
    if isinstance(value, dict):
        return {name: named(each, world) for name, each in value.items()}
    return value


def ask(row: Row, world: World, actor: str, url: str = "") -> HttpResponseBase:
    """Send the row's request as this actor and undo whatever it did."""
    client = world.cast.client(actor)
    data = {name: named(value, world) for name, value in row.data.items()}
    url = url or address(row, world)
    as_json = url.startswith("/api/") and row.route.method != "GET" and not row.as_form
    send = getattr(client, row.route.method.lower())
    with transaction.atomic():
        answer: HttpResponseBase = (
            send(url, data, content_type="application/json") if as_json else send(url, data)
        )
        if answer.streaming:
            answer.streaming_content = [b"".join(answer.streaming_content)]  # type: ignore[attr-defined, arg-type]
        transaction.set_rollback(True)
    return answer
