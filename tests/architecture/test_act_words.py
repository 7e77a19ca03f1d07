"""Each kind of 待办 that the code opens has words to choose it by, and no word is of a kind long gone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from django.conf import settings

from inbox.queries.act_words import ACT_WORDS
from procurement.operations.transfers import NEXT
from tests.architecture.audited_actions import ROOMS

ACT = re.compile(r"[a-z]+(_[a-z]+)+\Z")
CHINESE = re.compile("[\u4e00-\u9fff]")
ASKING = re.compile(r"_?(ask|put|task|wait_for|ask_inside|ask_unit|NewTask|FourEyes)\Z")
"""Functions that open a task of the kind that they are given."""


def _choices(node: ast.expr) -> Iterator[str]:
    """The text itself, or what either side of `a if … else b` says."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and ACT.match(node.value):
        yield node.value


def _is_said(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and CHINESE.match(node.value) is not None
    return isinstance(node, ast.JoinedStr)


def _acts_of(tree: ast.Module, source: str) -> Iterator[str]:
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if not ASKING.match(name):
                continue
            for keyword in node.keywords:
                if keyword.arg == "act":
                    value = keyword.value
                    yield from _choices(
                        named.get(value.id, value) if isinstance(value, ast.Name) else value
                    )
            if name == "FourEyes":
                yield from _choices(node.args[2])
            elif name not in ("NewTask", "put"):
                for act in node.args:
                    yield from _choices(act)
        elif isinstance(node, ast.Tuple) and "NewTask(" in source:
            # ("check_exemption", "核查考核豁免申请"): what a state asks for, and its words.
            for act, words in zip(node.elts, node.elts[1:], strict=False):
                if _is_said(words):
                    yield from _choices(act)


def test_every_act_has_words() -> None:
    opened = {f"transfer_{state}": "procurement/operations/transfers.py" for state in NEXT}
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room / "operations").rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            for act in _acts_of(ast.parse(source), source):
                opened.setdefault(act, str(path.relative_to(settings.BASE_DIR)))
    without = {act: path for act, path in opened.items() if act not in ACT_WORDS}
    assert not without, f"add them to inbox/queries/act_words.py: {without}"
    assert sorted(set(ACT_WORDS) - set(opened)) == [], "words of kinds that nothing opens"
    assert all(CHINESE.match(words) for words in ACT_WORDS.values())
