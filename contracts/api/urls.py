"""Addresses of agreements under /api/v1/."""

from rest_framework.routers import SimpleRouter

from contracts.api.relations import DeliveryRelationViewSet, DistributorSearchViewSet
from contracts.api.viewsets import AgreementLineViewSet

router = SimpleRouter()
router.register("agreement-lines", AgreementLineViewSet, basename="api-agreement-line")
router.register("delivery-relations", DeliveryRelationViewSet, basename="api-delivery-relation")
router.register("distributors", DistributorSearchViewSet, basename="api-distributor")

urlpatterns = router.urls
