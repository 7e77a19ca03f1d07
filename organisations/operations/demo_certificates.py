"""The platform's own authority and certificates for the organisations of the demonstration."""

from __future__ import annotations

from datetime import datetime

from core.audit.record import Actor
from core.operations import operation
from organisations.models import Organisation, OrganisationCertificate
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.operations.demo_people import DEMO_USERNAMES


@operation
def create_demo_certificates(*, by: Actor, at: datetime) -> int:
    """One for each institution, enterprise and bureau that has a demonstration account."""
    make_signing_root(name="招采平台内置证书机构（演示）", by=by, at=at)
    holders = (
        Organisation.objects.filter(users__username__in=sorted(DEMO_USERNAMES))
        .exclude(kind="platform")
        .distinct()
        .order_by("pk")
    )
    held = set(
        OrganisationCertificate.objects.filter(organisation__in=holders).values_list(
            "organisation_id", flat=True
        )
    )
    missing = [each for each in holders if each.pk not in held]
    for each in missing:
        issue_certificate(organisation=each, by=by, at=at)
    return len(missing)
