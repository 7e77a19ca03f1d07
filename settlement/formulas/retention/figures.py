"""The figures of one unit × group, from its inputs and the year's terms."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from settlement.formulas.retention.variants import BASES

EXACT = Context(prec=90, rounding=ROUND_HALF_UP)
ZERO = Decimal(0)
ONE = Decimal(1)
CENT = Decimal("0.01")
FINE = Decimal(1).scaleb(-20)
CARRIED = Decimal(1).scaleb(-30)
"""Quotients are carried at 30 decimals; what is paid does not come of them."""


@dataclass(frozen=True)
class Inputs:
    """What was collected of a unit and group; quantities in base units, amounts in yuan.

    reported: R, None without an approved report above 0. used: U, what was accepted, before a
    negative sum is counted as 0. agreed_worth: Σ agreed quantity × agreed price per base unit.
    other_amount: N, of what U counts besides selected and verified standby, also where negative.
    The four values of the pool are None where they are not entered. assessed: '' where the
    assessment was passed, else its reason.
    """

    reported: Decimal | None
    used: Decimal
    agreed_worth: Decimal
    other_amount: Decimal
    baseline_price: Decimal | None
    fund_share_before: Decimal | None
    fund_share: Decimal | None
    insured_share: Decimal | None
    assessed: str


@dataclass(frozen=True)
class Terms:
    """The year's values: ratio_max and tolerance as shares of 1, basis a key of BASES."""

    basis: str
    ratio_max: Decimal
    tolerance: Decimal


@dataclass(frozen=True)
class Figures:
    """Exact steps; `retained` alone is rounded, to the cent. None: an input is missing for it.

    because: the first reason that applies, '' where money is kept.
    """

    used: Decimal
    basis_qty: Decimal | None
    budget: Decimal | None
    spend: Decimal | None
    base: Decimal | None
    accuracy: Decimal | None
    ratio: Decimal | None
    because: str
    retained: Decimal | None


def cents(amount: Decimal) -> Decimal:
    """Half up to 0.01; through 20 decimals, so that a third carried at many is no false half."""
    with localcontext(EXACT):
        return amount.quantize(FINE).quantize(CENT)


def retention(inputs: Inputs, terms: Terms) -> Figures:
    """Every cell that its inputs allow, whatever the reason; reasons in the order of settlement.md.

    Raises KeyError for a basis that has no variant.
    """
    reported = inputs.reported if inputs.reported else None
    used = max(inputs.used, ZERO)
    basis_of = BASES[terms.basis].quantity
    with localcontext(EXACT):
        basis_qty = None if reported is None else basis_of(reported, used)
        budget = _product(
            basis_qty, inputs.baseline_price, inputs.fund_share_before, inputs.insured_share
        )
        spend = _product(
            inputs.agreed_worth + inputs.other_amount, inputs.fund_share, inputs.insured_share
        )
        base = None if budget is None or spend is None else budget - spend
        accuracy = None if reported is None else _accuracy(reported, used, terms.tolerance)
        ratio = None if accuracy is None else (terms.ratio_max * accuracy).quantize(CARRIED)
        because = _because(reported, inputs, base)
        retained: Decimal | None = ZERO.quantize(CENT)
        if because == "missing_input":
            retained = None
        elif because == "" and reported is not None and base is not None:
            # The division comes last, so that an exact half cent is one.
            kept = base * terms.ratio_max * _kept_part(reported, used, terms.tolerance) / reported
            retained = cents(kept)
    return Figures(used, basis_qty, budget, spend, base, accuracy, ratio, because, retained)


def _product(*factors: Decimal | None) -> Decimal | None:
    found = ONE
    for factor in factors:
        if factor is None:
            return None
        found *= factor
    return found


def _kept_part(reported: Decimal, used: Decimal, tolerance: Decimal) -> Decimal:
    """accuracy × reported, between 0 and reported."""
    beyond = max(ZERO, abs(used - reported) - tolerance * reported)
    return max(ZERO, reported - beyond)


def _accuracy(reported: Decimal, used: Decimal, tolerance: Decimal) -> Decimal:
    return (_kept_part(reported, used, tolerance) / reported).quantize(CARRIED)


def _because(reported: Decimal | None, inputs: Inputs, base: Decimal | None) -> str:
    if reported is None:
        return "unreported"
    four = (
        inputs.baseline_price, inputs.fund_share_before, inputs.fund_share, inputs.insured_share,
    )  # fmt: skip
    if any(value is None for value in four):
        return "missing_input"
    if inputs.assessed:
        return inputs.assessed
    return "no_savings" if base is not None and base <= 0 else ""
