"""Quantity accounts and 进院 checks of each hospital, of the actors' province and the twin."""

from __future__ import annotations

from datetime import date

from catalog.models import Batch, Product
from tests.factories import agreed as make
from tests.factories import catalog, stages
from tests.factories.organisations import LONG_AGO
from tests.factories.stages import Parties
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places


def seed_agreed(places: Places) -> Seeded:
    plans = (
        ("A", Parties(places.a, places.m1, places.d1), OF_A | OVER_X, frozenset({"m1", "d1"})),
        ("B", Parties(places.b, places.m2, places.d2), OVER_X | {"b_clerk"}, frozenset({"m2", "d2"})),
        ("C", Parties(places.c, places.m2, places.d2), OVER_Q | {"c_clerk"}, frozenset({"m2", "d2"})),
        ("T", Parties(places.t, places.m3, places.d3), NOBODY, NOBODY),
    )  # fmt: skip
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    for letter, parties, unit, suppliers in plans:
        mark, small = f"账记{letter}7Q", letter.lower()
        batch = Batch.objects.get(code=f"PC{letter}")
        product = Product.objects.get(code=f"XP{letter}")
        catalog.agreement_year(
            batch=batch, year_no=9, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        stages.agreement_line(
            parties, agreement_no=f"{mark}协议", batch=batch, product=product, year_no=9,
            institution_signed_at=LONG_AGO, manufacturer_signed_at=LONG_AGO,
            distributor_signed_at=LONG_AGO,
        )  # fmt: skip
        check = make.entry_check(
            parties.institution, check_no=f"JY7{ord(letter)}", batch=batch, product=product,
            year_no=9, state="explained", reason_code="no_need", explanation=f"进记{letter}7Q",
        )  # fmt: skip
        keys[f"entry_{small}"] = check.check_no
        keys[f"unit_{small}"] = parties.institution.code
        canaries += [
            Canary(f"{letter} account", (mark,), unit | suppliers),
            Canary(f"{letter} entry check", (f"进记{letter}7Q", check.check_no), unit),
        ]
    return Seeded(tuple(canaries), keys)
