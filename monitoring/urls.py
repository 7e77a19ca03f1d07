"""Addresses of monitoring's pages."""

from django.urls import path

from monitoring.views import warning_acts, warnings

urlpatterns = [
    path("monitoring/warnings/", warnings.WarningListView.as_view(), name="warning-list"),
    path(
        "monitoring/warnings/export/", warnings.WarningExportView.as_view(), name="warning-export"
    ),
    path(
        "monitoring/warnings/<str:warning_no>/",
        warnings.WarningDetailView.as_view(),
        name="warning-detail",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/acknowledge/",
        warning_acts.AcknowledgeView.as_view(),
        name="warning-acknowledge",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/explain/",
        warning_acts.ExplainView.as_view(),
        name="warning-explain",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/close/",
        warning_acts.CloseView.as_view(),
        name="warning-close",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/return/",
        warning_acts.ReturnView.as_view(),
        name="warning-return",
    ),
    path(
        "monitoring/warnings/<str:warning_no>/files/<int:file_id>/",
        warning_acts.WarningFileView.as_view(),
        name="warning-file",
    ),
]
