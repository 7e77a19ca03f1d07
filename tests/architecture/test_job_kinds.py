"""Web processes know every kind of job as workers do: each kind stands in a module that both import."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def _calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called == name:
                yield node


def test_every_kind_stands_in_the_tasks_of_its_app() -> None:
    places: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for app in settings.OUR_APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            for call in _calls(path, "job_kind"):
                places[str(path.relative_to(settings.BASE_DIR))] += 1
                names[ast.unparse(call.args[0])] += 1
    elsewhere = sorted(set(places) - {f"{app}/tasks.py" for app in settings.OUR_APPS})
    assert elsewhere == [], "neither web processes nor workers import these by themselves"
    assert sum(places.values()) >= 40, "the search has gone blind"
    assert [name for name, times in names.items() if times > 1] == []


def test_web_processes_and_workers_import_them() -> None:
    found = [
        [ast.literal_eval(argument) for argument in call.args]
        for call in _calls(settings.BASE_DIR / "config/urls.py", "autodiscover_modules")
    ]
    assert ["tasks"] in found
    bare = [
        call
        for call in _calls(settings.BASE_DIR / "config/celery.py", "autodiscover_tasks")
        if not call.args
    ]
    assert len(bare) == 1
