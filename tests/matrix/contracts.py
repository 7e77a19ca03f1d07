"""Delivery relations, agreements, powers and disposals of each hospital, and of the twin."""

from __future__ import annotations

from catalog.models import Batch, Product
from tests.factories import contracts as make
from tests.factories.stages import Parties
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

AT_P = OF_A | OVER_X | {"b_clerk", "county_y"}
"""Whoever is delivered to, or is an authority, in pool p: a relation of the whole pool is theirs."""
AT_Q = OVER_Q | {"c_clerk"}


def seed_contracts(places: Places) -> Seeded:
    plans = (
        ("A", Parties(places.a, places.m1, places.d1), AT_P | {"m1", "d1"}),
        ("B", Parties(places.b, places.m2, places.d2), AT_P | {"m2", "d2"}),
        ("C", Parties(places.c, places.m2, places.d2), AT_Q | {"m2", "d2"}),
        ("T", Parties(places.t, places.m3, places.d3), NOBODY),
    )
    keys = {"pool_p": str(places.a.pool.code if places.a.pool else "")}
    canaries: list[Canary] = []
    for letter, parties, seen in plans:
        mark, small = f"配记{letter}7Q", letter.lower()
        product = Product.objects.get(code=f"XP{letter}")
        relation = make.delivery_relation(parties, product=product, refusal_reason=mark)
        keys[f"relation_{small}"] = relation.relation_no
        canaries.append(Canary(f"{letter} relation", (mark,), seen))
    twin = Parties(places.t, places.m3, places.d3)
    for name in ("t2", "t3"):
        relation = make.delivery_relation(
            twin, product=Product.objects.get(code="XPT"), valid_from="2030-01-01",
            valid_until=f"2030-0{name[1]}-01", state="withdrawn",
        )  # fmt: skip
        keys[f"relation_{name}"] = relation.relation_no
    assert Batch.objects.filter(code="PCA").exists()
    return Seeded(tuple(canaries), keys)
