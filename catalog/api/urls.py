"""Addresses of the catalogue under /api/v1/."""

from rest_framework.routers import SimpleRouter

from catalog.api import applications, listings, price_tables, quality, services, viewsets
from catalog.api.batch_drafts import BatchDraftViewSet
from catalog.api.editions import EditionViewSet
from catalog.api.hospital_items import (
    HospitalItemViewSet,
    ItemCoverageViewSet,
    ItemMappingViewSet,
)
from catalog.api.override_changes import OverrideChangeViewSet
from catalog.api.product_search import ProductSearchEndpoint
from catalog.api.result_changes import ResultChangeViewSet

router = SimpleRouter()
router.register("batches", viewsets.BatchViewSet, basename="api-batch")
router.register("batch-years", viewsets.AgreementYearViewSet, basename="api-batch-year")
router.register("batch-parameters", viewsets.BatchParameterViewSet, basename="api-batch-parameter")
router.register("batch-drafts", BatchDraftViewSet, basename="api-batch-draft")
router.register("override-changes", OverrideChangeViewSet, basename="api-override-change")
router.register("result-changes", ResultChangeViewSet, basename="api-result-change")
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
router.register("product-search", ProductSearchEndpoint, basename="api-product-search")
router.register("hospital-items", HospitalItemViewSet, basename="api-hospital-item")
router.register("item-mappings", ItemMappingViewSet, basename="api-item-mapping")
router.register("item-coverage", ItemCoverageViewSet, basename="api-item-coverage")

router.register("inspections", quality.InspectionViewSet, basename="api-inspection")
router.register("samplings", quality.SamplingViewSet, basename="api-sampling")
router.register("inspection-coverage", quality.CoverageViewSet, basename="api-inspection-coverage")
router.register("quality-reports", quality.QualityReportViewSet, basename="api-quality-report")
router.register("quality-holds", quality.HoldViewSet, basename="api-quality-hold")
router.register("listings", listings.ListingViewSet, basename="api-listing")
router.register("listing-requests", listings.ListingRequestViewSet, basename="api-listing-request")
router.register("maximum-prices", price_tables.MaximumPriceViewSet, basename="api-maximum-price")
router.register("shortages", price_tables.ShortageViewSet, basename="api-shortage")
router.register("price-multiples", price_tables.PriceMultipleViewSet, basename="api-price-multiple")
router.register("price-marks", price_tables.PriceMarkViewSet, basename="api-price-mark")
router.register(
    "price-calculations", price_tables.PriceCalculationViewSet, basename="api-price-calculation"
)
router.register("inquiries", price_tables.InquiryViewSet, basename="api-inquiry")
router.register("editions", EditionViewSet, basename="api-edition")
router.register("service-items", services.ServiceItemViewSet, basename="api-service-item")
router.register("service-prices", services.ServicePriceViewSet, basename="api-service-price")
router.register(
    "service-consumables", services.ServiceConsumableViewSet, basename="api-service-consumable"
)
router.register(
    "service-candidates", services.ServiceCandidateViewSet, basename="api-service-candidate"
)
router.register(
    "service-eligibility", services.ServiceEligibilityViewSet, basename="api-service-eligibility"
)

urlpatterns = router.urls
