"""Delivery relations, agreements, powers and disposals of each hospital, and of the twin."""

from __future__ import annotations

import io

from catalog.models import Batch, Product
from core.attachments.store import keep_made
from core.audit.record import SystemActor
from tests.factories import contracts as make
from tests.factories.organisations import LONG_AGO, organisation
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
    between = {
        "A": OF_A | OVER_X | {"m1", "d1"},
        "B": OVER_X | {"b_clerk", "m2", "d2"},
        "C": OVER_Q | {"c_clerk", "m2", "d2"},
        "T": NOBODY,
    }
    keys = {"pool_p": str(places.a.pool.code if places.a.pool else "")}
    canaries: list[Canary] = []
    for letter, parties, seen in plans:
        mark, small = f"配记{letter}7Q", letter.lower()
        product = Product.objects.get(code=f"XP{letter}")
        relation = make.delivery_relation(parties, product=product, refusal_reason=mark)
        keys[f"relation_{small}"] = relation.relation_no
        canaries.append(Canary(f"{letter} relation", (mark,), seen))
        keys[f"agreement_{small}"] = _agreement(parties, letter, f"协记{letter}7Q")
        canaries.append(Canary(f"{letter} agreement", (f"协记{letter}7Q",), between[letter]))
    twin = Parties(places.t, places.m3, places.d3)
    for name in ("t2", "t3"):
        relation = make.delivery_relation(
            twin, product=Product.objects.get(code="XPT"), valid_from="2030-01-01",
            valid_until=f"2030-0{name[1]}-01", state="withdrawn",
        )  # fmt: skip
        keys[f"relation_{name}"] = relation.relation_no
        keys[f"agreement_{name}"] = _agreement(twin, "T", f"协记邻{name}7Q", year_no=int(name[1]))
    keys |= _powers(places)
    canaries.append(Canary("A power", ("权记A7Q",), OF_A | (OVER_X - {"agency_p"})))
    assert Batch.objects.filter(code="PCA").exists()
    return Seeded(tuple(canaries), keys)


def _agreement(parties: Parties, letter: str, number: str, **fields: object) -> str:
    """Signed by the institution, with its file; the paper's digest is that of what is kept."""
    values: dict[str, object] = {"year_no": 9, **fields}
    made = make.agreement(
        parties, agreement_no=number, batch=Batch.objects.get(code=f"PC{letter}"),
        starts_on="2031-01-01", ends_on="2031-12-31", sign_by="2030-12-31", state="partial",
        institution_signed_at=LONG_AGO, **values,
    )  # fmt: skip
    make.agreement_item(agreement=made, product=Product.objects.get(code=f"XP{letter}"))
    kept = keep_made(
        owner_type="agreement", owner_id=made.pk, name=f"{number}.pdf", body=io.BytesIO(b"%PDF-1.7"),
        content_type="application/pdf", by=SystemActor("测试"), at=LONG_AGO,
    )  # fmt: skip
    make.agreement_signature(agreement=made, document=kept)
    return made.key


def _powers(places: Places) -> dict[str, str]:
    """Of hospital A and of the twin: a power with its paper, a disposal by the county."""
    keys: dict[str, str] = {}
    twin_lead = organisation(region=places.t.region, pool=places.t.pool)
    lead = organisation(region=places.a.region, pool=places.a.pool)
    for name, principal, agent, office in (
        ("a", places.a, lead, places.bureau_x), ("t", places.t, twin_lead, places.bureau_t),
        ("t2", places.t, twin_lead, places.bureau_t), ("t3", places.t, twin_lead, places.bureau_t),
    ):  # fmt: skip
        mark = "权记A7Q" if name == "a" else "权记邻7Q"
        power = make.power_of_attorney(
            principal=principal, agent=agent, revocation_reason=mark, valid_to="2020-01-01",
            valid_from="2020-01-01",
        )  # fmt: skip
        kept = keep_made(
            owner_type="power_of_attorney", owner_id=power.pk, name="授权书.pdf",
            body=io.BytesIO(b"%PDF-1.7"), content_type="application/pdf", by=SystemActor("测试"),
            at=LONG_AGO,
        )  # fmt: skip
        disposal = make.disposal(
            principal, decided_by=office, reason=mark,
            batch=Batch.objects.get(code="PCA" if name == "a" else "PCT"),
        )  # fmt: skip
        keys |= {
            f"power_{name}": power.power_no, f"power_file_{name}": str(kept.pk),
            f"disposal_{name}": disposal.disposal_no,
        }  # fmt: skip
    return keys
