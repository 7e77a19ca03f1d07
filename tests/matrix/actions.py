"""监管措施 against each hospital and m1, with a letter; m1's is of the province."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach
from core.audit.record import SystemActor
from tests.factories import actions as make
from tests.factories import early_notices as early
from tests.factories.organisations import LONG_AGO
from tests.matrix.canaries import NOBODY, OF_A, Canary, Seeded
from tests.matrix.places import Places

OVER_A = frozenset({"county_x", "city_p", "province", "health_x"})
"""The bureaus over hospital A, and the health commission that is invited."""
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def seed_actions(places: Places) -> Seeded:
    plans = (
        ("A", places.a, places.bureau_x, OF_A | OVER_A),
        ("B", places.b, places.bureau_x, frozenset({"b_clerk", "county_x", "city_p", "province"})),
        ("C", places.c, places.bureau_q, frozenset({"c_clerk", "city_q", "province"})),
        ("T", places.t, places.bureau_t, NOBODY),
    )
    keys: dict[str, str] = {}
    canaries: list[Canary] = []
    for letter, hospital, office, seen in plans:
        mark, small = f"措记{letter}7Q", letter.lower()
        row = make.supervision_action(
            hospital, office=office, state="issued", matter=f"{mark}事由", demand=f"{mark}要求",
        )  # fmt: skip
        upload = SimpleUploadedFile(f"{mark}.pdf", PDF, "application/pdf")
        (kept,) = attach(
            owner_type="action_letter", owner_id=row.pk, by=SystemActor("测试"), at=LONG_AGO,
            uploads=[upload],
        )  # fmt: skip
        early.early_notice(hospital, batch_code=f"早记{letter}7Q")
        watchers = (
            {"health_x", "finance_p", "agency_p", "regulator"} if letter in "AB" else {"regulator"}
        )
        canaries.append(
            Canary(f"{letter} early", (f"早记{letter}7Q",), seen | watchers if seen else NOBODY)
        )
        if letter == "A":
            make.action_invite(row, organisation=places.health_x)
        keys |= {f"action_{small}": row.action_no, f"action_file_{small}": str(kept.pk)}
        canaries.append(Canary(f"{letter} action", (mark,), seen))
    for name in ("t2", "t3"):
        more = make.supervision_action(
            places.t, office=places.bureau_t, state="issued", matter="措记T7Q邻"
        )
        keys[f"action_{name}"] = more.action_no
    # An idea of the county's: the hospital does not know of it.
    idea = make.supervision_action(places.a, office=places.bureau_x, matter="措拟A7Q")
    keys["action_idea"] = idea.action_no
    canaries.append(Canary("idea", ("措拟A7Q",), frozenset({"county_x", "city_p", "province"})))
    of_maker = make.supervision_action(
        places.m1, office=places.bureau, level="province", state="issued", matter="措企M7Q"
    )
    keys["action_m"] = of_maker.action_no
    canaries.append(Canary("maker's action", ("措企M7Q",), frozenset({"m1", "province"})))
    return Seeded(tuple(canaries), keys)
