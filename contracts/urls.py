"""Addresses of agreements and delivery relations."""

from django.urls import path

from contracts.views import relation_upload, relations
from contracts.views.signing import BatchSigningView

RELATION = "relations/<str:relation_no>/"

urlpatterns = [
    path(
        "contracts/batches/<path:code>/signing/", BatchSigningView.as_view(), name="batch-signing"
    ),
    path("relations/", relations.RelationListView.as_view(), name="relations"),
    path("relations-export/", relations.RelationExportView.as_view(), name="relations-export"),
    path(
        "relations/confirmation/",
        relations.RelationConfirmationView.as_view(),
        name="relation-confirmation",
    ),
    path("relations/new/", relations.RelationNewView.as_view(), name="relation-new"),
    path("relations/upload/", relation_upload.RelationUploadView.as_view(), name="relation-upload"),
    path(
        "relations/distributors/",
        relations.DistributorSearchView.as_view(),
        name="distributor-search",
    ),
    path(RELATION, relations.RelationView.as_view(), name="relation"),
    path(f"{RELATION}<slug:verb>/", relations.RelationActView.as_view(), name="relation-act"),
]
