"""Addresses of settlement under /api/v1/."""

from rest_framework.routers import SimpleRouter

from settlement.api import statements
from settlement.api.overview import MoneyOverviewEndpoint
from settlement.api.prepayments import PrepaymentViewSet
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
router.register("money-overview", MoneyOverviewEndpoint, basename="api-money-overview")
router.register("statements", statements.StatementViewSet, basename="api-statement")
router.register("prepayments", PrepaymentViewSet, basename="api-prepayment")
router.register("bank-orders", statements.BankOrderViewSet, basename="api-bank-order")
router.register("deductions", statements.DeductionViewSet, basename="api-deduction")
router.register("ledger-accounts", statements.LedgerAccountViewSet, basename="api-ledger-account")
router.register("ledger-entries", statements.LedgerEntryViewSet, basename="api-ledger-entry")

urlpatterns = router.urls
