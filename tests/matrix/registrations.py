"""A bureau's registrations and delegations, and three of another province, with a proof each, for the rows of routes_people.yaml."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.attachments.store import attach
from core.audit.record import SystemActor
from tests.factories import organisations as make
from tests.factories import people
from tests.matrix.actors import Cast
from tests.matrix.places import Places

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CODES = {
    "x": "91360100MA0000001A",
    "u": "91360100MA0000002B",
    "v": "91360100MA0000003C",
    "t": "91360100MA0000004D",
}


def seed_registrations(places: Places) -> dict[str, str]:
    """Keys `zc_x` (submitted) and `zi_x` (in review) and so on, and `zf_x` for a proof."""
    bureaus = {"x": places.bureau_x} | dict.fromkeys("tuv", places.bureau_t)
    keys = {}
    for letter, bureau in bureaus.items():
        for kind, state in (("zc", "submitted"), ("zi", "in_review")):
            code = CODES[letter][:-2] + kind[1].upper() + CODES[letter][-1]
            row = people.registration(
                bureau, receipt_no=f"ZC20260101{kind.upper()}{letter.upper()}", state=state,
                code=code, credit_code=code, name=f"注册{kind}{letter}公司",
                admin_username=f"reg-{kind}-{letter}",
            )  # fmt: skip
            keys[f"{kind}_{letter}"] = row.receipt_no
        (kept,) = attach(
            owner_type="registration", owner_id=row.pk,
            uploads=[SimpleUploadedFile("执照.pdf", PDF)], by=SystemActor("申请人"),
            at=make.LONG_AGO,
        )  # fmt: skip
        keys[f"zf_{letter}"] = str(kept.pk)
    return keys


def seed_delegations(cast: Cast, places: Places) -> dict[str, str]:
    """Clerk A is away and the accountant stands in; three more elsewhere."""
    pairs = {"a": (cast.users["a_clerk"], cast.users["a_accountant"])}
    for letter, home in (("b", places.b), ("c", places.c), ("t", places.t)):
        pairs[letter] = (make.person(home, "clerk"), make.person(home, "clerk"))
    return {
        f"delegation_{letter}": str(
            people.delegation(
                absent,
                delegate,
                starts_at=make.LONG_AGO,
                ends_at=timezone.now() + timedelta(days=9),
            ).pk
        )
        for letter, (absent, delegate) in pairs.items()
    }


def seed_changes(places: Places) -> dict[str, str]:
    """Hospital A's application for a new name with its proof, and three of the other province."""
    keys = {}
    homes = {"a": (places.a, places.bureau_x), **dict.fromkeys("tuv", (places.t, places.bureau_t))}
    for number, (letter, (home, bureau)) in enumerate(homes.items()):
        kind = "closure" if letter == "u" else "merger" if letter == "v" else "rename"
        row = people.organisation_change(
            home, bureau, change_no=f"BG2026{number:04d}", kind=kind,
            new_name=f"更名{letter}医院" if kind == "rename" else "",
            successor=places.bureau_t if kind == "merger" else None,
            effective_on=date(2036, 1, 1),
        )  # fmt: skip
        (kept,) = attach(
            owner_type="organisation_change", owner_id=row.pk,
            uploads=[SimpleUploadedFile("批复.pdf", PDF)], by=SystemActor("申请人"),
            at=make.LONG_AGO,
        )  # fmt: skip
        keys |= {f"bg_{letter}": row.change_no, f"bf_{letter}": str(kept.pk)}
    returned = people.organisation_change(
        places.a, places.bureau_x, change_no="BG20260009", kind="closure", new_name="",
        effective_on=date(2036, 1, 1), state="returned",
    )  # fmt: skip
    return keys | {"bgr_a": returned.change_no}
