"""Addresses of complaints under /api/v1/."""

from rest_framework.routers import SimpleRouter

from complaints.api.viewsets import ComplaintViewSet

router = SimpleRouter()
router.register("complaints", ComplaintViewSet, basename="api-complaint")

urlpatterns = router.urls
