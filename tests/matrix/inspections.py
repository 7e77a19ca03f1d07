"""督导检查 of each hospital and m1; A's in three states, of which one is not told beforehand."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach
from core.audit.record import SystemActor
from monitoring.models import SiteInspection
from tests.factories import site_inspections as make
from tests.factories.organisations import LONG_AGO
from tests.matrix.canaries import NOBODY, OF_A, Canary, Seeded
from tests.matrix.places import Places

OVER_A = frozenset({"county_x", "city_p", "province"})
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
INSPECTION_INPUTS = (
    "InspectionWordsForm", "InspectionDayForm", "InspectionFeedBackForm", "_OfItems",
    "InspectionVisitForm", "InspectionAnswerForm", "InspectionJudgeForm",
    "SiteInspectionVersionSerializer", "SiteInspectionNoteSerializer",
    "SiteInspectionDaySerializer", "SiteInspectionVisitSerializer",
    "SiteInspectionFeedBackSerializer", "SiteInspectionAnswerSerializer",
    "SiteInspectionJudgeSerializer",
)  # fmt: skip
"""Inputs that name no row but the version of the one in the address."""


def seed_inspections(places: Places) -> Seeded:
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    plans = (
        ("a", places.a, places.bureau_x, OF_A | OVER_A),
        ("b", places.b, places.bureau_x, frozenset({"b_clerk"}) | OVER_A),
        ("c", places.c, places.bureau_q, frozenset({"c_clerk", "city_q", "province"})),
        ("t", places.t, places.bureau_t, NOBODY), ("t2", places.t, places.bureau_t, NOBODY),
        ("t3", places.t, places.bureau_t, NOBODY),
    )  # fmt: skip
    for name, hospital, office, seen in plans:
        mark = f"督记{name.upper()}6W"
        row = make.site_inspection(
            hospital, office=office, state="rectifying", matter=f"{mark}事由"
        )
        make.site_inspection_item(
            row, matter=f"{mark}内容", result="problem", finding=f"{mark}问题", demand="整改"
        )
        keys |= {f"visited_{name}": row.inspection_no, f"visited_file_{name}": _paper(row, mark)}
        canaries.append(Canary(f"inspection {name}", (mark,), seen))
    a, office = places.a, places.bureau_x
    planned = make.site_inspection(a, office=office, matter="督计A6W")
    make.site_inspection_item(planned, matter="督计A6W内容")
    canaries.append(Canary("planned inspection", ("督计A6W",), OF_A | OVER_A))
    # Of an announced visit the hospital knows the day, not yet what was found.
    known = make.site_inspection(a, office=office, state="visited", visit_note="督见A6W情况")
    make.site_inspection_item(known, result="problem", finding="督见A6W问题", demand="督见A6W要求")
    keys["visited_file_seen"] = _paper(known, "督见A6W")
    canaries.append(Canary("findings not fed back", ("督见A6W",), OVER_A))
    quiet = make.site_inspection(
        a, office=office, announced=False, matter="督密A6W", planned_on=date(2025, 1, 7)
    )
    canaries.append(Canary("unannounced inspection", ("督密A6W",), OVER_A))
    answered = make.site_inspection(a, office=office, state="answered")
    make.site_inspection_item(
        answered, result="problem", finding="问题", demand="整改", answer="已整改"
    )
    maker = make.site_inspection(
        places.m1, office=places.bureau, level="province", state="rectifying", matter="督企M6W"
    )
    canaries.append(Canary("maker's inspection", ("督企M6W",), frozenset({"m1", "province"})))
    keys |= {
        "visited_planned": planned.inspection_no, "visited_seen": known.inspection_no,
        "visited_quiet": quiet.inspection_no, "visited_answered": answered.inspection_no,
        "visited_m": maker.inspection_no,
    }  # fmt: skip
    return Seeded(tuple(canaries), keys)


def _paper(row: SiteInspection, mark: str) -> str:
    upload = SimpleUploadedFile(f"{mark}.pdf", PDF, "application/pdf")
    (kept,) = attach(
        owner_type="inspection_evidence", owner_id=row.pk, by=SystemActor("测试"), at=LONG_AGO,
        uploads=[upload],
    )  # fmt: skip
    return str(kept.pk)
