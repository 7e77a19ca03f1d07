"""Service items with prices, a consumable, candidates and eligibility, here and in the twin province."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import CatalogueEdition
from core.attachments.store import attach
from core.audit.record import SystemActor
from tests.factories import catalog as make
from tests.factories import services as made
from tests.factories.organisations import LONG_AGO, organisation
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HERE = frozenset({"province", "regulator"})


def seed_services(places: Places) -> Seeded:
    """`33A001` contains a consumable whose cost fell, so that the province has what to list."""
    province, twin = places.bureau.region, places.bureau_t.region
    consumable = make.group(code="PZHC", name="髋关节", category="consumable", base_unit="套")
    product = make.product(
        code="XPHC", group=consumable, manufacturer=places.m1, category="consumable",
        base_units_per_pack=1,
    )  # fmt: skip
    batch = make.batch(effective_on=date(2026, 1, 1), ends_on=date(2090, 12, 31))
    make.selection(batch=batch, product=product, region=province, price=7000)
    make.listed_price(product=product, price=30000, valid_from=date(2025, 1, 1))
    item = made.service_item(code="33A001")
    waiting = made.service_price(item=item, region=province, price=5000, held_back=True)
    tie = made.service_consumable(item=item, group=consumable)
    # Of the province's own, without a mark: those who may not name it get their typing back.
    organisation(code="HP9009", region=province)
    keys = {"service_s": item.code, "price_s": str(waiting.pk), "tie_s": str(tie.pk)}
    plans = (
        ("p", province, "listed", "估记本7Q", HERE),
        ("e", province, "evaluating", "估记本评7Q", HERE),
        ("city", places.bureau_p.region, "listed", "估记市7Q", HERE | {"city_p", "finance_p"}),
        ("t", twin, "listed", "估记邻7Q", NOBODY),
        ("t2", twin, "evaluating", "估记邻二7Q", NOBODY),
        ("t3", twin, "listed", "估记邻三7Q", NOBODY),
    )
    canaries = []
    for name, region, state, mark, seen in plans:
        own = made.service_item(name=f"项目{name}")
        price = made.service_price(item=own, region=region)
        row = made.service_candidate(
            price=price, state=state, opinion=mark, steps=[],
            # Never the beginning of a number that the request itself gives (TJ, the day, hex).
            candidate_no=f"TJ{name.upper()}7Q",
        )  # fmt: skip
        keys[f"candidate_{name}"] = row.candidate_no
        canaries.append(Canary(f"candidate {name}", (mark, row.candidate_no), seen))
        if name == "p":
            keys["candidate_file"] = _paper(row.pk)
    for letter, seen in (
        ("a", OF_A | OVER_X), ("b", OVER_X | {"b_clerk"}), ("c", OVER_Q | {"c_clerk"}), ("t", NOBODY),
    ):  # fmt: skip
        mark = f"资记{letter.upper()}7Q"
        made.service_eligibility(institution=getattr(places, letter), reason=mark)
        canaries.append(Canary(f"{letter} eligibility", (mark,), frozenset(seen)))
    edition = CatalogueEdition.objects.get(organisation=places.bureau, kind="substitutes")
    keys["edition_file"] = _paper(edition.pk, "catalogue_edition")
    return Seeded(tuple(canaries), keys)


def _paper(owner_id: int, owner_type: str = "service_candidate") -> str:
    (kept,) = attach(
        owner_type=owner_type, owner_id=owner_id, by=SystemActor("测试"), at=LONG_AGO,
        uploads=[SimpleUploadedFile("测算.pdf", PDF)],
    )  # fmt: skip
    return str(kept.pk)
