"""Addresses of organisations and people under /api/v1/."""

from rest_framework.routers import SimpleRouter

from organisations.api import (
    certificates,
    changes,
    delegations,
    guide_parts,
    guides,
    registrations,
    security,
    token_schema,
    viewsets,
)
from organisations.api.audit import AuditEventViewSet

router = SimpleRouter()
router.register("me", viewsets.MeEndpoint, basename="api-me")
router.register("regions", viewsets.RegionViewSet, basename="api-region")
router.register("organisations", viewsets.OrganisationViewSet, basename="api-organisation")
router.register("people", viewsets.PersonViewSet, basename="api-person")
router.register("tokens", viewsets.TokenViewSet, basename="api-token")
router.register("consortia", viewsets.ConsortiumViewSet, basename="api-consortium")
router.register("pools", viewsets.PoolViewSet, basename="api-pool")
router.register("audit-events", AuditEventViewSet, basename="api-audit-event")
router.register("registrations", registrations.RegistrationViewSet, basename="api-registration")
router.register(
    "organisation-changes", changes.OrganisationChangeViewSet, basename="api-organisation-change"
)
router.register("delegations", delegations.DelegationViewSet, basename="api-delegation")
router.register("guides", guides.GuideViewSet, basename="api-guide")
router.register("own-guide", guides.OwnGuideEndpoint, basename="api-own-guide")
router.register(
    "own-guide-services", guide_parts.GuideServiceViewSet, basename="api-own-guide-service"
)
router.register(
    "own-reception-days", guide_parts.ReceptionDayViewSet, basename="api-own-reception-day"
)
router.register("own-guide-files", guide_parts.GuideFileViewSet, basename="api-own-guide-file")
router.register("security-policies", security.SecurityPolicyViewSet, basename="api-security-policy")
router.register("certificates", certificates.CertificateViewSet, basename="api-certificate")
router.register("trust-anchors", certificates.TrustAnchorViewSet, basename="api-trust-anchor")
router.register(
    "signature-reports", certificates.SignatureVerifyEndpoint, basename="api-signature-report"
)

__all__ = ["token_schema", "urlpatterns"]

urlpatterns = router.urls
