"""Addresses of settlement under /api/v1/."""

from rest_framework.routers import SimpleRouter

from settlement.api.retention import (
    RetentionRowViewSet,
    RetentionRunViewSet,
    RetentionSheetViewSet,
    YearAssessmentViewSet,
)
from settlement.api.viewsets import RetentionInputViewSet

router = SimpleRouter()
router.register("retention-inputs", RetentionInputViewSet, basename="api-retention-input")
router.register("retention-runs", RetentionRunViewSet, basename="api-retention-run")
router.register("retention-sheets", RetentionSheetViewSet, basename="api-retention-sheet")
router.register("retention-rows", RetentionRowViewSet, basename="api-retention-row")
router.register("year-assessments", YearAssessmentViewSet, basename="api-year-assessment")

urlpatterns = router.urls
