"""Warnings as lists and exports show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from core.templatetags.formats import number, percent
from core.workdays.deadlines import day_end
from monitoring.models import Warning
from monitoring.queries.names import names_of
from monitoring.rules import ALL_RULES, RULES_BY_CODE
from monitoring.states import OPEN_STATES, WarningState

UNIT_WORDS = {
    "multiple": "倍", "days": "天", "lines": "行", "yuan": "元", "codes": "个",
    "cases": "件", "institutions": "家",
}  # fmt: skip

STATE_LEVELS = {
    "open": "orange",
    "acknowledged": "blue",
    "explained": "blue",
    "returned": "orange",
    "closed": "green",
    "recovered": "grey",
}

# Measured in multiples of something, not as a share.
MULTIPLES = frozenset(rule.code for rule in ALL_RULES if rule.unit == "multiple")


@dataclass(frozen=True)
class WarningRow:
    """One line of a list: words for the reader beside the warning itself."""

    warning: Warning
    label: str
    level: str
    level_text: str
    subject: str
    matter: str
    measured: str
    threshold: str
    state: str
    state_level: str
    due_on: date | None
    late: bool


def warning_rows(warnings: Iterable[Warning]) -> list[WarningRow]:
    """Name everything on these warnings; the number of queries does not grow with them."""
    listed = list(warnings)
    names = names_of(listed)
    now = timezone.now()
    return [
        WarningRow(
            warning=warning,
            label=label_of(warning),
            level=warning.severity,
            level_text=str(Warning.Severity(warning.severity).label),
            subject=names.subject(warning),
            matter=names.matter(warning),
            measured=measure_text(warning, warning.measured),
            threshold=measure_text(warning, warning.threshold),
            state=str(WarningState(warning.state).label),
            state_level=STATE_LEVELS[warning.state],
            due_on=warning.answer_due_on,
            late=bool(
                warning.answer_due_on
                and warning.state in OPEN_STATES
                and day_end(warning.answer_due_on) <= now
            ),
        )
        for warning in listed
    ]


def label_of(warning: Warning) -> str:
    """The rule's Chinese name."""
    rule = RULES_BY_CODE.get(warning.rule)
    return rule.label if rule else warning.rule


def measure_text(warning: Warning, value: Decimal) -> str:
    """A measure as it is read: multiples as 倍, days, yuan; everything else as a percentage."""
    rule = RULES_BY_CODE.get(warning.rule)
    words = UNIT_WORDS.get(rule.unit if rule else "")
    return f"{number(value)} {words}" if words else percent(value, 2)
