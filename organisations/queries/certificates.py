"""Signing certificates: whose there are, which one signs now, what is trusted when verifying."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db.models import Q, QuerySet

from core.attachments.models import StoredFile
from core.signing import Credential, PdfReport, verify_brought, verify_pdf
from organisations.models import Organisation, OrganisationCertificate, TrustAnchor
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within
from organisations.states import HOLDER, SECURITY

OBJECT_TYPE = "organisation_certificate"
KEEPERS = ("security", "auditor")


def visible_certificates(scope: Scope) -> QuerySet[OrganisationCertificate]:
    """The own organisation's for its admin and its leader, who signs; all for those who keep the rules."""
    rows = OrganisationCertificate.objects.select_related("organisation", "trust_anchor")
    if scope.active and scope.platform_role in KEEPERS:
        return within(scope, rows)
    own = scope.is_business and scope.has_role("admin", "leader")
    return within(scope, rows, Q(organisation_id=scope.organisation_id) if own else NOTHING)


def visible_trust_anchors(scope: Scope) -> QuerySet[TrustAnchor]:
    """Root certificates are public to whoever is signed in: without them nobody else can verify."""
    return within(scope, TrustAnchor.objects.all(), None if scope.active else NOTHING)


def certificate_matching(words: str) -> Q:
    """Certificates by organisation, subject, or the beginning of serial or fingerprint."""
    return (
        Q(organisation__name__icontains=words)
        | Q(organisation__initials__istartswith=words)
        | Q(organisation__code__istartswith=words)
        | Q(subject__icontains=words)
        | Q(serial__istartswith=words)
        | Q(fingerprint__istartswith=words)
    )


def certificate_standings(scope: Scope, row: OrganisationCertificate) -> frozenset[str]:
    """The organisation's admin holds it; the security administrator may end it."""
    if scope.active and scope.platform_role == "security":
        return frozenset({SECURITY})
    own = scope.is_business and row.organisation_id == scope.organisation_id
    return frozenset({HOLDER}) if own and scope.has_role("admin") else frozenset()


def certificate_in_use(organisation: Organisation) -> OrganisationCertificate | None:
    """The certificate with which the organisation signs now, expired or not."""
    return (
        OrganisationCertificate.objects.filter(organisation=organisation, state="active")
        .select_related("trust_anchor")
        .first()
    )


def built_in_root() -> TrustAnchor | None:
    """The root of the platform's own authority; none where it was never made."""
    return TrustAnchor.objects.filter(source="built_in", withdrawn_at__isnull=True).first()


def trusted_roots() -> list[bytes]:
    """The DER of every root that counts now."""
    rows = TrustAnchor.objects.filter(withdrawn_at__isnull=True).order_by("pk")
    return [bytes(each) for each in rows.values_list("certificate", flat=True)]


def revocations() -> dict[str, datetime]:
    """Fingerprint of every revoked certificate and the moment from which it counts no more."""
    rows = OrganisationCertificate.objects.filter(state="revoked")
    return dict(rows.values_list("fingerprint", "state_at"))


def credential_of(row: OrganisationCertificate) -> Credential:
    """What the provider of signatures needs."""
    chain = x509.load_pem_x509_certificates(bytes(row.chain)) if row.chain else []
    return Credential(
        certificate=bytes(row.certificate),
        chain=(
            *(each.public_bytes(Encoding.DER) for each in chain),
            bytes(row.trust_anchor.certificate),
        ),
        sealed_key=bytes(row.key_sealed),
        reference=row.fingerprint,
    )


def verified(pdf: bytes) -> PdfReport:
    """The report on a PDF by the roots that count and the certificates that were revoked."""
    return verify_pdf(pdf, trusted_roots(), revoked=revocations())


@dataclass(frozen=True)
class VerifiedFile:
    """The report, whose certificates here they are, and whether the very file is kept here."""

    report: PdfReport
    holders: dict[str, str]
    kept_here: bool

    @property
    def known_signers(self) -> bool:
        """Every signature was made with a certificate that is registered here."""
        signatures = self.report.signatures
        return bool(signatures) and all(each.fingerprint in self.holders for each in signatures)


def verified_file(pdf: bytes) -> VerifiedFile:
    """As `verified`, and compared with what the platform kept when it signed: byte for byte.

    Somebody brought it: it is read in a process of its own with limits of time and memory.
    """
    report = verify_brought(pdf, trusted_roots(), revoked=revocations())
    return VerifiedFile(
        report,
        holders_by_fingerprint(each.fingerprint for each in report.signatures),
        StoredFile.objects.filter(sha256=report.sha256).exists() and bool(report.signatures),
    )


def holders_by_fingerprint(fingerprints: Iterable[str]) -> dict[str, str]:
    """Names of the organisations that hold these certificates here."""
    rows = OrganisationCertificate.objects.filter(fingerprint__in=list(fingerprints))
    return dict(rows.values_list("fingerprint", "organisation__name"))


def pem_of(certificate: bytes) -> str:
    return x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM).decode()
