"""Addresses of agreements and delivery relations."""

from django.urls import path

from contracts.views import (
    agreement_acts,
    agreement_making,
    agreements,
    disposals,
    powers,
    relation_upload,
    relations,
    signing_overview,
)
from contracts.views.signing import BatchSigningView

RELATION = "relations/<str:relation_no>/"
AGREEMENT = "agreements/of/<path:key>/"

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
    path("agreements/", agreements.AgreementListView.as_view(), name="agreements"),
    path("agreements-export/", agreements.AgreementExportView.as_view(), name="agreements-export"),
    path(
        "agreements/progress/",
        signing_overview.SigningOverviewView.as_view(),
        name="agreement-progress",
    ),
    path(
        "agreements/progress/<path:code>/<int:year_no>/remind/",
        signing_overview.SigningReminderView.as_view(),
        name="agreement-remind",
    ),
    path(
        "agreements/generate/",
        agreement_making.AgreementGenerateView.as_view(),
        name="agreement-generate",
    ),
    path(
        "agreements/upload/",
        agreement_making.AgreementUploadView.as_view(),
        name="agreement-upload",
    ),
    path(f"{AGREEMENT}pdf/", agreements.AgreementPdfView.as_view(), name="agreement-pdf"),
    path(f"{AGREEMENT}verify/", agreements.AgreementVerifyView.as_view(), name="agreement-verify"),
    path(
        f"{AGREEMENT}change/",
        agreement_acts.AgreementChangeView.as_view(),
        name="agreement-change",
    ),
    path(
        f"{AGREEMENT}act/<slug:verb>/",
        agreement_acts.AgreementActView.as_view(),
        name="agreement-act",
    ),
    path(AGREEMENT, agreements.AgreementView.as_view(), name="agreement"),
    path("powers/", powers.PowerListView.as_view(), name="powers"),
    path("powers-export/", powers.PowerExportView.as_view(), name="powers-export"),
    path("powers/new/", powers.PowerNewView.as_view(), name="power-new"),
    path("powers/<str:power_no>/", powers.PowerView.as_view(), name="power"),
    path(
        "powers/<str:power_no>/files/<int:file_id>/",
        powers.PowerFileView.as_view(),
        name="power-file",
    ),
    path("powers/<str:power_no>/revoke/", powers.PowerRevokeView.as_view(), name="power-revoke"),
    path("disposals/", disposals.DisposalListView.as_view(), name="disposals"),
    path("disposals-export/", disposals.DisposalExportView.as_view(), name="disposals-export"),
    path("disposals/new/", disposals.DisposalNewView.as_view(), name="disposal-new"),
    path("disposals/<str:disposal_no>/", disposals.DisposalView.as_view(), name="disposal"),
    path(
        "disposals/<str:disposal_no>/close/",
        disposals.DisposalCloseView.as_view(),
        name="disposal-close",
    ),
]
