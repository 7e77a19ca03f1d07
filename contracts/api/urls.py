"""Addresses of agreements under /api/v1/."""

from rest_framework.routers import SimpleRouter

from contracts.api.viewsets import AgreementLineViewSet

router = SimpleRouter()
router.register("agreement-lines", AgreementLineViewSet, basename="api-agreement-line")

urlpatterns = router.urls
