"""Leads of a province and its twin, trainings of a city, a hospital and the twin."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach
from core.audit.record import SystemActor
from organisations.models import Organisation
from tests.factories import leads as make
from tests.factories.organisations import LONG_AGO
from tests.matrix.canaries import NOBODY, OF_A, Canary, Seeded
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LEAD_INPUTS = (
    "LeadWordsForm", "LeadTransferForm", "LeadStepSerializer", "LeadTransferSerializer",
    "TrainingEditForm", "TrainingRecallForm", "TrainingEditSerializer", "TrainingStepSerializer",
)  # fmt: skip
"""Inputs that carry a version."""


def _file(owner: str, pk: int, mark: str) -> str:
    upload = SimpleUploadedFile(f"{mark}.pdf", PDF, "application/pdf")
    (kept,) = attach(
        owner_type=owner, owner_id=pk, by=SystemActor("测试"), at=LONG_AGO, uploads=[upload]
    )
    return str(kept.pk)


def seed_leads(places: Places) -> Seeded:
    """Leads are for the province's people with the role, and for nobody that they are about."""
    canaries: list[Canary] = []
    keys: dict[str, str] = {}
    sent = {"state": "transferred", "check_note": "属实", "transfer_note": "请核处",
            "transferred_at": LONG_AGO, "receiver": places.regulator}  # fmt: skip
    twin: dict[str, object] = {"province": places.bureau_t.region}
    plans: tuple[tuple[str, Organisation, dict[str, object]], ...] = (
        ("p", places.a, {}),
        ("c", places.a, {"kind": "kit", "state": "confirmed", "check_note": "属实"}),
        ("d", places.a, {"kind": "selective", "state": "dismissed", "check_note": "正常"}),
        ("r", places.c, sent),
        ("t", places.t, twin),
        ("u", places.t, {**twin, "kind": "kit"}),
        ("v", places.t, {**twin, "kind": "selective"}),
    )
    for letter, of, more in plans:
        mark = f"线索记{letter.upper()}7Q"
        row = make.lead(of, finding=mark, enterprise=places.m1, **more)
        keys |= {f"lead_{letter}": row.lead_no, f"lead_file_{letter}": _file("lead", row.pk, mark)}
        seen = NOBODY if letter in "tuv" else frozenset({"province"})
        canaries.append(Canary(f"{letter} lead", (mark, row.lead_no), seen))
    make.lead_search(province=places.bureau.region)
    return Seeded(tuple(canaries), keys)


def seed_trainings(places: Places) -> Seeded:
    canaries: list[Canary] = []
    keys: dict[str, str] = {}
    draft = {"state": "draft", "held_on": date(2026, 1, 5)}
    over_a = OF_A | {"county_x", "city_p", "province"}
    plans: tuple[tuple[str, Organisation, dict[str, object], frozenset[str]], ...] = (
        ("p", places.bureau_p, {}, OF_A | {"city_p", "province"}),
        ("d", places.bureau_p, draft, frozenset({"city_p"})),
        ("h", places.a, {"kind": "internal"}, over_a),
        ("t", places.bureau_t, {}, NOBODY),
        ("u", places.bureau_t, draft, NOBODY),
        ("v", places.bureau_t, {"kind": "meeting"}, NOBODY),
    )
    for letter, organiser, more, seen in plans:
        mark = f"培训记{letter.upper()}7Q"
        row = make.training(organiser, title=mark, content=mark, **more)
        if letter == "p":
            make.training_attendance(row, places.a)
        keys |= {
            f"training_{letter}": row.training_no,
            f"training_file_{letter}": _file("training", row.pk, mark),
        }
        canaries.append(Canary(f"{letter} training", (mark,), seen))
    return Seeded(tuple(canaries), keys)
