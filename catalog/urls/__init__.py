"""Addresses of the catalogue."""

from django.urls import include, path

from catalog.urls import quality, services
from catalog.views import (
    batch_drafts,
    batch_results,
    batches,
    override_changes,
    preparation,
    product_search,
    products,
    result_changes,
)
from catalog.views import hospital_item_files as item_files
from catalog.views import hospital_items as items
from catalog.views.product_options import ProductOptionsView

# Codes of batches and groups are any text, also with a slash: what is longer is tried first.
BATCH = "catalog/batches/<path:code>/"
DRAFT = "catalog/batch-drafts/<str:draft_no>/"
RESULT = "catalog/result-changes/<str:change_no>/"
OVERRIDE = "catalog/override-changes/<str:change_no>/"

urlpatterns = [
    path("catalog/batches/", batches.BatchListView.as_view(), name="batch-list"),
    path("catalog/batches-export/", batches.BatchExportView.as_view(), name="batch-export"),
    path(f"{BATCH}parameters/", batches.BatchParametersView.as_view(), name="batch-parameters"),
    path(
        f"{BATCH}parameters/<slug:key>/change/",
        override_changes.OverrideNewView.as_view(),
        name="override-new",
    ),
    path("catalog/batch-drafts/", batch_drafts.DraftListView.as_view(), name="batch-drafts"),
    path(
        "catalog/batch-drafts-export/",
        batch_drafts.DraftExportView.as_view(),
        name="batch-drafts-export",
    ),
    path(
        "catalog/batch-drafts/template/",
        batch_drafts.TemplateView.as_view(),
        name="batch-template",
    ),
    path("catalog/batch-drafts/new/", batch_drafts.DraftNewView.as_view(), name="batch-draft-new"),
    path(DRAFT, batch_drafts.DraftView.as_view(), name="batch-draft"),
    path(f"{DRAFT}upload/", batch_drafts.DraftUploadView.as_view(), name="batch-draft-upload"),
    path(f"{DRAFT}part/", batch_drafts.DraftPartView.as_view(), name="batch-draft-part"),
    path(
        f"{DRAFT}parts/<slug:part>/", batch_drafts.DraftFileView.as_view(), name="batch-draft-file"
    ),
    path(
        f"{DRAFT}workbook/",
        batch_drafts.DraftWorkbookView.as_view(),
        name="batch-draft-workbook",
    ),
    path(
        f"{DRAFT}rows/<slug:sheet>/",
        batch_drafts.DraftRowsView.as_view(),
        name="batch-draft-rows",
    ),
    path(f"{DRAFT}submit/", batch_drafts.DraftSubmitView.as_view(), name="batch-draft-submit"),
    path(f"{DRAFT}publish/", batch_drafts.DraftPublishView.as_view(), name="batch-draft-publish"),
    path(f"{DRAFT}return/", batch_drafts.DraftReturnView.as_view(), name="batch-draft-return"),
    path(
        f"{DRAFT}withdraw/", batch_drafts.DraftWithdrawView.as_view(), name="batch-draft-withdraw"
    ),
    path(
        f"{BATCH}documents/<slug:part>/",
        batches.BatchDocumentView.as_view(),
        name="batch-document",
    ),
    path(
        f"{BATCH}result-changes/",
        result_changes.BatchChangesView.as_view(),
        name="batch-result-changes",
    ),
    path(
        f"{BATCH}result-changes/new/",
        result_changes.ResultNewView.as_view(),
        name="result-change-new",
    ),
    path(RESULT, result_changes.ResultChangeView.as_view(), name="result-change"),
    path(
        f"{RESULT}confirm/",
        result_changes.ResultConfirmView.as_view(),
        name="result-change-confirm",
    ),
    path(
        f"{RESULT}return/",
        result_changes.ResultReturnView.as_view(),
        name="result-change-return",
    ),
    path(
        f"{RESULT}withdraw/",
        result_changes.ResultWithdrawView.as_view(),
        name="result-change-withdraw",
    ),
    path(
        f"{RESULT}revoke/", result_changes.ResultRevokeView.as_view(), name="result-change-revoke"
    ),
    path(f"{BATCH}preparation/", preparation.PreparationView.as_view(), name="batch-preparation"),
    path(
        f"{BATCH}preparation/export/",
        preparation.PreparationExportView.as_view(),
        name="batch-preparation-export",
    ),
    path(
        f"{BATCH}preparation/remind/",
        preparation.PreparationRemindView.as_view(),
        name="batch-preparation-remind",
    ),
    path(OVERRIDE, override_changes.OverrideChangeView.as_view(), name="override-change"),
    path(
        f"{OVERRIDE}confirm/",
        override_changes.OverrideConfirmView.as_view(),
        name="override-change-confirm",
    ),
    path(
        f"{OVERRIDE}return/",
        override_changes.OverrideReturnView.as_view(),
        name="override-change-return",
    ),
    path(
        f"{OVERRIDE}withdraw/",
        override_changes.OverrideWithdrawView.as_view(),
        name="override-change-withdraw",
    ),
    path(
        f"{OVERRIDE}revoke/",
        override_changes.OverrideRevokeView.as_view(),
        name="override-change-revoke",
    ),
    path(
        f"{BATCH}selections/",
        batch_results.SelectionListView.as_view(),
        name="batch-selections",
    ),
    path(
        f"{BATCH}selections/export/",
        batch_results.SelectionExportView.as_view(),
        name="batch-selections-export",
    ),
    path(
        f"{BATCH}exemptions/",
        batch_results.ExemptionListView.as_view(),
        name="batch-exemptions",
    ),
    path(
        f"{BATCH}exemptions/export/",
        batch_results.ExemptionExportView.as_view(),
        name="batch-exemptions-export",
    ),
    path(BATCH, batches.BatchDetailView.as_view(), name="batch-detail"),
    path("catalog/overrides/", batch_results.OverrideListView.as_view(), name="override-list"),
    path("catalog/groups/", products.GroupListView.as_view(), name="group-list"),
    path("catalog/groups-export/", products.GroupExportView.as_view(), name="group-export"),
    path("catalog/groups/<path:code>/", products.GroupDetailView.as_view(), name="group-detail"),
    path("catalog/products/", products.ProductListView.as_view(), name="product-list"),
    path("catalog/products-export/", products.ProductExportView.as_view(), name="product-export"),
    path(
        "catalog/products/<str:code>/",
        products.ProductDetailView.as_view(),
        name="product-detail",
    ),
    path("", include("catalog.views.applications.addresses")),
    path("", include("catalog.views.listing_addresses")),
    path("catalog/product-options/", ProductOptionsView.as_view(), name="product-options"),
    path("search/", product_search.ProductSearchView.as_view(), name="product-search"),
    path("catalog/items/", items.HospitalItemListView.as_view(), name="hospital-item-list"),
    path(
        "catalog/items-export/",
        items.HospitalItemExportView.as_view(),
        name="hospital-item-export",
    ),
    path(
        "catalog/items-coverage/",
        items.ItemCoverageView.as_view(),
        name="hospital-item-coverage",
    ),
    path(
        "catalog/items-coverage/export/",
        items.ItemCoverageExportView.as_view(),
        name="hospital-item-coverage-export",
    ),
    path("catalog/items-new/", items.HospitalItemNewView.as_view(), name="hospital-item-new"),
    path(
        "catalog/items-suggestions/",
        item_files.HospitalItemSuggestionsView.as_view(),
        name="hospital-item-suggestions",
    ),
    path(
        "catalog/items-upload/",
        item_files.HospitalItemUploadView.as_view(),
        name="hospital-item-upload",
    ),
    path(
        "catalog/items-upload/apply/",
        item_files.HospitalItemApplyView.as_view(),
        name="hospital-item-apply",
    ),
    path(
        "catalog/items-upload/checked/<int:pk>/",
        item_files.HospitalItemCheckedView.as_view(),
        name="hospital-item-checked",
    ),
    path(
        "catalog/items-upload/marked/<int:pk>/",
        item_files.HospitalItemMarkedView.as_view(),
        name="hospital-item-marked",
    ),
    path(
        "catalog/items-template/",
        item_files.HospitalItemTemplateView.as_view(),
        name="hospital-item-template",
    ),
    # A hospital's own codes are any text, also with a slash: what is longer is tried first.
    path(
        "catalog/items/edit/<path:key>/",
        items.HospitalItemEditView.as_view(),
        name="hospital-item-edit",
    ),
    path(
        "catalog/items/confirm/<path:key>/",
        items.HospitalItemConfirmView.as_view(),
        name="hospital-item-confirm",
    ),
    path(
        "catalog/items/of/<path:key>/",
        items.HospitalItemView.as_view(),
        name="hospital-item",
    ),
    *quality.urlpatterns,
    *services.urlpatterns,
]
