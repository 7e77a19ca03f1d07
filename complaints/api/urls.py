"""Addresses of complaints and contacts under /api/v1/."""

from rest_framework.routers import SimpleRouter

from complaints.api.viewsets import ComplaintViewSet, ContactViewSet

router = SimpleRouter()
router.register("complaints", ComplaintViewSet, basename="api-complaint")
router.register("liaisons", ContactViewSet, basename="api-liaison")

urlpatterns = router.urls
