"""Addresses of volume reports under /api/v1/."""

from rest_framework.routers import SimpleRouter

from volumes.api.agreed import (
    AgreedQuantityViewSet,
    AgreedRoundViewSet,
    AgreedShareViewSet,
)
from volumes.api.reports import MemberSheetViewSet, VolumeReportViewSet
from volumes.api.review import GroupTotalEndpoint, ReportReviewViewSet, ShortfallViewSet
from volumes.api.second_products import SecondProductViewSet
from volumes.api.tasks import ReportTaskViewSet
from volumes.api.viewsets import ReportLineViewSet

router = SimpleRouter()
router.register("volume-reports", ReportLineViewSet, basename="api-volume-report")
router.register("report-tasks", ReportTaskViewSet, basename="api-report-task")
router.register("reports", VolumeReportViewSet, basename="api-report")
router.register("member-sheets", MemberSheetViewSet, basename="api-member-sheet")
router.register("report-reviews", ReportReviewViewSet, basename="api-report-review")
router.register("report-shortfalls", ShortfallViewSet, basename="api-report-shortfall")
router.register("report-totals", GroupTotalEndpoint, basename="api-report-total")
router.register("agreed-rounds", AgreedRoundViewSet, basename="api-agreed-round")
router.register("agreed-quantities", AgreedQuantityViewSet, basename="api-agreed-quantity")
router.register("agreed-shares", AgreedShareViewSet, basename="api-agreed-share")
router.register("second-products", SecondProductViewSet, basename="api-second-product")

urlpatterns = router.urls
