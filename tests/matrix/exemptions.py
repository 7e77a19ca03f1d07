"""考核豁免申请 of each hospital; three of the stranger's in another province."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach
from core.audit.record import SystemActor
from tests.factories import exemption_applications as make
from tests.factories.organisations import LONG_AGO
from tests.matrix.canaries import NOBODY, OF_A, Canary, Seeded
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
OVER_A = frozenset(
    {"county_x", "city_p", "province", "health_x", "finance_p", "agency_p", "regulator"}
)
EXEMPTION_INPUTS = (
    "ExemptionWordsForm", "ExemptionGrantForm", "ExemptionVersionSerializer",
    "ExemptionNoteSerializer", "ExemptionResubmitSerializer", "ExemptionGrantSerializer",
)  # fmt: skip
"""Inputs that name no row."""


def seed_exemptions(places: Places) -> Seeded:
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    plans = (
        ("a", places.a, OF_A | OVER_A), ("t", places.t, NOBODY), ("t2", places.t, NOBODY),
        ("t3", places.t, NOBODY),
    )  # fmt: skip
    for name, hospital, seen in plans:
        mark = f"豁记{name.upper()}9K"
        row = make.exemption_application(hospital, statement=mark)
        upload = SimpleUploadedFile(f"{mark}.pdf", PDF, "application/pdf")
        (kept,) = attach(
            owner_type="exemption_application", owner_id=row.pk, by=SystemActor("测试"),
            at=LONG_AGO, uploads=[upload],
        )  # fmt: skip
        keys |= {f"exempt_{name}": row.application_no, f"exempt_file_{name}": str(kept.pk)}
        canaries.append(Canary(f"exemption {name}", (mark,), seen))
    checked = make.exemption_application(places.a, state="checked", check_note="属实")
    keys["exempt_checked"] = checked.application_no
    # Open to all of the trade, of a hospital that no mark belongs to.
    make.exemption_application(
        state="granted", decision_note="属实", from_on=date(2026, 3, 1), to_on=date(2026, 3, 31),
        granted_at=LONG_AGO,
    )  # fmt: skip
    return Seeded(tuple(canaries), keys)
