"""Every action that the code writes into the audit trail, read off the source and the machines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ACTION = re.compile(r"^[a-z][a-z_]*\.[a-z][a-z_]*\Z")
ROOMS = ("core", "organisations", "inbox", "policy", "catalog", "contracts", "procurement",
         "volumes", "complaints", "monitoring", "settlement", "interchange")  # fmt: skip
PASSES_IT_ON = "record"


def literal_actions() -> dict[str, str]:
    """Each action that stands as text in the code, with the file that writes it."""
    found: dict[str, str] = {}
    for path in _files():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        carriers = _carriers(tree)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for text in _texts(call, carriers):
                found.setdefault(text, str(path.relative_to(settings.BASE_DIR)))
    return found


def _files() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def _carriers(tree: ast.Module) -> set[str]:
    """Functions of the module that hand an action of their caller to `record`."""
    names = {PASSES_IT_ON}
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        given = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
        for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
            if _name(call) == PASSES_IT_ON:
                for keyword in call.keywords:
                    value = keyword.value
                    if (
                        keyword.arg == "action"
                        and isinstance(value, ast.Name)
                        and value.id in given
                    ):
                        names.add(function.name)
    return names


def _texts(call: ast.Call, carriers: set[str]) -> Iterator[str]:
    places = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
    if _name(call) in carriers:
        places += [*call.args, *(keyword.value for keyword in call.keywords)]
    for place in places:
        branches = [place.body, place.orelse] if isinstance(place, ast.IfExp) else [place]
        for branch in branches:
            value = branch.value if isinstance(branch, ast.Constant) else None
            if isinstance(value, str) and ACTION.match(value):
                yield value


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
