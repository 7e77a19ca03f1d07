"""Addresses of inspections, samples, quality reports and holds."""

from django.urls import path

from catalog.views import editions, inspections, quality_holds, quality_reports, quality_upload

INSPECTION = "quality/inspections/<str:inspection_no>/"
REPORT = "quality/reports/<str:report_no>/"
HOLD = "quality/holds/<str:hold_no>/"

urlpatterns = [
    path("quality/inspections/", inspections.InspectionListView.as_view(), name="inspections"),
    path("quality/inspections-export/", inspections.InspectionExportView.as_view(),
         name="inspections-export"),
    path("quality/inspections/new/", inspections.InspectionNewView.as_view(),
         name="inspection-new"),
    path("quality/inspections/upload/", quality_upload.InspectionUploadView.as_view(),
         name="inspection-upload"),
    path("quality/inspections/coverage/", inspections.CoverageListView.as_view(),
         name="inspection-coverage"),
    path("quality/inspections/coverage-export/", inspections.CoverageExportView.as_view(),
         name="inspection-coverage-export"),
    path(INSPECTION, inspections.InspectionView.as_view(), name="inspection"),
    path(f"{INSPECTION}follow-up/", inspections.InspectionFollowUpView.as_view(),
         name="inspection-follow-up"),
    path("quality/samplings/", inspections.SamplingListView.as_view(), name="samplings"),
    path("quality/samplings-export/", inspections.SamplingExportView.as_view(),
         name="samplings-export"),
    path("quality/samplings/new/", inspections.SamplingNewView.as_view(), name="sampling-new"),
    path("quality/samplings/upload/", quality_upload.SamplingUploadView.as_view(),
         name="sampling-upload"),
    path("quality/samplings/<str:sampling_no>/", inspections.SamplingView.as_view(),
         name="sampling"),
    path("quality/reports/", quality_reports.QualityReportListView.as_view(),
         name="quality-reports"),
    path("quality/reports-export/", quality_reports.QualityReportExportView.as_view(),
         name="quality-reports-export"),
    path("quality/reports/new/", quality_reports.QualityReportNewView.as_view(),
         name="quality-report-new"),
    path(REPORT, quality_reports.QualityReportView.as_view(), name="quality-report"),
    path(f"{REPORT}answer/", quality_reports.QualityReportAnswerView.as_view(),
         name="quality-report-answer"),
    path(f"{REPORT}close/", quality_reports.QualityReportCloseView.as_view(),
         name="quality-report-close"),
    path("quality/holds/", quality_holds.HoldListView.as_view(), name="quality-holds"),
    path("quality/holds-export/", quality_holds.HoldExportView.as_view(),
         name="quality-holds-export"),
    path("quality/holds/new/", quality_holds.HoldNewView.as_view(), name="quality-hold-new"),
    path(HOLD, quality_holds.HoldView.as_view(), name="quality-hold"),
    path(f"{HOLD}lift/", quality_holds.HoldLiftView.as_view(), name="quality-hold-lift"),
    path("catalog/editions/", editions.EditionListView.as_view(), name="editions"),
    path("catalog/editions-export/", editions.EditionExportView.as_view(), name="editions-export"),
    path("catalog/editions/marked/<int:file_id>/", editions.EditionMarkedView.as_view(),
         name="edition-marked"),
    path("catalog/editions/new/<slug:kind>/", editions.EditionNewView.as_view(),
         name="edition-new"),
    path("catalog/editions/of/<str:edition_no>/", editions.EditionView.as_view(), name="edition"),
    path("catalog/editions/of/<str:edition_no>/file/", editions.EditionFileView.as_view(),
         name="edition-file"),
    path("catalog/editions/of/<str:edition_no>/papers/<int:file_id>/",
         editions.EditionPaperView.as_view(), name="edition-paper"),
    path("catalog/editions/of/<str:edition_no>/<slug:verb>/", editions.EditionActView.as_view(),
         name="edition-act"),
]  # fmt: skip
