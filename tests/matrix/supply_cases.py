"""Reports of a surge of each hospital; standby cases of m1's product in the actors' city, of m3's in the twin province."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Product
from core.attachments.store import attach
from core.audit.record import SystemActor
from tests.factories import catalog as make
from tests.factories.organisations import LONG_AGO
from tests.factories.supply_cases import (
    emergency_purchase,
    offline_purchase,
    standby_case,
    surge_report,
)
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

OVER_P = frozenset({"city_p", "province", "finance_p", "regulator"})
"""Authorities of the city or above; a county's does not decide on a supply region."""
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def seed_supply_cases(places: Places) -> Seeded:
    county = places.a.region
    assert county is not None
    own = standby_case(
        product=Product.objects.get(code="XPA"), region=county.parent, batch=make.batch(),
        description="备记A7Q",
    )  # fmt: skip
    (paper,) = attach(
        owner_type="standby_case", owner_id=own.pk, by=SystemActor(audit_name="测试"), at=LONG_AGO,
        uploads=[SimpleUploadedFile("书面报告.pdf", PDF, "application/pdf")],
    )  # fmt: skip
    keys = {"standby_p": own.case_no, "standby_file": str(paper.pk)}
    twin_county = places.t.region
    assert twin_county is not None
    for name, state in (("t", "submitted"), ("t2", "refused"), ("t3", "withdrawn")):
        keys[f"standby_{name}"] = standby_case(
            product=Product.objects.get(code="XPT"), region=twin_county.parent,
            batch=make.batch(), description="备记T7Q", state=state,
        ).case_no  # fmt: skip
    more = _surges(places)
    keys |= more.keys
    canaries = (
        *more.canaries,
        Canary("standby case", ("备记A7Q",), OVER_P | {"m1"}),
        Canary("twin's standby cases", ("备记T7Q",), NOBODY),
    )
    return Seeded(canaries, keys)


def _surges(places: Places) -> Seeded:
    """A surge and a purchase off the platform of each hospital; A's with their papers."""
    plans = (
        ("A", places.a, OF_A | OVER_X),
        ("B", places.b, OVER_X | {"b_clerk"}),
        ("C", places.c, OVER_Q | {"c_clerk"}),
        ("T", places.t, NOBODY),
    )
    keys: dict[str, str] = {}
    for letter, hospital, _ in plans:
        row = surge_report(
            hospital, product=Product.objects.get(code=f"XP{letter}"), description=f"急记{letter}7Q"
        )
        keys[f"surge_{letter.lower()}"] = row.report_no
        bought = make.product(code=f"XPEM{letter}")
        emergency_purchase(report=row, product=bought, order_no=f"急记{letter}7Q单")
        outside = offline_purchase(
            hospital, product=Product.objects.get(code=f"XP{letter}"), reason=f"急记{letter}7Q"
        )
        keys[f"offline_{letter.lower()}"] = outside.purchase_no
        if letter == "A":
            (paper,) = attach(
                owner_type="surge_report", owner_id=row.pk, by=SystemActor(audit_name="测试"),
                at=LONG_AGO, uploads=[SimpleUploadedFile("用量统计.pdf", PDF, "application/pdf")],
            )  # fmt: skip
            keys["surge_file"] = str(paper.pk)
            (paper,) = attach(
                owner_type="offline_purchase", owner_id=outside.pk, at=LONG_AGO,
                by=SystemActor(audit_name="测试"),
                uploads=[SimpleUploadedFile("发票.pdf", PDF, "application/pdf")],
            )  # fmt: skip
            keys["offline_file"] = str(paper.pk)
    return Seeded(
        tuple(
            Canary(f"{letter} surge", (f"急记{letter}7Q",), frozenset(seen))
            for letter, _, seen in plans
        ),
        keys,
    )
