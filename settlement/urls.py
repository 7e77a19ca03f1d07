"""Addresses of settlement's pages."""

from django.urls import path

from settlement.views import retention, retention_sheets

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
