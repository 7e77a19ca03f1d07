"""Addresses of volume reports under /api/v1/."""

from rest_framework.routers import SimpleRouter

from volumes.api.viewsets import ReportLineViewSet

router = SimpleRouter()
router.register("volume-reports", ReportLineViewSet, basename="api-volume-report")

urlpatterns = router.urls
