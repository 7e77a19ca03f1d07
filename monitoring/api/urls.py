"""Addresses of monitoring under /api/v1/."""

from rest_framework.routers import SimpleRouter

from monitoring.api.actions import ActionViewSet
from monitoring.api.assessments import AssessedGroupViewSet, AssessedUnitViewSet
from monitoring.api.bulletins import (
    BulletinLineViewSet,
    BulletinReceiptViewSet,
    BulletinViewSet,
)
from monitoring.api.dashboards import DashboardEndpoint
from monitoring.api.early_notices import EarlyNoticeViewSet
from monitoring.api.entry_checks import EntryCheckViewSet
from monitoring.api.exemption_applications import (
    ExemptionApplicationViewSet,
    GrantedExemptionViewSet,
)
from monitoring.api.indicators import (
    ComputedMonthViewSet,
    IndicatorEndpoint,
    IndicatorValueViewSet,
)
from monitoring.api.jobs import JobViewSet
from monitoring.api.leads import LeadViewSet
from monitoring.api.periodic_reports import PeriodicReportViewSet
from monitoring.api.rehearsals import RehearsalViewSet
from monitoring.api.sanction_cases import SanctionCaseViewSet
from monitoring.api.scores import ScoreAppealViewSet, SupplyScoreViewSet
from monitoring.api.site_inspections import SiteInspectionViewSet
from monitoring.api.trainings import TrainingCoverageViewSet, TrainingViewSet
from monitoring.api.warnings import WarningViewSet

router = SimpleRouter()
router.register("warnings", WarningViewSet, basename="api-warning")
router.register("actions", ActionViewSet, basename="api-action")
router.register("early-notices", EarlyNoticeViewSet, basename="api-early-notice")
router.register("entry-checks", EntryCheckViewSet, basename="api-entry-check")
router.register("indicators", IndicatorEndpoint, basename="api-indicator")
router.register("indicator-values", IndicatorValueViewSet, basename="api-indicator-value")
router.register("computed-months", ComputedMonthViewSet, basename="api-computed-month")
router.register("dashboards", DashboardEndpoint, basename="api-dashboard")
router.register("rehearsals", RehearsalViewSet, basename="api-rehearsal")
router.register("bulletins", BulletinViewSet, basename="api-bulletin")
router.register("bulletin-lines", BulletinLineViewSet, basename="api-bulletin-line")
router.register("bulletin-receipts", BulletinReceiptViewSet, basename="api-bulletin-receipt")
router.register(
    "exemption-applications", ExemptionApplicationViewSet, basename="api-exemption-application"
)
router.register("granted-exemptions", GrantedExemptionViewSet, basename="api-granted-exemption")
router.register("sanctions", SanctionCaseViewSet, basename="api-sanction-case")
router.register("site-inspections", SiteInspectionViewSet, basename="api-site-inspection")
router.register("scores", SupplyScoreViewSet, basename="api-score")
router.register("score-appeals", ScoreAppealViewSet, basename="api-score-appeal")
router.register("assessed-units", AssessedUnitViewSet, basename="api-assessed-unit")
router.register("assessed-groups", AssessedGroupViewSet, basename="api-assessed-group")
router.register("periodic-reports", PeriodicReportViewSet, basename="api-periodic-report")
router.register("leads", LeadViewSet, basename="api-lead")
router.register("trainings", TrainingViewSet, basename="api-training")
router.register("training-coverage", TrainingCoverageViewSet, basename="api-training-coverage")
router.register("jobs", JobViewSet, basename="api-job")

urlpatterns = router.urls
