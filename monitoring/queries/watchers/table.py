"""A table of a watcher: lines that open, read within the reader's own sight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_figures import (
    Figure,
    choice_condition,
    figures,
    latest_years,
)
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_terms import Terms
from monitoring.queries.figure_words import part_short
from monitoring.queries.live import figures_in
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations

SHOWN = 10


@dataclass(frozen=True)
class WatchedRow:
    """One line: what it is about, its figure, and the parts that make it."""

    name: str
    url: str
    note: str
    text: str
    parts: str


@dataclass(frozen=True)
class WatchedTable:
    title: str
    subtitle: str
    name_head: str
    note_head: str
    text_head: str
    parts_head: str
    rows: list[WatchedRow]
    empty: str


def rows_below(
    scope: Scope, subject: Subject, choice: Choice, terms: Terms, indicator: str, below: str
) -> Any:
    """The indicator's rows of that kind of subject within this one, by the page's choice."""
    return figures_in(scope, choice.month, choice.running).filter(
        choice_condition(choice, terms),
        indicator=indicator,
        subject_type=below,
        **{subject.column: subject.pk},
    )


def below(
    scope: Scope, subject: Subject, choice: Choice, terms: Terms, indicator: str, below: str
) -> list[Figure]:
    """The same as plain figures, of each batch's latest year."""
    return latest_years(figures(rows_below(scope, subject, choice, terms, indicator, below)))


def names(scope: Scope, found: Iterable[Figure]) -> dict[str, str]:
    codes = {figure.subject_code for figure in found}
    return dict(visible_organisations(scope).filter(code__in=codes).values_list("code", "name"))


def parts(figure: Figure, groups: dict[str, Any]) -> str:
    unit = groups[figure.group_code].base_unit if figure.group_code in groups else ""
    done, whole = (
        part_short(figure.indicator, part, unit) for part in (figure.numerator, figure.denominator)
    )
    return f"{done} / {whole}"
