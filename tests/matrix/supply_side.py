"""What the supply side adds to the matrix's world: of each hospital and of the twin."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from catalog.models import Product
from organisations.models import Organisation
from procurement.models import SurgeReport
from procurement.operations.line_progress import lock_lines
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories import supply_side as rows
from tests.factories.stages import Parties
from tests.factories.supply_cases import surge_report
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

BUREAUS = frozenset({"county_x", "county_y", "city_p", "city_q", "province"})
ENTERPRISES = frozenset({"m1", "m2", "d1", "d2"})
IN_P = OF_A | OVER_X | {"b_clerk", "county_y"} | ENTERPRISES
IN_Q = frozenset({"c_clerk", "city_q", "province", "regulator"}) | ENTERPRISES


def seed_supply_side(places: Places, cases: dict[str, str]) -> Seeded:
    """`cases` are the keys of the surge reports of each hospital."""
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    plans = (
        ("a", Parties(places.a, places.m1, places.d1), OF_A | OVER_X | {"d1"}),
        ("b", Parties(places.b, places.m2, places.d2), OVER_X | {"b_clerk", "d2"}),
        ("c", Parties(places.c, places.m2, places.d2), OVER_Q | {"c_clerk", "d2"}),
        ("t", Parties(places.t, places.m3, places.d3), NOBODY),
    )
    lenders = {letter: lender(getattr(places, letter)) for letter in "abct"}
    for letter, parties, seen in plans:
        rows.auto_acceptance(stages.delivery(parties))
        mark = f"票记{letter.upper()}7Q"
        made = rows.invoice(parties, registered_by_name=mark)
        rows.invoice_item(parties, invoice=made)
        keys[f"invoice_{letter}"] = made.invoice_no
        if letter == "t":
            keys["invoice_t2"] = rows.invoice(parties).invoice_no
        canaries.append(Canary(f"{letter} invoice", (mark,), frozenset(seen)))
    return Seeded(
        (*canaries, *_stock(places, keys), *_surge(places, keys, cases, lenders),
         _difference(places, keys)), keys,
    )  # fmt: skip


def lender(of: Organisation, more: str = "") -> Organisation:
    """A hospital of the same county without a mark in its name; A's has received the product."""
    made = people.organisation(code=f"HL{of.pk}{more}", region=of.region, pool=of.pool)
    product = Product.objects.get(code=f"XP{of.code[1]}")
    parties = Parties(made, product.manufacturer, people.organisation("enterprise"))
    line = stages.order_line(parties, product=product)
    stages.receipt(parties, line, received_at=timezone.now() - timedelta(days=1))
    return made


def _difference(places: Places, keys: dict[str, str]) -> Canary:
    line = stages.order_line(Parties(places.b, places.m2, places.d2))
    lock_lines(keys=[(line.pk, line.ordered_at)])
    made = rows.progress_difference(
        line_id=line.pk, ordered_at=line.ordered_at, label="差记B7Q-1", held={"state": "sent"},
        facts={"state": "confirmed"},
    )  # fmt: skip
    keys["difference_1"] = str(made.pk)
    return Canary("difference", ("差记B7Q",), frozenset({"sysadmin"}))


def _stock(places: Places, keys: dict[str, str]) -> list[Canary]:
    """m1's and m2's products are selected in the actors' province, m3's in the twin."""
    found = []
    for letter, of, seen in (
        ("A", places.a, BUREAUS | {"m1"}), ("B", places.b, BUREAUS | {"m2"}),
        ("T", places.t, NOBODY),
    ):  # fmt: skip
        product = Product.objects.get(code=f"XP{letter}")
        assert of.region is not None
        make.selection(batch=make.batch(), product=product, region=of.region.parent)
        row = rows.stock_report(product=product, note=f"库记{letter}7Q")
        keys[f"stock_{letter.lower()}"] = str(row.pk)
        if letter == "T":
            again = rows.stock_report(product=product, month=date(2026, 1, 1))
            keys["stock_t2"] = str(again.pk)
        found.append(Canary(f"{letter} stock", (f"库记{letter}7Q",), frozenset(seen)))
    return found


def _surge(
    places: Places, keys: dict[str, str], cases: dict[str, str], lenders: dict[str, Organisation]
) -> list[Canary]:
    for name, of, bureau, state in (
        ("p", places.a, places.bureau_p, "open"), ("q", places.c, places.bureau_q, "open"),
        ("t", places.t, places.bureau_t, "open"), ("t2", places.t, places.bureau_t, "closed"),
        ("t3", places.t, places.bureau_t, "open"),
    ):  # fmt: skip
        assert of.region is not None
        keys[f"surgecase_{name}"] = rows.surge_case(
            region=of.region.parent, opened_by=bureau, description=f"保记{name.upper()}7Q",
            state=state, closing_note="已缓解" if state == "closed" else "",
        ).case_no  # fmt: skip
    for letter, other_side in lenders.items():
        report = SurgeReport.objects.get(report_no=cases[f"surge_{letter}"])
        made = rows.transfer(report=report, lender=other_side, words=f"调记{letter.upper()}7Q")
        keys[f"transfer_{letter}"] = made.transfer_no
        for more in ("t2", "t3") if letter == "t" else ():
            other = rows.transfer(report=report, lender=other_side, state="withdrawn")
            keys[f"transfer_{more}"] = other.transfer_no
        if letter == "c":
            again = rows.transfer(report=report, lender=other_side, state="withdrawn")
            keys["transfer_c2"] = again.transfer_no
    borrower = surge_report(lenders["a"], product=Product.objects.get(code="XPA"))
    lent = rows.transfer(report=borrower, lender=places.a, words="调记L7Q")
    keys |= {"transfer_l": lent.transfer_no, "lender_a": lender(places.a, "2").code}
    return [
        Canary("case of p", ("保记P7Q",), IN_P),
        Canary("case of q", ("保记Q7Q",), IN_Q),
        Canary("cases of the twin", ("保记T7Q", "保记T27Q", "保记T37Q"), ENTERPRISES),
        Canary("A's transfer", ("调记A7Q",), OF_A | OVER_X),
        Canary("B's transfer", ("调记B7Q",), OVER_X | {"b_clerk"}),
        Canary("C's transfer", ("调记C7Q",), OVER_Q | {"c_clerk"}),
        Canary("what A lends", ("调记L7Q",), OF_A | OVER_X),
        Canary("twin's transfers", ("调记T7Q",), NOBODY),
    ]
