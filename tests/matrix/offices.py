"""Guides and announcements of the bureaus, and the parts of them that addresses name."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from core.attachments.store import attach
from core.audit.record import SystemActor
from inbox.models import Announcement
from organisations.models import Organisation, User
from tests.factories import inbox
from tests.factories import organisations as make
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def seed_guides(places: Places) -> dict[str, str]:
    """Of county x, and as siblings of three offices whose sight nobody of the other actors has."""
    twin = make.organisation("procurement_centre", region=places.bureau_t.region, code="CG870000")
    offices = {"x": places.bureau_x, "p": places.bureau_p, "t": places.bureau_t, "u": twin}
    keys = {}
    for number, (letter, office) in enumerate(offices.items(), start=1):
        guide = make.guide(office)
        keys[f"service_{letter}"] = str(make.guide_service(guide).pk)
        keys[f"day_{letter}"] = str(make.reception_day(guide).pk)
        keys[f"paper_{letter}"] = str(make.guide_file(guide).pk)
        told = places.a if letter == "x" else places.t
        keys |= _announcements(letter, number, office, told)
    for person in User.objects.filter(organisation__in=[places.a, places.b, places.t]):
        inbox.delivery_attempt(person)
    return keys


def _announcements(
    letter: str, number: int, office: Organisation, told: Organisation
) -> dict[str, str]:
    """One told to a single hospital, one for everybody, one that is still a draft."""
    inside = _one(office, f"GG2020-{number}1", state="published")
    inbox.announcement_recipient(inside, told)
    outside = _one(office, f"GG2020-{number}2", state="published", is_public=True)
    draft = _one(office, f"GG2020-{number}3")
    (file,) = attach(
        owner_type="announcement", owner_id=inside.pk, by=SystemActor("测试"), at=make.LONG_AGO,
        uploads=[SimpleUploadedFile("附件.pdf", PDF)],
    )  # fmt: skip
    return {
        f"gg_{letter}": inside.code,
        f"ggdraft_{letter}": draft.code,
        f"ggpublic_{letter}": outside.code,
        f"ggfile_{letter}": str(file.pk),
    }


def _one(office: Organisation, code: str, **fields: object) -> Announcement:
    return inbox.announcement(office, code=code, title=f"公告{code}", **fields)
