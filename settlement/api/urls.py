"""Addresses of settlement under /api/v1/."""

from rest_framework.routers import SimpleRouter

from settlement.api.viewsets import RetentionInputViewSet

router = SimpleRouter()
router.register("retention-inputs", RetentionInputViewSet, basename="api-retention-input")

urlpatterns = router.urls
