"""Addresses of volume reports under /api/v1/."""

from rest_framework.routers import SimpleRouter

from volumes.api.reports import MemberSheetViewSet, VolumeReportViewSet
from volumes.api.tasks import ReportTaskViewSet
from volumes.api.viewsets import ReportLineViewSet

router = SimpleRouter()
router.register("volume-reports", ReportLineViewSet, basename="api-volume-report")
router.register("report-tasks", ReportTaskViewSet, basename="api-report-task")
router.register("reports", VolumeReportViewSet, basename="api-report")
router.register("member-sheets", MemberSheetViewSet, basename="api-member-sheet")

urlpatterns = router.urls
