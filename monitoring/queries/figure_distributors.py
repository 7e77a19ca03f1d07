"""A product's figure of supply by distributor: the same lines as the figure's own, added per distributor."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.transitions import MissingInput
from monitoring.indicators.base import held as held_sql
from monitoring.models import IndicatorValue
from monitoring.queries.figure_lines import run_on_lines
from monitoring.queries.figure_scope import SUPPLY
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations


@dataclass(frozen=True)
class Share:
    """What one distributor adds to the figure; `distributor_id` None where the order names none."""

    distributor_id: int | None
    counted: int
    numerator: Decimal
    denominator: Decimal


def opens_by_distributor(row: IndicatorValue) -> bool:
    """Whether the figure's lines are orders of one product, each sent to a distributor."""
    return row.subject_type == "product" and row.indicator in SUPPLY


def distributor_shares(row: IndicatorValue) -> list[Share]:
    """The figure's distributors, the largest denominator first; their sum is the figure.

    Held to 8 decimals per unit and then added, as figures are. Cost: that of opening the figure.
    """

    def select(flag: str, conditions: str) -> str:
        return f"""
            , figure AS MATERIALIZED (
                SELECT unit_id, distributor_id, numerator::numeric, denominator::numeric, excluded
                FROM (
{{lines}}
                ) lines WHERE {flag} AND {conditions}
            )
            SELECT distributor_id, sum(counted)::bigint, sum(numerator), sum(denominator)
            FROM (
                SELECT distributor_id, count(*) FILTER (WHERE excluded IS NULL) AS counted,
                       {held_sql("sum(numerator)")} AS numerator,
                       {held_sql("sum(denominator)")} AS denominator
                FROM figure GROUP BY unit_id, distributor_id
            ) units
            GROUP BY distributor_id ORDER BY 4 DESC, 1"""

    return [Share(*found) for found in run_on_lines(row, select, {})]


def named_distributor(scope: Scope, row: IndicatorValue, code: str) -> Organisation | None:
    """The distributor of the address; None where none is named. Raises MissingInput."""
    if not code:
        return None
    if not opens_by_distributor(row):
        raise MissingInput("distributor", "只有产品的响应、及时、供应指标可以按配送企业打开")
    found = visible_organisations(scope).filter(code=code, is_distributor=True).first()
    if found is None:
        raise MissingInput("distributor", "没有这家配送企业，请核对编码")
    return found
