"""Addresses of imports."""

from django.urls import path

from interchange.views import imports

ONE = "imports/<str:import_no>/"

urlpatterns = [
    path("imports/", imports.ImportListView.as_view(), name="import-list"),
    path("imports/export/", imports.ImportExportView.as_view(), name="import-export"),
    path("imports/template/", imports.ImportTemplateView.as_view(), name="import-template"),
    path(ONE, imports.ImportDetailView.as_view(), name="import-detail"),
    path(f"{ONE}panel/", imports.ImportPanelView.as_view(), name="import-panel"),
    path(f"{ONE}confirm/", imports.ImportConfirmView.as_view(), name="import-confirm"),
    path(f"{ONE}cancel/", imports.ImportCancelView.as_view(), name="import-cancel"),
    path(f"{ONE}marked/", imports.ImportMarkedView.as_view(), name="import-marked"),
]
