"""Addresses of service items, their prices, consumables, candidates and eligibility."""

from django.urls import path

from catalog.views import service_candidates as candidates
from catalog.views import service_eligibility as eligibility
from catalog.views import service_upload as uploads
from catalog.views import services

ROOT = "catalog/services/"
CANDIDATE = "catalog/service-candidates/<str:candidate_no>/"

urlpatterns = [
    path(ROOT, services.ServiceItemListView.as_view(), name="service-items"),
    path(
        "catalog/services-export/",
        services.ServiceItemExportView.as_view(),
        name="service-items-export",
    ),
    path("catalog/services-new/", services.ServiceItemNewView.as_view(), name="service-item-new"),
    path(
        "catalog/services-upload/",
        uploads.ServiceItemUploadView.as_view(),
        name="service-items-upload",
    ),
    path(f"{ROOT}<str:code>/", services.ServiceItemView.as_view(), name="service-item"),
    path("catalog/service-prices/", services.ServicePriceListView.as_view(), name="service-prices"),
    path(
        "catalog/service-prices-export/",
        services.ServicePriceExportView.as_view(),
        name="service-prices-export",
    ),
    path(
        "catalog/service-prices-new/",
        services.ServicePriceNewView.as_view(),
        name="service-price-new",
    ),
    path(
        "catalog/service-prices-upload/",
        uploads.ServicePriceUploadView.as_view(),
        name="service-prices-upload",
    ),
    path(
        "catalog/service-prices/<int:pk>/deferred/",
        services.ServicePriceDeferredView.as_view(),
        name="service-price-deferred",
    ),
    path(
        "catalog/service-consumables/",
        services.ServiceConsumableListView.as_view(),
        name="service-consumables",
    ),
    path(
        "catalog/service-consumables-export/",
        services.ServiceConsumableExportView.as_view(),
        name="service-consumables-export",
    ),
    path(
        "catalog/service-consumables-new/",
        services.ServiceConsumableNewView.as_view(),
        name="service-consumable-new",
    ),
    path(
        "catalog/service-consumables-upload/",
        uploads.ServiceConsumableUploadView.as_view(),
        name="service-consumables-upload",
    ),
    path(
        "catalog/service-consumables/<int:pk>/end/",
        services.ServiceConsumableEndView.as_view(),
        name="service-consumable-end",
    ),
    path(
        "catalog/service-candidates/",
        candidates.ServiceCandidateListView.as_view(),
        name="service-candidates",
    ),
    path(
        "catalog/service-candidates-export/",
        candidates.ServiceCandidateExportView.as_view(),
        name="service-candidates-export",
    ),
    path(
        "catalog/service-candidates-find/",
        candidates.ServiceCandidatesFindView.as_view(),
        name="service-candidates-find",
    ),
    path(CANDIDATE, candidates.ServiceCandidateView.as_view(), name="service-candidate"),
    path(
        f"{CANDIDATE}evaluate/",
        candidates.CandidateEvaluateView.as_view(),
        name="service-candidate-evaluate",
    ),
    path(
        f"{CANDIDATE}adjust/",
        candidates.CandidateAdjustView.as_view(),
        name="service-candidate-adjust",
    ),
    path(
        f"{CANDIDATE}decline/",
        candidates.CandidateDeclineView.as_view(),
        name="service-candidate-decline",
    ),
    path(
        f"{CANDIDATE}files/<int:file_id>/",
        candidates.CandidateFileView.as_view(),
        name="service-candidate-file",
    ),
    path(
        "catalog/service-eligibility/",
        eligibility.ServiceEligibilityListView.as_view(),
        name="service-eligibility",
    ),
    path(
        "catalog/service-eligibility-export/",
        eligibility.ServiceEligibilityExportView.as_view(),
        name="service-eligibility-export",
    ),
    path(
        "catalog/service-eligibility-new/",
        eligibility.ServiceEligibilityNewView.as_view(),
        name="service-eligibility-new",
    ),
    path(
        "catalog/service-eligibility-upload/",
        uploads.ServiceEligibilityUploadView.as_view(),
        name="service-eligibility-upload",
    ),
]
