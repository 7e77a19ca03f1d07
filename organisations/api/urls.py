"""Addresses of organisations and people under /api/v1/."""

from rest_framework.routers import SimpleRouter

from organisations.api import registrations, token_schema, viewsets
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

__all__ = ["token_schema", "urlpatterns"]

urlpatterns = router.urls
