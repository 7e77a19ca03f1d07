"""Quality and recalls of each hospital and its suppliers, of the actors' province and the twin."""

from __future__ import annotations

from catalog.models import Product
from tests.factories import organisations as make
from tests.factories import quality, stages
from tests.factories.stages import Parties
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

LOT = "LOT7"
"""Typed into addresses by everybody, so it bears no mark."""
WATCHERS = frozenset({"province", "regulator"})


def seed_quality(places: Places) -> Seeded:
    plans = (
        ("A", Parties(places.a, places.m1, places.d1), OF_A | OVER_X | {"m1"}),
        ("B", Parties(places.b, places.m2, places.d2), OVER_X | {"b_clerk", "m2"}),
        ("C", Parties(places.c, places.m2, places.d2), OVER_Q | {"c_clerk", "m2"}),
        ("T", Parties(places.t, places.m3, places.d3), NOBODY),
    )  # fmt: skip
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    recall = quality.recall(
        product=Product.objects.get(code="XPA"), lots=[LOT], opened_by=places.regulator,
        area=places.regulator.region, province=places.regulator.region,
    )  # fmt: skip
    keys["recall_r"] = str(recall.recall_no)
    for letter, parties, seen in plans:
        mark, small = f"质记{letter}7Q", letter.lower()
        product = Product.objects.get(code=f"XP{letter}")
        report = quality.quality_report(parties, product=product, description=mark)
        hold = quality.quality_hold(parties.institution, product=product, reason=f"{mark}停")
        keys |= {f"report_{small}": report.report_no, f"hold_{small}": hold.hold_no}
        canaries += [
            Canary(f"{letter} quality", (f"{mark}",), seen),
            Canary(f"{letter} recall", (f"召{letter}7Q",), _with_suppliers(letter, seen)),
        ]
        line = stages.order_line(parties, product=product)
        sent = stages.delivery(parties, line, lot_no=LOT)
        stages.receipt(parties, line, delivery_id=sent.pk)
        told: dict[str, object] = {"holder_note": f"召{letter}7Q"}
        if letter == "A":
            told |= {
                "state": "reported", "kept_packs": 10, "sent_back_packs": 0, "used_packs": 0,
                "reported_at": make.LONG_AGO,
            }  # fmt: skip
        quality.recall_holder(parties, recall=recall, lot_no=LOT, **told)
    keys |= _inspected(places) | _editions(places)
    canaries.append(Canary("inspected", ("查记本7Q",), WATCHERS | {"m1"}))
    canaries.append(Canary("sampled", ("样记本7Q",), WATCHERS | OF_A | {"m1"}))
    canaries.append(Canary("others' inspections", ("查记邻7Q", "样记邻7Q"), NOBODY))
    return Seeded(tuple(canaries), keys)


def _with_suppliers(letter: str, seen: frozenset[str]) -> frozenset[str]:
    carriers = {"A": "d1", "B": "d2", "C": "d2"}
    return seen | {carriers[letter]} if letter in carriers else seen


def _editions(places: Places) -> dict[str, str]:
    """One that waits in the own bureau, three that the twin's bureau sent back."""
    keys = {"edition_p": str(quality.edition(organisation=places.bureau).edition_no)}
    for name in ("t", "t2", "t3"):
        made = quality.edition(organisation=places.bureau_t, state="returned", note="x")
        keys[f"edition_{name}"] = str(made.edition_no)
    return keys


def _inspected(places: Places) -> dict[str, str]:
    """One of the own province and three of the twin's."""
    own = quality.inspection(regulator=places.regulator, enterprise=places.m1, findings="查记本7Q")
    sample = quality.sampling(
        regulator=places.regulator, product=Product.objects.get(code="XPA"),
        drawn_from=places.a, paper_no="样记本7Q",
    )  # fmt: skip
    keys = {"inspection_p": own.inspection_no, "sampling_p": sample.sampling_no}
    twin = make.organisation("regulator", region=places.bureau_t.region)
    product = Product.objects.get(code="XPT")
    for name in ("t", "t2", "t3"):
        keys[f"inspection_{name}"] = quality.inspection(
            regulator=twin, enterprise=places.m3, findings="查记邻7Q"
        ).inspection_no
        keys[f"sampling_{name}"] = quality.sampling(
            regulator=twin, product=product, drawn_from=places.t, paper_no=f"样记邻7Q{name}"
        ).sampling_no
    return keys
