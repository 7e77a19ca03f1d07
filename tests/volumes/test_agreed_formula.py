"""约定采购量 and its allotment against figures worked out by hand, and its laws on any figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from volumes.formulas.agreed import (
    AllotmentError,
    Candidate,
    agreed_quantity,
    allot,
    ratio_of,
)

D = Decimal
RATIOS = (D("0.50"), D("0.60"), D("0.70"), D("0.80"))


def placed(agreed: str, *given: tuple[str, str, str]) -> tuple[dict[str, int], Decimal]:
    found = allot(D(agreed), [Candidate(code, D(pack), D(weight)) for code, pack, weight in given])
    return {part.code: part.packs for part in found.parts}, found.unplaced


@pytest.mark.parametrize(
    ("enterprises", "ratio"),
    [(1, "0.50"), (2, "0.60"), (3, "0.70"), (4, "0.80"), (5, "0.80"), (11, "0.80")],
)
def test_the_ratio_goes_by_the_number_of_enterprises(enterprises: int, ratio: str) -> None:
    assert ratio_of(RATIOS, enterprises) == D(ratio)
    assert ratio_of((D(1),), enterprises) == D(1)


def test_no_enterprise_no_ratio() -> None:
    with pytest.raises(AllotmentError, match="没有中选企业"):
        ratio_of(RATIOS, 0)


@pytest.mark.parametrize(
    ("reported", "ratio", "agreed"),
    [
        ("1000", "0.6", "600.0000"),
        ("0", "0.6", "0.0000"),
        # Held to four decimals, half up: 0.33335 and 0.00005.
        ("0.6667", "0.5", "0.3334"),
        ("0.0001", "0.5", "0.0001"),
        ("0.0001", "0.4", "0.0000"),
    ],
)
def test_reported_times_ratio(reported: str, ratio: str, agreed: str) -> None:
    assert agreed_quantity(D(reported), D(ratio)) == D(agreed)


@pytest.mark.parametrize(
    ("agreed", "given_to", "packs", "unplaced"),
    [
        # One product: whole packs, less than one stays.
        ("600", [("A", "28", "1")], {"A": 21}, "12"),
        # Equal parts where nothing is said: 300 and 300.
        ("600", [("A", "10", "0"), ("B", "10", "0")], {"A": 30, "B": 30}, "0"),
        # 70 : 30 of 100 in packs of 7 and 6: 10 × 7 = 70, 5 × 6 = 30.
        ("100", [("A", "7", "70"), ("B", "6", "30")], {"A": 10, "B": 5}, "0"),
        # Thirds of 100 packs of 1: 33 each, the one that is left goes to the first code.
        ("100", [("C", "1", "1"), ("A", "1", "1"), ("B", "1", "1")], {"A": 34, "B": 33, "C": 33}, "0"),
        # 1 : 2 of 10 packs: 3.33 and 6.67; the larger fraction gets the pack.
        ("10", [("A", "1", "1"), ("B", "1", "2")], {"A": 3, "B": 7}, "0"),
        # Halves of 99: 0 × 50 and 24 × 2 fit; 51 is left, A lacks the larger part of a pack.
        ("99", [("A", "50", "1"), ("B", "2", "1")], {"A": 1, "B": 24}, "1"),
        # Of 95 only 49 is left for A's pack of 50: the small one takes the rest, step 3.
        ("95", [("A", "50", "1"), ("B", "2", "1")], {"A": 0, "B": 47}, "1"),
        # Less than any pack: all of it stays and is said.
        ("5", [("A", "10", "1"), ("B", "6", "1")], {"A": 0, "B": 0}, "5"),
        # Weight 0 is not chosen, even where its pack would fit.
        ("15", [("A", "10", "1"), ("B", "1", "0")], {"A": 1, "B": 0}, "5"),
        ("0", [("A", "10", "1")], {"A": 0}, "0"),
    ],
)  # fmt: skip
def test_worked_cases(
    agreed: str, given_to: list[tuple[str, str, str]], packs: dict[str, int], unplaced: str
) -> None:
    assert placed(agreed, *given_to) == (packs, D(unplaced))


@pytest.mark.parametrize(
    ("agreed", "given_to", "said"),
    [
        ("-1", [("A", "1", "1")], "不能为负"),
        ("1", [], "没有中选产品"),
        ("1", [("A", "0", "1")], "包装换算"),
        ("1", [("A", "1", "-1")], "份额不能为负"),
        ("1", [("A", "1", "1"), ("A", "2", "1")], "两次"),
    ],
)
def test_what_cannot_be_allotted(
    agreed: str, given_to: list[tuple[str, str, str]], said: str
) -> None:
    with pytest.raises(AllotmentError, match=said):
        placed(agreed, *given_to)


QUANTITY = st.decimals(min_value=0, max_value=10**9, places=4)
CANDIDATES = st.dictionaries(
    st.text("ABCDEFGH", min_size=1, max_size=3),
    st.tuples(
        st.decimals(min_value=D("0.0001"), max_value=1000, places=4),
        st.decimals(min_value=0, max_value=10**6, places=4),
    ),
    min_size=1,
    max_size=6,
).map(lambda found: [Candidate(code, pack, weight) for code, (pack, weight) in found.items()])


@settings(max_examples=150, deadline=None)
@given(agreed=QUANTITY, candidates=CANDIDATES, data=st.data())
def test_laws(agreed: Decimal, candidates: list[Candidate], data: st.DataObject) -> None:
    found = allot(agreed, candidates)
    by_code = {each.code: each for each in candidates}
    # Σ is kept exactly, in whole packs, none negative, nobody left out.
    assert sum((part.quantity for part in found.parts), D(0)) + found.unplaced == agreed
    assert {part.code for part in found.parts} == set(by_code)
    for part in found.parts:
        assert part.packs >= 0
        assert part.quantity == part.packs * by_code[part.code].pack
    # What stays is less than the smallest pack of whoever could take it.
    takers = [each for each in candidates if each.weight > 0] or candidates
    assert 0 <= found.unplaced < min(each.pack for each in takers)
    # The order in which products are named changes nothing.
    assert allot(agreed, data.draw(st.permutations(candidates))) == found
    # Nobody is given less than the whole packs of its part.
    if any(each.weight for each in candidates):
        total = sum((each.weight for each in candidates), D(0))
        for part in found.parts:
            ideal = agreed * by_code[part.code].weight / total
            assert part.quantity > ideal - by_code[part.code].pack - D("0.001")
