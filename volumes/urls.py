"""Addresses of 报量."""

from django.urls import path

from volumes.views import acts, member_sheets, reports, tasks, workbook

TASK = "volumes/tasks/<str:task_no>/"
REPORT = "volumes/reports/<str:report_no>/"
SHEET = "volumes/member-sheets/<int:key>/"

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
]
