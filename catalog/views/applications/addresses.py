"""Addresses of applications, of what is published, and of registrations."""

from django.urls import path

from catalog.views.applications import (
    acts,
    detail,
    lists,
    publicity,
    registrations,
    upload,
    writing,
)

ONE = "catalog/applications/<str:application_no>/"
PUBLIC = "catalog/publicity/<str:application_no>/"

urlpatterns = [
    path("catalog/applications/", lists.ApplicationListView.as_view(), name="application-list"),
    path(
        "catalog/applications-export/",
        lists.ApplicationExportView.as_view(),
        name="application-export",
    ),
    path(
        "catalog/applications/new/",
        writing.ApplicationKindsView.as_view(),
        name="application-kinds",
    ),
    path(
        "catalog/applications/new/<slug:kind>/",
        writing.ApplicationNewView.as_view(),
        name="application-new",
    ),
    path(
        "catalog/applications/upload/",
        upload.ApplicationUploadView.as_view(),
        name="application-upload",
    ),
    path(
        "catalog/applications/upload/apply/",
        upload.ApplicationUploadApplyView.as_view(),
        name="application-upload-apply",
    ),
    path(
        "catalog/applications/upload/template/<slug:kind>/",
        upload.ApplicationTemplateView.as_view(),
        name="application-template",
    ),
    path(
        "catalog/applications/upload/files/<int:file_id>/",
        upload.ApplicationUploadFileView.as_view(),
        name="application-upload-file",
    ),
    path(ONE, detail.ApplicationDetailView.as_view(), name="application-detail"),
    path(f"{ONE}edit/", writing.ApplicationEditView.as_view(), name="application-edit"),
    path(f"{ONE}papers/", writing.ApplicationPaperView.as_view(), name="application-paper"),
    path(
        f"{ONE}files/<int:file_id>/",
        detail.ApplicationFileView.as_view(),
        name="application-file",
    ),
    path(f"{ONE}acts/<slug:verb>/", acts.ApplicationActView.as_view(), name="application-act"),
    path(
        f"{ONE}objections/<str:objection_no>/",
        acts.ObjectionRuleView.as_view(),
        name="objection-rule",
    ),
    path("catalog/publicity/", lists.PublicityListView.as_view(), name="publicity-list"),
    path("catalog/publicity-export/", lists.PublicityExportView.as_view(), name="publicity-export"),
    path(PUBLIC, publicity.PublicityDetailView.as_view(), name="publicity-detail"),
    path(
        "catalog/objections/<str:objection_no>/files/<int:file_id>/",
        publicity.ObjectionFileView.as_view(),
        name="objection-file",
    ),
    path(
        "catalog/registrations/",
        registrations.RegistrationListView.as_view(),
        name="registration-papers",
    ),
    path(
        "catalog/registrations-export/",
        registrations.RegistrationExportView.as_view(),
        name="registration-papers-export",
    ),
    # Older numbers may bear a slash.
    path(
        "catalog/registrations/<path:number>/",
        registrations.RegistrationPaperView.as_view(),
        name="registration-paper",
    ),
]
