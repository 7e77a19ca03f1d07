"""Addresses of complaints and contacts."""

from django.urls import path, re_path

from complaints.views import acts, contacts, detail, filing, lists

VERBS = "|".join(acts.STEPS)

urlpatterns = [
    path("complaints/", lists.ComplaintListView.as_view(), name="complaint-list"),
    path("complaints/export/", lists.ComplaintExportView.as_view(), name="complaint-export"),
    path("complaints/new/", filing.ComplaintNewView.as_view(), name="complaint-new"),
    path("complaints/contacts/", contacts.ContactListView.as_view(), name="liaison-list"),
    path(
        "complaints/contacts/export/", contacts.ContactExportView.as_view(), name="liaison-export"
    ),
    path("complaints/contacts/new/", contacts.ContactNewView.as_view(), name="liaison-new"),
    re_path(
        r"^complaints/contacts/(?P<contact_no>[A-Z0-9]{1,18})/(?P<verb>check|end)/\Z",
        contacts.ContactStepView.as_view(),
        name="liaison-step",
    ),
    path(
        "complaints/of/<str:complaint_no>/", detail.ComplaintView.as_view(), name="complaint-detail"
    ),
    path(
        "complaints/of/<str:complaint_no>/files/<int:file_id>/",
        detail.ComplaintFileView.as_view(),
        name="complaint-file",
    ),
    re_path(
        rf"^complaints/of/(?P<complaint_no>[^/]{{1,60}})/(?P<verb>{VERBS})/\Z",
        acts.ComplaintActView.as_view(),
        name="complaint-act",
    ),
]
