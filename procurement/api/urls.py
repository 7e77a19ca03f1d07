"""Addresses of supply under /api/v1/."""

from rest_framework.routers import SimpleRouter

from procurement.api import (
    accounts,
    carts,
    clinical_reviews,
    column_layouts,
    delayed,
    invoices,
    negotiations,
    offline_purchases,
    plans,
    recalls,
    receiving,
    shipping,
    standby,
    stock_reports,
    supply_views,
    surge,
    surge_cases,
    viewsets,
)

router = SimpleRouter()
router.register("orders", viewsets.OrderViewSet, basename="api-order")
router.register("carts", carts.CartViewSet, basename="api-cart")
router.register("order-templates", carts.OrderTemplateViewSet, basename="api-order-template")
router.register("receiving-places", carts.ReceivingPlaceViewSet, basename="api-receiving-place")
router.register("ordering-setting", carts.OrderingSettingEndpoint, basename="api-ordering-setting")
router.register("procurement-plans", plans.PlanViewSet, basename="api-plan")
router.register("column-layouts", column_layouts.ColumnLayoutViewSet, basename="api-column-layout")
router.register("negotiations", negotiations.NegotiationViewSet, basename="api-negotiation")
router.register(
    "clinical-reasons", clinical_reviews.ClinicalReasonViewSet, basename="api-clinical-reason"
)
router.register("order-lines", viewsets.OrderLineViewSet, basename="api-order-line")
router.register("deliveries", viewsets.DeliveryViewSet, basename="api-delivery")
router.register("receipts", viewsets.ReceiptViewSet, basename="api-receipt")
router.register("returns", viewsets.ReturnViewSet, basename="api-return")
router.register("payments", viewsets.PaymentViewSet, basename="api-payment")
router.register(
    "purchase-history", viewsets.PurchaseHistoryViewSet, basename="api-purchase-history"
)
router.register("quantity-accounts", accounts.AccountViewSet, basename="api-quantity-account")
router.register("recalls", recalls.RecallViewSet, basename="api-recall")
router.register("recall-holders", recalls.RecallHolderViewSet, basename="api-recall-holder")
router.register("lot-holders", recalls.LotHolderViewSet, basename="api-lot-holder")
router.register(
    "offline-purchases", offline_purchases.OfflinePurchaseViewSet, basename="api-offline-purchase"
)
router.register("surge-reports", surge.SurgeReportViewSet, basename="api-surge-report")
router.register("surge-cases", surge_cases.SurgeCaseViewSet, basename="api-surge-case")
router.register("transfers", surge_cases.TransferViewSet, basename="api-transfer")
router.register("stock-reports", stock_reports.StockReportViewSet, basename="api-stock-report")
router.register("invoices", invoices.InvoiceViewSet, basename="api-invoice")
router.register("standby-cases", standby.StandbyCaseViewSet, basename="api-standby-case")
router.register(
    "supply-overview", supply_views.SupplyOverviewEndpoint, basename="api-supply-overview"
)
router.register("supply-demand", supply_views.SupplyDemandEndpoint, basename="api-supply-demand")
router.register(
    "supply-coverage", supply_views.SupplyCoverageEndpoint, basename="api-supply-coverage"
)
router.register("delayed-lists", delayed.DelayedListViewSet, basename="api-delayed-list")
router.register("supply-queue", shipping.SupplyQueueViewSet, basename="api-supply-queue")
router.register("delivery-notes", shipping.DeliveryNoteViewSet, basename="api-delivery-note")
router.register("receiving", receiving.ReceivingViewSet, basename="api-receiving")
router.register("return-requests", receiving.ReturnRequestViewSet, basename="api-return-request")
router.register("code-events", receiving.CodeEventViewSet, basename="api-code-event")
router.register("code-findings", receiving.CodeFindingViewSet, basename="api-code-finding")
router.register("product-marks", receiving.ProductMarkViewSet, basename="api-product-mark")
router.register("code-rates", receiving.CodeRateViewSet, basename="api-code-rate")

urlpatterns = router.urls
