"""Addresses of settlement's pages."""

from django.urls import path

from settlement.views import (
    bank,
    deductions,
    ledger,
    prepayments,
    reconciliation,
    retention,
    retention_inputs,
    retention_sheets,
    statements,
)

RUN = "settlement/retention/runs/<str:run_no>/"
SHEET = "settlement/retention/sheets/<str:sheet_no>/"

urlpatterns = [
    path("settlement/retention/", retention.RunListView.as_view(), name="retention-runs"),
    path(
        "settlement/retention-export/", retention.RunExportView.as_view(),
        name="retention-runs-export",
    ),
    path("settlement/retention/compute/", retention.ComputeView.as_view(), name="retention-compute"),
    path(RUN, retention.RunView.as_view(), name="retention-run"),
    path(f"{RUN}acts/<slug:verb>/", retention.RunActView.as_view(), name="retention-run-act"),
    path("settlement/retention/sheets/", retention.SheetListView.as_view(), name="retention-sheets"),
    path(
        "settlement/retention/sheets-export/", retention.SheetExportView.as_view(),
        name="retention-sheets-export",
    ),
    path(SHEET, retention_sheets.SheetView.as_view(), name="retention-sheet"),
    path(
        f"{SHEET}acts/<slug:verb>/", retention_sheets.SheetActView.as_view(),
        name="retention-sheet-act",
    ),
    path(
        f"{SHEET}overlap/", retention_sheets.SheetOverlapView.as_view(),
        name="retention-sheet-overlap",
    ),
    path(f"{SHEET}pdf/", retention_sheets.SheetPdfView.as_view(), name="retention-sheet-pdf"),
    path(
        f"{SHEET}files/<int:file_id>/", retention_sheets.SheetFileView.as_view(),
        name="retention-sheet-file",
    ),
    path("settlement/retention/rows/", retention.RowListView.as_view(), name="retention-rows"),
    path(
        "settlement/retention/rows-export/", retention.RowExportView.as_view(),
        name="retention-rows-export",
    ),
    path(
        "settlement/assessments/", retention.AssessmentListView.as_view(), name="year-assessments"
    ),
    path(
        "settlement/assessments-export/", retention.AssessmentExportView.as_view(),
        name="year-assessments-export",
    ),
]  # fmt: skip

STATEMENT = "money/statements/<str:statement_no>/"

urlpatterns += [
    path("money/statements/", statements.StatementListView.as_view(), name="statements"),
    path(
        "money/statements-export/",
        statements.StatementExportView.as_view(),
        name="statements-export",
    ),
    path("money/begin/", statements.StatementBeginView.as_view(), name="statement-begin"),
    path(STATEMENT, statements.StatementView.as_view(), name="statement"),
    path(f"{STATEMENT}sheet/", statements.StatementSheetView.as_view(), name="statement-sheet"),
    path(f"{STATEMENT}paper/", statements.StatementPaperView.as_view(), name="statement-paper"),
    path(
        f"{STATEMENT}act/<slug:verb>/", statements.StatementActView.as_view(), name="statement-act"
    ),
    path("money/bank/", bank.BankOrderListView.as_view(), name="bank-orders"),
    path("money/bank-export/", bank.BankOrderExportView.as_view(), name="bank-orders-export"),
    path("money/bank/file/", bank.BankFileView.as_view(), name="bank-file"),
    path("money/bank/answer/", bank.BankAnswerView.as_view(), name="bank-answer"),
    path("money/deductions/", deductions.DeductionListView.as_view(), name="deductions"),
    path(
        "money/deductions-export/",
        deductions.DeductionExportView.as_view(),
        name="deductions-export",
    ),
    path("money/deductions/new/", deductions.DeductionNewView.as_view(), name="deduction-new"),
    path("money/ledger/", ledger.AccountListView.as_view(), name="ledger-accounts"),
    path("money/ledger-export/", ledger.AccountExportView.as_view(), name="ledger-accounts-export"),
    path("money/ledger/<str:pk>/", ledger.AccountView.as_view(), name="ledger-account"),
    path("money/entries/<str:pk>/", ledger.EntryView.as_view(), name="ledger-entry"),
    path(
        "money/entries/<str:pk>/act/<slug:verb>/",
        ledger.EntryActView.as_view(),
        name="ledger-entry-act",
    ),
    path("money/overview/", reconciliation.ReconciliationView.as_view(), name="money-overview"),
    path(
        "money/overview-export/",
        reconciliation.ReconciliationExportView.as_view(),
        name="money-overview-export",
    ),
]

PREPAYMENT = "money/prepayments/<str:prepayment_no>/"

urlpatterns += [
    path("money/prepayments/", prepayments.PrepaymentListView.as_view(), name="prepayments"),
    path(
        "money/prepayments-export/",
        prepayments.PrepaymentExportView.as_view(),
        name="prepayments-export",
    ),
    path("money/prepay/", prepayments.PrepaymentNewView.as_view(), name="prepayment-new"),
    path(PREPAYMENT, prepayments.PrepaymentView.as_view(), name="prepayment"),
    path(f"{PREPAYMENT}sheet/", prepayments.PrepaymentSheetView.as_view(), name="prepayment-sheet"),
    path(
        f"{PREPAYMENT}act/<slug:verb>/",
        prepayments.PrepaymentActView.as_view(),
        name="prepayment-act",
    ),
]

urlpatterns += [
    path(
        "settlement/retention/inputs/", retention_inputs.InputListView.as_view(),
        name="retention-inputs",
    ),
    path(
        "settlement/retention/inputs-export/", retention_inputs.InputExportView.as_view(),
        name="retention-inputs-export",
    ),
    path(
        "settlement/retention/inputs/edit/", retention_inputs.InputEditView.as_view(),
        name="retention-input-edit",
    ),
    path(
        "settlement/retention/inputs/upload/", retention_inputs.InputUploadView.as_view(),
        name="retention-input-upload",
    ),
]  # fmt: skip
