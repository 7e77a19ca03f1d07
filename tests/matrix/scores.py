"""供应评分 of m1, m2 and d1 with m1's appeal; three of a stranger's in another province."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach
from core.audit.record import SystemActor
from organisations.models import Organisation, Region
from tests.factories import scores as make
from tests.factories.organisations import LONG_AGO, organisation
from tests.matrix.canaries import NOBODY, Canary, Seeded
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def province_of(of: Organisation) -> Region:
    """The province that an office's region lies in."""
    step = of.region
    assert step is not None
    while step.parent is not None:
        step = step.parent
    return step


def seed_scores(places: Places) -> Seeded:
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    here, there = province_of(places.bureau), province_of(places.bureau_t)
    stranger = organisation("enterprise")
    plans = (
        ("m", places.m1, here, frozenset({"m1", "province"})),
        ("m2", places.m2, here, frozenset({"m2", "province"})),
        ("d1", places.d1, here, frozenset({"d1", "province"})),
        ("t", stranger, there, NOBODY), ("t2", stranger, there, NOBODY),
        ("t3", stranger, there, NOBODY),
    )  # fmt: skip
    for version, (name, firm, province, seen) in enumerate(plans, start=1):
        mark = f"评记{name.upper()}8K"
        score = make.supply_score(
            firm, province=province, grade="risk", score_no=f"PF{mark}", version=version,
            is_current=name not in ("t2", "t3"),
        )  # fmt: skip
        make.supply_score_part(score)
        appeal = make.score_appeal(score, claim=f"{mark}申诉")
        upload = SimpleUploadedFile(f"{mark}.pdf", PDF, "application/pdf")
        (kept,) = attach(
            owner_type="score_appeal", owner_id=appeal.pk, by=SystemActor("测试"), at=LONG_AGO,
            uploads=[upload],
        )  # fmt: skip
        keys |= {
            f"score_{name}": score.score_no, f"score_appeal_{name}": appeal.appeal_no,
            f"score_file_{name}": str(kept.pk),
        }  # fmt: skip
        canaries.append(Canary(f"score {name}", (mark,), seen))
    return Seeded(tuple(canaries), keys)


SCORE_INPUTS = (
    "AppealUpholdForm", "AppealRejectForm",
    "ScoreAppealVersionSerializer",
    "ScoreAppealUpholdSerializer", "ScoreAppealRejectSerializer",
)  # fmt: skip
"""Inputs that name the rows of their address by figures and words only."""
