"""Threads of each hospital's complaint with a file, and contacts of organisations."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.models import Complaint
from core.attachments.store import attach
from core.audit.record import SystemActor
from tests.factories import complaints, stages
from tests.factories import organisations as make
from tests.factories.stages import Parties
from tests.matrix.canaries import NOBODY, OF_A, OVER_Q, OVER_X, Canary, Seeded
from tests.matrix.places import Places

NEVER_DUE = date(2099, 12, 31)


def seed_complaints(places: Places) -> Seeded:
    seen = {
        "A": OF_A | OVER_X | {"m1", "d1"},
        "B": OVER_X | {"b_clerk", "m2", "d2"},
        "C": OVER_Q | {"c_clerk", "m2", "d2"},
        "T": NOBODY,
    }
    keys: dict[str, str] = {}
    canaries = []
    for letter, actors in seen.items():
        mark, small = f"诉记{letter}7Q", letter.lower()
        of = Complaint.objects.get(complaint_no=f"数记{letter}共7Q诉求")
        case = complaints.complaint_case(of, content=f"{mark}内容", due_on=NEVER_DUE)
        message = complaints.complaint_message(case, text=f"{mark}留言", by_name=f"{mark}人")
        upload = SimpleUploadedFile(
            f"{mark}.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
        )
        (kept,) = attach(
            owner_type="complaint_message", owner_id=message.pk, uploads=[upload],
            by=SystemActor("测试"), at=make.LONG_AGO,
        )  # fmt: skip
        keys[f"thread_file_{small}"] = str(kept.pk)
        canaries.append(Canary(f"{letter} thread", (mark,), actors))
    for name in ("t2", "t3"):
        more = stages.complaint(Parties(places.t, places.m3, places.d3), complaint_no=f"TST{name}")
        complaints.complaint_case(more, content="诉记T7Q邻", due_on=NEVER_DUE)
        keys[f"complaint_{name}"] = more.complaint_no
        contact = complaints.liaison_contact(organisation=places.bureau_t, name=f"络记邻7Q{name}")
        keys[f"contact_{name}"] = contact.contact_no
    contacts = {
        "a": (places.a, "络记A7Q", OF_A | OVER_X),
        "b": (places.b, "络记B7Q", OVER_X | {"b_clerk"}),
        "c": (places.c, "络记C7Q", OVER_Q | {"c_clerk"}),
        "t": (places.t, "络记T7Q", NOBODY),
    }
    for small, (organisation, mark, actors) in contacts.items():
        row = complaints.liaison_contact(organisation=organisation, name=mark)
        keys[f"contact_{small}"] = row.contact_no
        # On the page of a complaint all its sides have them.
        more = seen[small.upper()] if small != "t" else NOBODY
        canaries.append(Canary(f"{mark} contact", (mark,), actors | more))
    complaints.liaison_contact(organisation=places.m1, name="厂家联络")
    complaints.liaison_contact(organisation=places.bureau_x, name="县局联络")
    complaints.liaison_contact(organisation=places.bureau_t, name="络记邻7Q")
    canaries.append(Canary("twin's contact", ("络记邻7Q",), NOBODY))
    return Seeded(tuple(canaries), keys)
