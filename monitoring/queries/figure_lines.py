"""Open a figure: the lines that it is made of, by the same SELECT that computed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection, transaction

from monitoring.indicators.base import held as held_sql
from monitoring.indicators.base import measures
from monitoring.indicators.cut import MonthCut, UsedValues, parameters_of
from monitoring.indicators.declaration import Indicator
from monitoring.indicators.registry import BY_CODE
from monitoring.indicators.render import render
from monitoring.indicators.staging import with_stages
from monitoring.models import ComputedMonth, IndicatorValue, LiveMonth, LiveValue
from monitoring.queries.figure_scope import scope_of_figure
from monitoring.queries.live import Live

HELD = Decimal("0.00000001")
EXACT = Decimal("1E-20")
LINE = (
    "source, source_id, line_id, ordered_at, at, quantity::numeric, amount::numeric,"
    " numerator::numeric, denominator::numeric, excluded"
)

COLUMNS = LINE.replace("::numeric", "")


@dataclass(frozen=True)
class FigureLine:
    """One line: where it stands (source, source_id, the order line's key) and what it adds.

    `excluded` is the reason, in the words of the indicator, for which it adds nothing.
    """

    source: str
    source_id: int
    line_id: int | None
    ordered_at: datetime | None
    at: datetime | None
    quantity: Decimal | None
    amount: Decimal | None
    numerator: Decimal
    denominator: Decimal
    excluded: str | None

    @property
    def cursor(self) -> tuple[str, str, int]:
        return (self.at.isoformat() if self.at else "", self.source, self.source_id)


@dataclass(frozen=True)
class FigureLines:
    """A page of a figure's lines, with the totals of all of them.

    Totals are held to 8 decimals per unit and then added, as the figures are.
    """

    indicator: Indicator
    lines: list[FigureLine]
    has_more: bool
    counted: int
    excluded: int
    numerator: Decimal
    denominator: Decimal

    def sums_to(self, row: IndicatorValue) -> bool:
        """Whether the lines give exactly the stored figure, held as it is."""
        return (self.numerator, self.denominator) == (row.numerator, row.denominator)


def held(value: Decimal) -> Decimal:
    """Held to 8 decimals, half away from zero, as the figures are."""
    return value.quantize(EXACT, ROUND_HALF_UP).quantize(HELD, ROUND_HALF_UP)


def figure_lines(
    row: IndicatorValue,
    *,
    side: str = "all",
    after: tuple[str, str, int] | None = None,
    limit: int = 50,
    distributor_id: int | None = None,
) -> FigureLines:
    """Lines of the figure, newest first.

    side: `all`, `numerator` or `denominator` (lines that add to it), `excluded`. `after` is the
    cursor of the last line of the page before. `distributor_id` leaves the lines of one distributor,
    for figures of supply. The rows are read as they are now: after late data the lines can differ
    from a figure that was not computed again, and sums_to says so.
    """
    indicator = BY_CODE[row.indicator]
    narrowed = " AND distributor_id = %(only_distributor)s" if distributor_id is not None else ""
    found = run_on_lines(
        row,
        lambda flag, conditions: _select(indicator, flag, conditions + narrowed, side, after),
        _cursor_values(after) | {"limit": limit + 1, "only_distributor": distributor_id},
    )
    totals = found[0][:4]
    lines = [FigureLine(*line[4:]) for line in found if line[4] is not None]
    return FigureLines(
        indicator=indicator,
        lines=[_worded(line, indicator) for line in lines[:limit]],
        has_more=len(lines) > limit,
        counted=totals[0],
        excluded=totals[1],
        numerator=totals[2],
        denominator=totals[3],
    )


def run_on_lines(
    row: IndicatorValue, select: Callable[[str, str], str], values: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """Rows of a SELECT over the figure's lines: made by `select` from the flag of the figure's
    window and the conditions that leave its lines alone, with `{lines}` in their place.
    """
    indicator = BY_CODE[row.indicator]
    subject = indicator.subject(row.subject_type, batch=bool(row.batch_code))
    flag = dict(measures(indicator, subject))[row.window]
    parameters, _ = parameters_of(*_cut_of(row))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        # The stages are expressions without statistics here: a nested loop over one that was
        # guessed to be a single row costs seconds, hashing a few rows too many costs nothing.
        cursor.execute("SET LOCAL enable_nestloop = off")
        figure = scope_of_figure(row, indicator, parameters)
        text = select(flag, figure.conditions)
        lines = render(indicator.code, figure.scope)
        cursor.execute(
            with_stages(text.replace("{lines}", lines), figure.scope),
            parameters | figure.parameters | values,
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _cut_of(row: IndicatorValue | LiveValue) -> tuple[MonthCut, UsedValues]:
    """Up to when the figure counts, and the policy values that it was made with."""
    if isinstance(row, LiveValue):
        live = Live(LiveMonth.objects.get(month=row.month))
        return live.cut, live.used
    computed = ComputedMonth.objects.get(month=row.month, province_id=row.province_id)
    return MonthCut(row.month), UsedValues.from_json(computed.policy_values)


SIDES = {
    "all": "TRUE",
    "numerator": "numerator <> 0",
    "denominator": "denominator <> 0",
    "excluded": "excluded IS NOT NULL",
}


def _select(
    indicator: Indicator, flag: str, conditions: str, side: str, after: tuple[str, str, int] | None
) -> str:
    """Totals in the first columns; one row of totals even where the page has no lines."""
    page = SIDES[side]
    if after is not None:
        page += (
            " AND (COALESCE(at, '-infinity'), source, source_id)"
            " < (%(after_at)s::timestamptz, %(after_source)s, %(after_id)s)"
        )
    return f"""
        , figure AS MATERIALIZED (
            SELECT unit_id, {LINE} FROM (
{{lines}}
            ) lines WHERE {flag} AND {conditions}
        )
        SELECT totals.*, page.*
        FROM (
            SELECT COALESCE(sum(counted), 0)::bigint, COALESCE(sum(left_out), 0)::bigint,
                   COALESCE(sum(numerator), 0), COALESCE(sum(denominator), 0)
            FROM (
                SELECT count(*) FILTER (WHERE excluded IS NULL) AS counted,
                       count(*) FILTER (WHERE excluded IS NOT NULL) AS left_out,
                       {held_sql("sum(numerator)")} AS numerator,
                       {held_sql("sum(denominator)")} AS denominator
                FROM figure
                GROUP BY unit_id
            ) units
        ) totals
        LEFT JOIN (
            SELECT {COLUMNS} FROM figure
            WHERE {page}
            ORDER BY COALESCE(at, '-infinity') DESC, source DESC, source_id DESC
            LIMIT %(limit)s
        ) page ON TRUE
        ORDER BY COALESCE(page.at, '-infinity') DESC, page.source DESC, page.source_id DESC"""


def _cursor_values(after: tuple[str, str, int] | None) -> dict[str, Any]:
    if after is None:
        return {}
    at, source, source_id = after
    return {"after_at": at or "-infinity", "after_source": source, "after_id": source_id}


def _worded(line: FigureLine, indicator: Indicator) -> FigureLine:
    if line.excluded is None:
        return line
    return FigureLine(
        **{**vars(line), "excluded": indicator.exclusions.get(line.excluded, line.excluded)}
    )
