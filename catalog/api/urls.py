"""Addresses of the catalogue under /api/v1/."""

from rest_framework.routers import SimpleRouter

from catalog.api import applications, viewsets
from catalog.api.override_changes import OverrideChangeViewSet

router = SimpleRouter()
router.register("batches", viewsets.BatchViewSet, basename="api-batch")
router.register("batch-years", viewsets.AgreementYearViewSet, basename="api-batch-year")
router.register("batch-parameters", viewsets.BatchParameterViewSet, basename="api-batch-parameter")
router.register("override-changes", OverrideChangeViewSet, basename="api-override-change")
router.register("selections", viewsets.SelectionViewSet, basename="api-selection")
router.register("groups", viewsets.GroupViewSet, basename="api-group")
router.register("products", viewsets.ProductViewSet, basename="api-product")
router.register("listed-prices", viewsets.ListedPriceViewSet, basename="api-listed-price")
router.register("exemptions", viewsets.ExemptionViewSet, basename="api-exemption")
router.register("applications", applications.ApplicationViewSet, basename="api-application")
router.register("publicity", applications.PublicityViewSet, basename="api-publicity")
router.register("objections", applications.ObjectionViewSet, basename="api-objection")
router.register(
    "registration-papers",
    applications.RegistrationPaperViewSet,
    basename="api-registration-paper",
)

urlpatterns = router.urls
