"""Addresses of monitoring under /api/v1/."""

from rest_framework.routers import SimpleRouter

from monitoring.api.warnings import WarningViewSet

router = SimpleRouter()
router.register("warnings", WarningViewSet, basename="api-warning")

urlpatterns = router.urls
