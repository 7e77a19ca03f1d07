"""No module of the tests reads the clock while it is imported: a run may go on over midnight."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
CLOCKS = {
    "timezone": {"now", "localdate", "localtime"},
    "datetime": {"now", "today", "utcnow"},
    "date": {"today"},
    "days": {"today", "in_days", "morning"},
    "time": {"time", "localtime", "gmtime"},
}
"""Calls that answer by the clock, by the last name before the dot."""
BARE = {"localdate", "localtime", "today", "in_days", "morning"}
"""The same, imported by themselves."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


def _is_clock(node: ast.AST, own: set[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Name):
        return called.id in BARE | own
    if not isinstance(called, ast.Attribute):
        return False
    before = called.value
    name = getattr(before, "id", None) or getattr(before, "attr", None)
    return called.attr in CLOCKS.get(name or "", ())


def _run_by_import(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but the bodies of functions, whose decorators and defaults are run."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Function):
            waiting += [*node.decorator_list, *node.args.defaults]
            waiting += [value for value in node.args.kw_defaults if value]
        elif isinstance(node, ast.Lambda):
            waiting += node.args.defaults
        else:
            waiting += ast.iter_child_nodes(node)


def clock_reads(source: str) -> list[int]:
    """Lines on which importing this module reads the clock, itself or by its own functions."""
    tree = ast.parse(source)
    own = {
        function.name
        for function in tree.body
        if isinstance(function, Function)
        and any(_is_clock(node, set()) for node in ast.walk(function))
        and not any("fixture" in ast.unparse(mark) for mark in function.decorator_list)
    }
    found = [node for node in _run_by_import(tree) if _is_clock(node, own)]
    return sorted(node.lineno for node in found if isinstance(node, ast.Call))


def test_no_module_of_the_tests_knows_the_day_of_its_import() -> None:
    read = {
        str(path.relative_to(TESTS)): lines
        for path in sorted(TESTS.rglob("*.py"))
        if (lines := clock_reads(path.read_text(encoding="utf-8")))
    }
    assert read == {}, "write today() of tests/days.py where the test runs"


@pytest.mark.parametrize(
    "source",
    [
        "TODAY = timezone.localdate()",
        "LATER = f'{django.utils.timezone.now():%Y}'",
        "def f(on=date.today()): ...",
        "def f(*, on=today()): ...",
        "@mark('x', [in_days(3)])\ndef f(): ...",
        "class A:\n    at = datetime.now(UTC)",
        "def month():\n    return today().replace(day=1)\nFIRST = month()",
        "ROWS = [(lambda on=morning(): on)]",
    ],
)
def test_the_walk_sees_each_way_to_read_it(source: str) -> None:
    assert clock_reads(source)


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return timezone.now()",
        "DAY = date(2026, 6, 15)",
        "ROWS = [lambda: today()]",
        "class A:\n    def day(self):\n        return today()",
        "@fixture\ndef month():\n    return today()",
    ],
)
def test_the_walk_lets_pass_what_is_read_by_the_test(source: str) -> None:
    assert clock_reads(source) == []
