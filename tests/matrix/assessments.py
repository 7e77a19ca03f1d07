"""A judged institution and group of each hospital, and reports of two cities, the province, the twin."""

from __future__ import annotations

import io
from datetime import date

from core.attachments.store import keep_made
from core.audit.record import SystemActor
from organisations.models import Organisation
from tests.factories import assessments as make
from tests.factories.organisations import LONG_AGO
from tests.matrix.canaries import NOBODY, OF_A, Canary, Seeded
from tests.matrix.places import Places

OVER = {
    "A": OF_A | {"county_x", "city_p", "province", "health_x", "finance_p", "agency_p", "regulator"},
    "B": frozenset({
        "b_clerk", "county_x", "city_p", "province", "health_x", "finance_p", "agency_p",
        "regulator",
    }),
    "C": frozenset({"c_clerk", "city_q", "province", "regulator"}),
    "T": NOBODY,
}  # fmt: skip


def seed_assessments(places: Places) -> Seeded:
    canaries: list[Canary] = []
    held = make.year_assessment()
    for letter, seen in OVER.items():
        of, mark = getattr(places, letter.lower()), f"考记{letter}7Q"
        make.assessed_unit(of, held, batch_code=mark)
        make.assessed_group(of, held, batch_code=mark, unfinished=[f"完记{letter}7Q"])
        canaries.append(Canary(f"{letter} assessment", (mark, f"完记{letter}7Q"), seen))
    keys: dict[str, str] = {}
    sent = {"state": "submitted", "submitted_at": LONG_AGO, "submitted_by_name": "测试"}
    plans: tuple[tuple[str, Organisation, Organisation, dict[str, object], frozenset[str]], ...] = (
        ("P", places.bureau_p, places.bureau, sent, frozenset({"city_p", "province"})),
        ("D", places.bureau_p, places.bureau, {"period_from": date(2024, 7, 1)},
         frozenset({"city_p"})),
        ("R", places.bureau, places.regulator, sent | {"kind": "regulator"},
         frozenset({"province", "regulator"})),
        ("E", places.bureau, places.bureau, {"kind": "quarter"}, frozenset({"province"})),
        ("T", places.bureau_t, places.bureau_t, sent, NOBODY),
        ("U", places.bureau_t, places.bureau_t, {"period_from": date(2024, 7, 1)}, NOBODY),
        ("V", places.bureau_t, places.bureau_t, {"period_from": date(2024, 1, 1)}, NOBODY),
    )  # fmt: skip
    for letter, issuer, receiver, more, seen in plans:
        mark, small = f"报文记{letter}7Q", letter.lower()
        row = make.periodic_report(
            issuer, receiver, report_no=f"GZ9{letter}", body=f"{mark}（请填写）", **more
        )
        file = keep_made(
            owner_type="periodic_report", owner_id=row.pk, name=f"{mark}.pdf",
            body=io.BytesIO(f"%PDF-1.4 r{letter}".encode()), content_type="application/pdf",
            by=SystemActor("测试"), at=LONG_AGO,
        )  # fmt: skip
        keys |= {f"preport_{small}": row.report_no, f"preport_file_{small}": str(file.pk)}
        canaries.append(Canary(f"{letter} periodic report", (mark,), seen))
    return Seeded(tuple(canaries), keys)
