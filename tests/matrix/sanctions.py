"""惩戒案件 of m1 and m2 in several states, drafted ones that only the province sees, and the twin's."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach
from core.audit.record import SystemActor
from monitoring.models import SanctionCase
from monitoring.queries.sanction_cases import visible_sanction_cases
from tests.factories import sanction_cases as make
from tests.factories.organisations import LONG_AGO
from tests.matrix.canaries import NOBODY, Canary, Seeded
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SANCTION_INPUTS = (
    "_OfCase", "SanctionNoticeForm", "SanctionWordsForm", "SanctionDecisionForm",
    "SanctionJudgeForm", "SanctionVersionSerializer", "SanctionNoteSerializer",
    "SanctionNoticeSerializer", "SanctionStatementSerializer", "SanctionDecisionSerializer",
    "SanctionRepairSerializer", "SanctionJudgedSerializer",
)  # fmt: skip
"""Inputs that name no row but the version of the one in the address."""


def sanction_sql(world: object, actor: str) -> str:
    """The province's bureau all of it; an enterprise what it was told of."""
    places: Places = world.places  # type: ignore[attr-defined]  # World would be a circle of imports
    if actor == "province":
        return f"province_id = {places.bureau.region_id}"
    if actor in ("m1", "m2", "d1", "d2"):
        return f"subject_id = {getattr(places, actor).pk} AND noticed_at IS NOT NULL"
    return "false"


SANCTION_CASES = {"sanction cases": (visible_sanction_cases, sanction_sql)}


def seed_sanctions(places: Places) -> Seeded:
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    told = frozenset({"m1", "province"})
    plans = (
        ("noticed", places.m1, "noticed", told), ("stated", places.m1, "stated", told),
        ("held", places.m1, "in_effect", told), ("asked", places.m1, "repairing", told),
        ("drafted", places.m1, "drafted", frozenset({"province"})),
        ("other", places.m2, "decided", frozenset({"m2", "province"})),
        ("t", places.m3, "noticed", NOBODY), ("u", places.m3, "stated", NOBODY),
        ("v", places.m3, "in_effect", NOBODY),
    )  # fmt: skip
    for name, of, state, seen in plans:
        mark = f"惩记{name}8K"
        office = places.bureau_t if name in "tuv" else places.bureau
        row = make.sanction_case(of, office=office, state=state, matter=f"{mark}事实", grade="severe"
            if state in make.DECIDED else "")  # fmt: skip
        keys |= {f"sanction_{name}": row.case_no, f"sanction_file_{name}": _paper(row, mark)}
        canaries.append(Canary(f"{name} sanction case", (mark, row.case_no), seen))
    return Seeded(tuple(canaries), keys)


def _paper(row: SanctionCase, mark: str) -> str:
    (kept,) = attach(
        owner_type="sanction_evidence", owner_id=row.pk, by=SystemActor("测试"), at=LONG_AGO,
        uploads=[SimpleUploadedFile(f"{mark}.pdf", PDF, "application/pdf")],
    )  # fmt: skip
    return str(kept.pk)
