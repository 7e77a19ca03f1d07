"""差比价 against figures that were worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from catalog.formulas.price_ratio import (
    Calculation,
    PriceRatioError,
    Specification,
    price_ratio,
)

D = Decimal
PLAIN = Specification(strength=D("10"), count=D("10"))


def made(price: str = "10", *, new: Specification, old: Specification = PLAIN) -> Calculation:
    return price_ratio(representative_price=D(price), representative=old, new=new)


def value(calculation: Calculation, name: str) -> str:
    return f"{next(s for s in calculation.steps if s.name == name).shown()}"


@pytest.mark.parametrize(
    ("strength", "count", "k1", "k2", "result"),
    [
        # The same: nothing changes.
        ("10", "10", "1.000000", "1.000000", "10.00"),
        # Twice the strength: 10 × 1.7.
        ("20", "10", "1.700000", "1.000000", "17.00"),
        # Half the strength: 10 ÷ 1.7 = 5.88235…
        ("5", "10", "0.588235", "1.000000", "5.88"),
        # Four times: 1.7² = 2.89.
        ("40", "10", "2.890000", "1.000000", "28.90"),
        # Twice as many in the pack: 10 × 1.95.
        ("10", "20", "1.000000", "1.950000", "19.50"),
        # Half as many: 10 ÷ 1.95 = 5.12820…
        ("10", "5", "1.000000", "0.512821", "5.13"),
        # Both: 10 × 1.7 × 1.95 = 33.15.
        ("20", "20", "1.700000", "1.950000", "33.15"),
        # Three times: 3^(ln 1.7 / ln 2) = 3^0.765535 = 2.318745…; 3^0.963474 = 2.882000…
        ("30", "10", "2.318745", "1.000000", "23.19"),
        ("10", "30", "1.000000", "2.882000", "28.82"),
        # 1.4 times (10 → 14 pieces): 1.4^0.963474 = 1.382899…
        ("10", "14", "1.000000", "1.382899", "13.83"),
    ],
)
def test_worked_cases(strength: str, count: str, k1: str, k2: str, result: str) -> None:
    found = made(new=Specification(D(strength), D(count)))
    assert value(found, "strength_k") == k1
    assert value(found, "count_k") == k2
    assert found.result == D(result)


def test_only_the_result_is_rounded_half_up() -> None:
    # 0.05 × 1.7 = 0.085 exactly: half up gives 0.09, a binary float would give 0.08.
    assert made("0.05", new=Specification(D("20"), D("10"))).result == D("0.09")


def test_steps_are_in_order_and_each_has_its_formula_and_clause() -> None:
    found = made(new=Specification(D("20"), D("20")))
    assert [step.name for step in found.steps] == [
        "representative_price", "strength_x", "strength_k", "count_x", "count_k", "by_ratio",
        "volume", "material", "result",
    ]  # fmt: skip
    assert all(step.formula and step.clause for step in found.steps)


def test_there_and_back_gives_the_first_price() -> None:
    there = made("20", new=Specification(D("35"), D("10")))
    back = made(
        f"{there.steps[5].value}", old=Specification(D("35"), D("10")), new=PLAIN
    )  # unrounded
    assert abs(back.steps[5].value - 20) < D("1e-20")


def liquid(old: str, new: str, amount: str) -> Calculation:
    return price_ratio(
        representative_price=D("10"), representative=Specification(D(1), D(1), D(old)),
        new=Specification(D(1), D(1), D(new)), volume_amount=D(amount),
    )  # fmt: skip


def test_volumes_up_to_ten_millilitres_are_not_told_apart() -> None:
    assert liquid("5", "10", "0").result == D("10.00")
    with pytest.raises(PriceRatioError) as refused:
        liquid("5", "10", "0.1")
    assert refused.value.field == "volume_amount"
    assert liquid("5", "10.01", "0.1").result == D("10.10")


def test_more_volume_costs_more_and_less_costs_less() -> None:
    assert liquid("100", "50", "-0.5").result == D("9.50")
    for old, new, amount in (("100", "50", "0.5"), ("50", "100", "-0.5"), ("50", "50", "1")):
        with pytest.raises(PriceRatioError):
            liquid(old, new, amount)


@pytest.mark.parametrize(
    ("material", "amount", "fine"),
    [("plastic", "1", True), ("plastic", "1.01", False), ("soft", "4", True),
     ("soft", "4.01", False), ("none", "0.01", False), ("soft", "-1", False), ("tin", "0", False),
     ("soft", "NaN", False)],
)  # fmt: skip
def test_what_packing_material_may_add(material: str, amount: str, fine: bool) -> None:
    def run() -> Calculation:
        return price_ratio(
            representative_price=D("10"), representative=PLAIN, new=PLAIN, material=material,
            material_amount=D(amount),
        )  # fmt: skip

    if fine:
        assert run().result == D("10") + D(amount)
    else:
        with pytest.raises(PriceRatioError):
            run()


@pytest.mark.parametrize("bad", ["0", "-1", "NaN", "Infinity"])
def test_figures_that_are_none_are_refused(bad: str) -> None:
    with pytest.raises(PriceRatioError) as refused:
        made(new=Specification(D(bad), D("10")))
    assert refused.value.field == "strength"
    with pytest.raises(PriceRatioError):
        made(bad, new=PLAIN)
