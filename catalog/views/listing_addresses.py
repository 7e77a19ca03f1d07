"""Addresses of listings, price limits, marks, shortage lists, 函询 and 差比价."""

from django.urls import URLPattern, path

from catalog.views import (
    inquiries,
    listing_acts,
    listings,
    price_ratio,
    price_tables,
    table_upload,
)

LISTING = "catalog/listings/<str:listing_no>/"
REQUEST = "catalog/listing-requests/<str:request_no>/"
INQUIRY = "catalog/inquiries/<str:inquiry_no>/"


def _table_pages(path_part: str, prefix: str, key: str) -> list[URLPattern]:
    """The four addresses of one kind of workbook."""
    views = {
        "upload": table_upload.TableUploadView,
        "apply": table_upload.TableApplyView,
        "template": table_upload.TableTemplateView,
        "marked": table_upload.TableMarkedView,
    }
    return [
        path(
            f"catalog/{path_part}-{name}/" + ("<int:file_id>/" if name == "marked" else ""),
            view.as_view(table_key=key),
            name=f"{prefix}-{name}",
        )
        for name, view in views.items()
    ]


urlpatterns = [
    path("catalog/listings/", listings.ListingListView.as_view(), name="listing-list"),
    path("catalog/listings-export/", listings.ListingExportView.as_view(), name="listing-export"),
    path("catalog/listings-new/", listings.ListingNewView.as_view(), name="listing-new"),
    path("catalog/price-check/", listings.PriceCheckView.as_view(), name="price-check"),
    path(LISTING, listings.ListingDetailView.as_view(), name="listing-detail"),
    path(f"{LISTING}price/", listing_acts.ListingPriceView.as_view(), name="listing-price"),
    path(f"{LISTING}way/", listing_acts.ListingWayView.as_view(), name="listing-way"),
    path(f"{LISTING}request/", listing_acts.ListingRequestView.as_view(), name="listing-request"),
    path(f"{LISTING}<slug:verb>/", listing_acts.ListingActView.as_view(), name="listing-act"),
    path(
        f"{REQUEST}files/<int:file_id>/",
        listings.ListingRequestFileView.as_view(),
        name="listing-request-file",
    ),
    path(f"{REQUEST}<slug:verb>/", listing_acts.ListingAnswerView.as_view(), name="listing-answer"),
    path(
        "catalog/maximum-prices/",
        price_tables.MaximumPriceListView.as_view(),
        name="maximum-price-list",
    ),
    path(
        "catalog/maximum-prices-export/",
        price_tables.MaximumPriceExportView.as_view(),
        name="maximum-price-export",
    ),
    path(
        "catalog/maximum-prices-new/",
        price_tables.MaximumPriceNewView.as_view(),
        name="maximum-price-new",
    ),
    *_table_pages("maximum-prices", "maximum-price", "maximum-prices"),
    path("catalog/shortages/", price_tables.ShortageListView.as_view(), name="shortage-list"),
    path(
        "catalog/shortages-export/",
        price_tables.ShortageExportView.as_view(),
        name="shortage-export",
    ),
    path("catalog/shortages-new/", price_tables.ShortageNewView.as_view(), name="shortage-new"),
    *_table_pages("shortages", "shortage", "shortages"),
    path(
        "catalog/price-multiples/",
        price_tables.PriceMultipleView.as_view(),
        name="price-multiples",
    ),
    path(
        "catalog/price-multiples-new/",
        price_tables.PriceMultipleNewView.as_view(),
        name="price-multiple-new",
    ),
    path(
        "catalog/price-multiples/<int:pk>/end/",
        price_tables.PriceMultipleEndView.as_view(),
        name="price-multiple-end",
    ),
    path(
        "catalog/reference-products/",
        price_tables.ReferenceProductView.as_view(),
        name="reference-product-set",
    ),
    path("catalog/inquiries/", inquiries.InquiryListView.as_view(), name="inquiry-list"),
    path("catalog/inquiries-export/", inquiries.InquiryExportView.as_view(), name="inquiry-export"),
    path("catalog/inquiries-new/", inquiries.InquiryNewView.as_view(), name="inquiry-new"),
    path(INQUIRY, inquiries.InquiryDetailView.as_view(), name="inquiry-detail"),
    path(
        f"{INQUIRY}files/<int:file_id>/", inquiries.InquiryFileView.as_view(), name="inquiry-file"
    ),
    path(f"{INQUIRY}<slug:verb>/", inquiries.InquiryActView.as_view(), name="inquiry-act"),
    path("catalog/price-ratio/", price_ratio.PriceRatioView.as_view(), name="price-ratio"),
    path(
        "catalog/price-ratio/confirm/",
        price_ratio.PriceRatioConfirmView.as_view(),
        name="price-ratio-confirm",
    ),
]
