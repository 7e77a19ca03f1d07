"""Addresses of the catalogue."""

from django.urls import include, path

from catalog.views import batch_results, batches, override_changes, products

# Codes of batches and groups are any text, also with a slash: what is longer is tried first.
BATCH = "catalog/batches/<path:code>/"
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
]
