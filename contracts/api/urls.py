"""Addresses of agreements under /api/v1/."""

from rest_framework.routers import SimpleRouter

from contracts.api.agreements import AgreementViewSet, SigningProgressViewSet
from contracts.api.powers import DisposalViewSet, PowerViewSet
from contracts.api.relations import DeliveryRelationViewSet, DistributorSearchViewSet
from contracts.api.viewsets import AgreementLineViewSet

router = SimpleRouter()
router.register("signing-progress", SigningProgressViewSet, basename="api-signing-progress")
router.register("agreements", AgreementViewSet, basename="api-agreement")
router.register("powers", PowerViewSet, basename="api-power")
router.register("disposals", DisposalViewSet, basename="api-disposal")
router.register("agreement-lines", AgreementLineViewSet, basename="api-agreement-line")
router.register("delivery-relations", DeliveryRelationViewSet, basename="api-delivery-relation")
router.register("distributors", DistributorSearchViewSet, basename="api-distributor")

urlpatterns = router.urls
