"""Actions put together where they are written, `f"order_line.{act}"`, have their words as well."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest
from django.conf import settings
from django.urls import get_resolver

from core.transitions import MACHINES
from organisations.models import OrganisationChange
from organisations.queries.audit_words import action_words
from procurement.models import CodeFinding
from procurement.operations.line_progress import ACTS
from settlement.states.retention import SHEET_MACHINE
from tests.architecture.audited_actions import ROOMS
from volumes.models import ReportExtension

WRITERS: dict[str, Iterable[str]] = {
    "organisations/operations/change_organisation.py": (
        f"organisation.{kind}" for kind in OrganisationChange.Kind.values
    ),
    "procurement/operations/line_progress.py": (f"order_line.{act}" for act in ACTS),
    "procurement/operations/code_receipts.py": (
        f"trace_code.{kind}" for kind in CodeFinding.Kind.values
    ),
    "volumes/operations/tasks/extend.py": (
        f"volume_report.{kind}" for kind in ReportExtension.Kind.values
    ),
    "volumes/operations/reports/letters.py": (
        f"volume_report.{step}" for step in ("letter_made", "letter_signed")
    ),
    "monitoring/operations/bulletins/prepare.py": ("bulletin_objection.file",),
    "settlement/operations/retention_run.py": (
        f"{SHEET_MACHINE.name}.{step.verb}" for step in SHEET_MACHINE.transitions
    ),
}
"""Every file that puts an action together, with all that it can become."""
OF_MACHINES = {"core/transitions/machine.py", "procurement/operations/shipping.py"}
"""Verbs of a machine: `test_every_step_of_every_machine_names_itself` looks at them."""


def _composing_files() -> set[str]:
    found = set()
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and any(
                    keyword.arg == "action" and isinstance(keyword.value, ast.JoinedStr)
                    for keyword in call.keywords
                ):
                    found.add(str(path.relative_to(settings.BASE_DIR)))
    return found


def test_every_file_that_composes_an_action_is_known_here() -> None:
    assert _composing_files() == set(WRITERS) | OF_MACHINES


@pytest.mark.parametrize("path", sorted(WRITERS))
def test_what_it_can_become_has_words(path: str) -> None:
    _ = get_resolver().url_patterns
    assert MACHINES
    actions = list(WRITERS[path])
    assert actions
    assert [action for action in actions if action_words(action) == action] == []
