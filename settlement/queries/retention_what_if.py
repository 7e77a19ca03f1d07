"""What other terms, or other buying, would have kept. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from settlement.formulas.retention import Inputs, Terms, retention
from settlement.models import RetentionRow, RetentionRun
from settlement.queries.retention import inputs_of

THOUSAND = Decimal(1000)
POINT = Decimal("0.01")
MOST_ROWS = 20_000
"""What is tried while the browser waits."""
METHOD = (
    "多用一千：假定当年多用一千基本单位中选产品（在约定量以外，不计支出）；占比降一点：假定同品种采购量的百分之一"
    "由非中选改为中选，按其他采购的平均价减少支出。协议产品只有一个的，完成量随之增加并重新判断考核；"
    "有几个的，考核结果不变。"
)


@dataclass(frozen=True)
class Tried:
    """Retained in yuan by another use; None where it cannot be told."""

    more_selected: Decimal | None
    less_non_selected: Decimal | None


@dataclass(frozen=True)
class TriedTerms:
    """Σ over the run in yuan, and how many units get more, less."""

    retained: Decimal
    before: Decimal
    more: int
    less: int


def tried_use(row: RetentionRow, terms: Terms, share_max: Decimal | None) -> Tried:
    """One more thousand selected; one point of the share less. None where an input is missing."""
    inputs = inputs_of(row)
    if row.failed_because in ("unreported", "missing_input", "no_agreement"):
        return Tried(None, None)
    more = _anew(row, inputs, THOUSAND, Decimal(0), THOUSAND, Decimal(0), terms, share_max)
    moved = row.share_denominator * POINT
    if row.share_numerator < moved or moved <= 0:
        return Tried(more, None)
    price = row.other_amount / row.share_numerator
    less = _anew(row, inputs, Decimal(0), -moved, moved, -moved * price, terms, share_max)
    return Tried(more, less)


def _anew(
    row: RetentionRow,
    inputs: Inputs,
    used: Decimal,
    non_selected: Decimal,
    completed: Decimal,
    amount: Decimal,
    terms: Terms,
    share_max: Decimal | None,
) -> Decimal | None:
    because = row.assessed_because
    if because == "incomplete" and row.products == 1:
        because = "incomplete" if row.completed_qty + completed < row.agreed_qty else ""
    if because in ("", "non_selected"):
        bought = row.share_denominator + used
        over = share_max is not None and bought > 0 and (
            row.share_numerator + non_selected > share_max * bought
        )  # fmt: skip
        because = "non_selected" if over else ""
    tried = replace(
        inputs, used=inputs.used + used, other_amount=inputs.other_amount + amount, assessed=because
    )
    return retention(tried, terms).retained


def tried_terms(run: RetentionRun, terms: Terms) -> TriedTerms | None:
    """The run's rows by other terms; None where there are too many to wait for."""
    rows = RetentionRow.objects.filter(run=run)
    if rows[MOST_ROWS : MOST_ROWS + 1].exists():
        return None
    before: dict[int, Decimal] = {}
    after: dict[int, Decimal] = {}
    zero = Decimal(0)
    for row in rows.order_by("pk"):
        unit = row.institution_id
        before[unit] = before.get(unit, zero) + (row.retained or zero)
        kept = retention(inputs_of(row), terms).retained or zero
        after[unit] = after.get(unit, zero) + kept
    return TriedTerms(
        sum(after.values(), zero), sum(before.values(), zero),
        sum(after[unit] > before[unit] for unit in after),
        sum(after[unit] < before[unit] for unit in after),
    )  # fmt: skip
