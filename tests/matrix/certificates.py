"""Signing certificates of the four hospitals, and roots, with marks that only their keepers may meet."""

from __future__ import annotations

from organisations.models import OrganisationCertificate
from organisations.operations.certificates import issue_certificate, make_signing_root
from tests.factories import people
from tests.matrix.canaries import Canary, Seeded
from tests.matrix.places import Places

KEEPERS = frozenset({"secadmin", "auditor"})
MADE_AT = people.make.LONG_AGO


def seed_certificates(places: Places) -> Seeded:
    """One in use of each hospital, by the built-in authority; a root that somebody added."""
    root = make_signing_root(name="测试内置根", by=people.TESTER, at=MADE_AT)
    added = people.trust_anchor(certificate=bytes(root.certificate))
    keys = {"root": root.fingerprint, "root_added": added.fingerprint}
    canaries = []
    for letter in "abct":
        hospital = getattr(places, letter)
        row = issue_certificate(organisation=hospital, by=people.TESTER, at=MADE_AT)
        mark = f"证记{letter.upper()}7Q"
        OrganisationCertificate.objects.filter(pk=row.pk).update(subject=mark)
        keys[f"cert_{letter}"] = row.fingerprint
        own = frozenset({"a_reviewer"}) if letter == "a" else frozenset()
        canaries.append(Canary(f"{letter}'s certificate", (mark,), own | KEEPERS))
    return Seeded(tuple(canaries), keys)
