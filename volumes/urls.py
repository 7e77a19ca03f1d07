"""Addresses of 报量."""

from django.urls import path

from volumes.views import (
    acts,
    agreed,
    agreed_upload,
    choice_upload,
    member_sheets,
    reports,
    review,
    second_products,
    tasks,
    workbook,
)

TASK = "volumes/tasks/<str:task_no>/"
REPORT = "volumes/reports/<str:report_no>/"
SHEET = "volumes/member-sheets/<int:key>/"
REVIEW = "volumes/reviews/<str:report_no>/"
ROUND = "agreed/<str:round_no>/"

urlpatterns = [
    path("volumes/tasks/", tasks.TaskListView.as_view(), name="report-tasks"),
    path("volumes/tasks-export/", tasks.TaskExportView.as_view(), name="report-tasks-export"),
    path("volumes/tasks/new/", tasks.TaskNewView.as_view(), name="report-task-new"),
    path(TASK, tasks.TaskDetailView.as_view(), name="report-task"),
    path(f"{TASK}edit/", tasks.TaskEditView.as_view(), name="report-task-edit"),
    path(f"{TASK}volunteer/", tasks.TaskVolunteerView.as_view(), name="report-task-volunteer"),
    path(f"{TASK}acts/<slug:verb>/", tasks.TaskActView.as_view(), name="report-task-act"),
    path("volumes/reports/", reports.ReportListView.as_view(), name="volume-reports"),
    path(
        "volumes/reports-export/", reports.ReportExportView.as_view(), name="volume-reports-export"
    ),
    path(REPORT, reports.ReportDetailView.as_view(), name="volume-report"),
    path(f"{REPORT}acts/<slug:verb>/", acts.ReportActView.as_view(), name="volume-report-act"),
    path(f"{REPORT}extend/", acts.ReportExtendView.as_view(), name="volume-report-extend"),
    path(
        f"{REPORT}letters/<int:letter_no>/sign/",
        acts.LetterSignView.as_view(),
        name="volume-report-letter-sign",
    ),
    path(
        f"{REPORT}letters/<int:letter_no>/sign-electronically/",
        acts.LetterSignElectronicallyView.as_view(),
        name="volume-report-letter-sign-electronically",
    ),
    path(f"{REPORT}files/<int:file_id>/", acts.ReportFileView.as_view(), name="volume-report-file"),
    path(
        f"{REPORT}purchases/<str:group_code>/",
        reports.ReportPurchasesView.as_view(),
        name="volume-report-purchases",
    ),
    path(
        f"{REPORT}workbook/", workbook.ReportWorkbookView.as_view(), name="volume-report-workbook"
    ),
    path(f"{REPORT}upload/", workbook.ReportUploadView.as_view(), name="volume-report-upload"),
    path(f"{REPORT}upload/apply/", workbook.ReportApplyView.as_view(), name="volume-report-apply"),
    path(
        f"{REPORT}upload/marked/<int:file_id>/",
        workbook.ReportMarkedView.as_view(),
        name="volume-report-marked",
    ),
    path(SHEET, member_sheets.MemberSheetView.as_view(), name="member-sheet"),
    path(
        f"{SHEET}acts/<slug:verb>/",
        member_sheets.MemberSheetActView.as_view(),
        name="member-sheet-act",
    ),
    path("volumes/reviews/", review.ReviewListView.as_view(), name="report-reviews"),
    path(
        "volumes/reviews-export/", review.ReviewExportView.as_view(), name="report-reviews-export"
    ),
    path(REVIEW, review.ReviewView.as_view(), name="report-review"),
    path(f"{REVIEW}judge/", review.JudgeView.as_view(), name="report-review-judge"),
    path(f"{REVIEW}acts/<slug:verb>/", review.ReviewActView.as_view(), name="report-review-act"),
    path("volumes/shortfalls/", review.ShortfallListView.as_view(), name="report-shortfalls"),
    path(
        "volumes/shortfalls-export/",
        review.ShortfallExportView.as_view(),
        name="report-shortfalls-export",
    ),
    path("volumes/analysis/<str:task_no>/", review.AnalysisView.as_view(), name="report-analysis"),
    path(
        "volumes/analysis/<str:task_no>/export/",
        review.AnalysisExportView.as_view(),
        name="report-analysis-export",
    ),
    path(
        "second-products/", second_products.SecondProductListView.as_view(), name="second-products"
    ),
    path(
        "second-products-export/",
        second_products.SecondProductExportView.as_view(),
        name="second-products-export",
    ),
    path(
        "second-products/new/",
        second_products.SecondProductNewView.as_view(),
        name="second-product-new",
    ),
    path("agreed/", agreed.RoundListView.as_view(), name="agreed-rounds"),
    path("agreed-export/", agreed.RoundExportView.as_view(), name="agreed-rounds-export"),
    path("agreed/new/", agreed.RoundNewView.as_view(), name="agreed-round-new"),
    path("agreed/quantities/", agreed.QuantityListView.as_view(), name="agreed-quantities"),
    path(
        "agreed/quantities-export/",
        agreed.QuantityExportView.as_view(),
        name="agreed-quantities-export",
    ),
    path("agreed/shares/", agreed.ShareListView.as_view(), name="agreed-shares"),
    path("agreed/shares-export/", agreed.ShareExportView.as_view(), name="agreed-shares-export"),
    path(ROUND, agreed.RoundView.as_view(), name="agreed-round"),
    path(f"{ROUND}acts/<slug:verb>/", agreed.RoundActView.as_view(), name="agreed-round-act"),
    path(f"{ROUND}choice/", agreed.ChoiceView.as_view(), name="agreed-choice"),
    path(
        f"{ROUND}choice/upload/",
        choice_upload.ChoiceUploadView.as_view(),
        name="agreed-choice-upload",
    ),
    path(
        f"{ROUND}published/template/",
        agreed_upload.PublishedTemplateView.as_view(),
        name="agreed-template",
    ),
    path(f"{ROUND}published/", agreed_upload.PublishedUploadView.as_view(), name="agreed-upload"),
    path(
        f"{ROUND}published/apply/",
        agreed_upload.PublishedApplyView.as_view(),
        name="agreed-upload-apply",
    ),
    path(
        f"{ROUND}published/marked/<int:file_id>/",
        agreed_upload.PublishedMarkedView.as_view(),
        name="agreed-upload-marked",
    ),
]
