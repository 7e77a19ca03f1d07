"""Addresses of imports under /api/v1/."""

from rest_framework.routers import SimpleRouter

from interchange.api.imports import ImportViewSet

router = SimpleRouter()
router.register("dataset-imports", ImportViewSet, basename="api-import")

urlpatterns = router.urls
