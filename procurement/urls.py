"""Addresses of supply's pages."""

from django.urls import path

from procurement.views import (
    accounts,
    cart_acts,
    cart_upload,
    carts,
    clinical_reviews,
    codes,
    column_names,
    delayed,
    invoices,
    lots,
    negotiations,
    note_codes,
    notes,
    offline_purchases,
    order_templates,
    orders,
    plan_upload,
    plans,
    progress_differences,
    queue,
    queue_acts,
    recall_acts,
    recall_upload,
    recalls,
    receipt,
    receipt_upload,
    receiving,
    receiving_places,
    returns,
    ship,
    ship_upload,
    standby,
    stock_reports,
    surge,
    surge_cases,
    transfers,
)

NEGOTIATION = "orders/negotiations/<str:negotiation_no>/"
CART = "orders/carts/<str:cart_no>/"
ORDER = "orders/of/<path:order_no>/"
RECALL = "recalls/<str:recall_no>/"

OFFLINE = "supply/offline/<str:purchase_no>/"
SURGE = "supply/surge/<str:report_no>/"
STANDBY = "supply/standby/<str:case_no>/"
supply_cases = [
    path("supply/standby/", standby.StandbyListView.as_view(), name="standby-cases"),
    path(
        "supply/standby-export/", standby.StandbyExportView.as_view(), name="standby-cases-export"
    ),
    path("supply/standby/new/", standby.StandbyNewView.as_view(), name="standby-new"),
    path("supply/surge/", surge.SurgeListView.as_view(), name="surge-reports"),
    path("supply/surge-export/", surge.SurgeExportView.as_view(), name="surge-reports-export"),
    path("supply/surge/new/", surge.SurgeNewView.as_view(), name="surge-new"),
    path("supply/surge-cases/", surge_cases.SurgeCaseListView.as_view(), name="surge-cases"),
    path(
        "supply/surge-cases-export/",
        surge_cases.SurgeCaseExportView.as_view(),
        name="surge-cases-export",
    ),
    path("supply/surge-cases/new/", surge_cases.SurgeCaseNewView.as_view(), name="surge-case-new"),
    path(
        "supply/surge-cases/<str:case_no>/", surge_cases.SurgeCaseView.as_view(), name="surge-case"
    ),
    path(
        "supply/surge-cases/<str:case_no>/<slug:verb>/",
        surge_cases.SurgeCaseActView.as_view(),
        name="surge-case-act",
    ),
    path("supply/transfers/", transfers.TransferListView.as_view(), name="transfers"),
    path(
        "supply/transfers-export/", transfers.TransferExportView.as_view(), name="transfers-export"
    ),
    path(
        "supply/transfers/of/<str:report_no>/",
        transfers.TransferNewView.as_view(),
        name="transfer-new",
    ),
    path("supply/transfers/<str:transfer_no>/", transfers.TransferView.as_view(), name="transfer"),
    path(
        "supply/transfers/<str:transfer_no>/<slug:verb>/",
        transfers.TransferActView.as_view(),
        name="transfer-act",
    ),
    path(SURGE, surge.SurgeView.as_view(), name="surge-report"),
    path(f"{SURGE}files/<int:file_id>/", surge.SurgeFileView.as_view(), name="surge-file"),
    path(f"{SURGE}lines/", surge.SurgeLinesView.as_view(), name="surge-lines"),
    path(f"{SURGE}<slug:verb>/", surge.SurgeActView.as_view(), name="surge-act"),
    path("supply/offline/", offline_purchases.OfflineListView.as_view(), name="offline-purchases"),
    path(
        "supply/offline-export/",
        offline_purchases.OfflineExportView.as_view(),
        name="offline-purchases-export",
    ),
    path("supply/offline/new/", offline_purchases.OfflineNewView.as_view(), name="offline-new"),
    path(OFFLINE, offline_purchases.OfflineView.as_view(), name="offline-purchase"),
    path(
        f"{OFFLINE}files/<int:file_id>/",
        offline_purchases.OfflineFileView.as_view(),
        name="offline-file",
    ),
    path(f"{OFFLINE}<slug:verb>/", offline_purchases.OfflineActView.as_view(), name="offline-act"),
    path(STANDBY, standby.StandbyView.as_view(), name="standby-case"),
    path(f"{STANDBY}files/<int:file_id>/", standby.StandbyFileView.as_view(), name="standby-file"),
    path(f"{STANDBY}<slug:verb>/", standby.StandbyActView.as_view(), name="standby-act"),
]

urlpatterns = [
    path("quantity-accounts/", accounts.AccountListView.as_view(), name="quantity-accounts"),
    path(
        "quantity-accounts-export/",
        accounts.AccountExportView.as_view(),
        name="quantity-accounts-export",
    ),
    path(
        "quantity-accounts/<str:institution>/<str:product>/<int:year_no>/<path:batch>/",
        accounts.AccountView.as_view(),
        name="quantity-account",
    ),
    path("orders/cart/", carts.CartView.as_view(), name="cart"),
    path("orders/cart/save/", carts.CartSaveView.as_view(), name="cart-save"),
    path("orders/cart/fill/", carts.CartFillView.as_view(), name="cart-fill"),
    path("orders/cart/upload/", cart_upload.CartUploadView.as_view(), name="cart-upload"),
    path(CART, carts.CartView.as_view(), name="cart-of"),
    path(f"{CART}<slug:verb>/", cart_acts.CartActView.as_view(), name="cart-act"),
    path("orders/places/", receiving_places.PlacesView.as_view(), name="receiving-places"),
    path(
        "orders/places/<str:place_id>/",
        receiving_places.PlacesView.as_view(),
        name="receiving-place",
    ),
    path("orders/templates/", order_templates.TemplatesView.as_view(), name="order-templates"),
    path("orders/approval/", receiving_places.ApprovalView.as_view(), name="ordering-setting"),
    path("orders/plans/", plans.PlanListView.as_view(), name="plans"),
    path("orders/plans-export/", plans.PlanExportView.as_view(), name="plans-export"),
    path("orders/plans/new/", plans.PlanNewView.as_view(), name="plan-new"),
    path("orders/plans/upload/", plan_upload.PlanUploadView.as_view(), name="plan-upload"),
    path("orders/plans/<str:plan_no>/", plans.PlanView.as_view(), name="plan"),
    path("orders/plans/<str:plan_no>/<slug:verb>/", plans.PlanActView.as_view(), name="plan-act"),
    path("orders/negotiations/", negotiations.NegotiationListView.as_view(), name="negotiations"),
    path(
        "orders/negotiations-export/",
        negotiations.NegotiationExportView.as_view(),
        name="negotiations-export",
    ),
    path(
        "orders/negotiations/new/",
        negotiations.NegotiationNewView.as_view(),
        name="negotiation-new",
    ),
    path(NEGOTIATION, negotiations.NegotiationView.as_view(), name="negotiation"),
    path(
        f"{NEGOTIATION}offer/",
        negotiations.NegotiationOfferView.as_view(),
        name="negotiation-offer",
    ),
    path(
        f"{NEGOTIATION}<slug:verb>/",
        negotiations.NegotiationActView.as_view(),
        name="negotiation-act",
    ),
    path(
        "orders/clinical-reasons/",
        clinical_reviews.ClinicalReasonListView.as_view(),
        name="clinical-reasons",
    ),
    path(
        "orders/clinical-reasons-export/",
        clinical_reviews.ClinicalReasonExportView.as_view(),
        name="clinical-reasons-export",
    ),
    path(
        "orders/clinical-reasons/<str:reason_id>/",
        clinical_reviews.ClinicalReasonView.as_view(),
        name="clinical-reason",
    ),
    path("supply/columns/", column_names.ColumnNamesView.as_view(), name="column-names"),
    path("orders/", orders.OrderListView.as_view(), name="orders"),
    path("orders-export/", orders.OrderExportView.as_view(), name="orders-export"),
    path(f"{ORDER}paper/", orders.OrderPaperView.as_view(), name="order-paper"),
    path(f"{ORDER}cancel/", orders.OrderCancelView.as_view(), name="order-cancel"),
    path(ORDER, orders.OrderView.as_view(), name="order"),
    path("recalls/", recalls.RecallListView.as_view(), name="recalls"),
    path("recalls-export/", recalls.RecallExportView.as_view(), name="recalls-export"),
    path("recalls/lots/", lots.LotHoldersView.as_view(), name="lot-holders"),
    path("recalls/lots-export/", lots.LotHoldersExportView.as_view(), name="lot-holders-export"),
    path(
        "recalls/report-upload/",
        recall_upload.HoldingsUploadView.as_view(),
        name="recall-report-upload",
    ),
    path("recalls/new/", recalls.RecallNewView.as_view(), name="recall-new"),
    path(RECALL, recalls.RecallView.as_view(), name="recall"),
    path(f"{RECALL}letter/", recalls.RecallLetterView.as_view(), name="recall-letter"),
    path(f"{RECALL}holders/", recalls.RecallHolderListView.as_view(), name="recall-holders"),
    path(
        f"{RECALL}holders-export/",
        recalls.RecallHolderExportView.as_view(),
        name="recall-holders-export",
    ),
    path(f"{RECALL}report/", recall_acts.RecallReportView.as_view(), name="recall-report"),
    path(f"{RECALL}find/", recall_acts.RecallFindAgainView.as_view(), name="recall-find"),
    path(f"{RECALL}again/", recall_acts.RecallAskAgainView.as_view(), name="recall-again"),
    path(f"{RECALL}end/<slug:verb>/", recall_acts.RecallEndView.as_view(), name="recall-end"),
    *supply_cases,
    path("supply/queue/", queue.QueueView.as_view(), name="supply-queue"),
    path("supply/queue-export/", queue.QueueExportView.as_view(), name="supply-queue-export"),
    path(
        "supply/queue/choose/<slug:act>/",
        queue.QueueChooseView.as_view(),
        name="supply-queue-choose",
    ),
    path("supply/queue/ship/", ship.ShipView.as_view(), name="supply-queue-ship"),
    path(
        "supply/queue/act/<slug:act>/", queue_acts.QueueActView.as_view(), name="supply-queue-act"
    ),
    path("supply/queue/picking/", notes.PickingListView.as_view(), name="picking-list"),
    path("supply/queue/upload/", ship_upload.ShipUploadView.as_view(), name="shipment-upload"),
    path("supply/delayed/", delayed.DelayedListsView.as_view(), name="delayed-lists"),
    path(
        "supply/delayed-export/",
        delayed.DelayedListsExportView.as_view(),
        name="delayed-lists-export",
    ),
    path("supply/delayed/<str:list_no>/", delayed.DelayedListView.as_view(), name="delayed-list"),
    path(
        "supply/delayed/<str:list_no>/rows/",
        delayed.DelayedRowsView.as_view(),
        name="delayed-list-rows",
    ),
    path(
        "supply/delayed/<str:list_no>/act/<slug:verb>/",
        delayed.DelayedActView.as_view(),
        name="delayed-list-act",
    ),
    path("supply/notes/", notes.NoteListView.as_view(), name="delivery-notes"),
    path("supply/notes-export/", notes.NoteExportView.as_view(), name="delivery-notes-export"),
    path("supply/notes/<str:note_no>/", notes.NoteView.as_view(), name="delivery-note"),
    path(
        "supply/notes/<str:note_no>/deliver/",
        notes.NoteDeliverView.as_view(),
        name="delivery-note-deliver",
    ),
    path(
        "supply/notes/<str:note_no>/codes/",
        note_codes.NoteCodesUploadView.as_view(),
        name="delivery-note-codes",
    ),
    path(
        "supply/notes/<str:note_no>/paper/<slug:kind>/",
        notes.NotePaperView.as_view(),
        name="delivery-note-paper",
    ),
    path("supply/stock/", stock_reports.StockListView.as_view(), name="stock-reports"),
    path(
        "supply/stock-export/", stock_reports.StockExportView.as_view(), name="stock-reports-export"
    ),
    path("supply/stock/missing/", stock_reports.StockMissingView.as_view(), name="stock-missing"),
    path(
        "supply/stock/missing-export/",
        stock_reports.StockMissingExportView.as_view(),
        name="stock-missing-export",
    ),
    path("supply/stock/new/", stock_reports.StockNewView.as_view(), name="stock-new"),
    path("supply/stock/upload/", stock_reports.StockUploadView.as_view(), name="stock-upload"),
    path("supply/stock/<int:pk>/", stock_reports.StockView.as_view(), name="stock-report"),
    path("invoices/", invoices.InvoiceListView.as_view(), name="invoices"),
    path("invoices-export/", invoices.InvoiceExportView.as_view(), name="invoices-export"),
    path("invoices/new/", invoices.InvoiceNewView.as_view(), name="invoice-new"),
    path("invoices/upload/", invoices.InvoiceUploadView.as_view(), name="invoice-upload"),
    path("invoices/<str:invoice_no>/", invoices.InvoiceView.as_view(), name="invoice"),
    path("invoices/<str:invoice_no>/red/", invoices.InvoiceRedView.as_view(), name="invoice-red"),
    path(
        "system/progress/",
        progress_differences.DifferenceListView.as_view(),
        name="progress-differences",
    ),
    path(
        "system/progress-export/",
        progress_differences.DifferenceExportView.as_view(),
        name="progress-differences-export",
    ),
    path(
        "system/progress/<int:pk>/",
        progress_differences.DifferenceView.as_view(),
        name="progress-difference",
    ),
    path(
        "system/progress/<int:pk>/heal/",
        progress_differences.DifferenceHealView.as_view(),
        name="progress-difference-heal",
    ),
    path("receipts/", receiving.WaitingListView.as_view(), name="receipts"),
    path("receipts-export/", receiving.WaitingExportView.as_view(), name="receipts-export"),
    path("receipts/records/", receiving.ReceiptListView.as_view(), name="receipt-records"),
    path(
        "receipts/records-export/",
        receiving.ReceiptExportView.as_view(),
        name="receipt-records-export",
    ),
    path("receipts/upload/", receipt_upload.ReceiptUploadView.as_view(), name="receipt-upload"),
    path("receipts/find/", receiving.ReceiptFindView.as_view(), name="receipt-find"),
    path("receipts/<int:key>/", receipt.ReceiptView.as_view(), name="receipt"),
    path("receipts/<int:key>/take/", receiving.ReceiveView.as_view(), name="receive"),
    path("receipts/<int:key>/scan/", receiving.ReceiveScanView.as_view(), name="receive-scan"),
    path(
        "receipts/<int:key>/untick/", receiving.ReceiveUntickView.as_view(), name="receive-untick"
    ),
    path(
        "receipts/<int:key>/correct/", receipt.ReceiptCorrectView.as_view(), name="receipt-correct"
    ),
    path("receipts/<int:key>/return/", receipt.ReturnNewView.as_view(), name="return-new"),
    path("receipts/<int:key>/codes/", receipt.ReceiptCodesView.as_view(), name="receipt-codes"),
    path("returns/", returns.ReturnListView.as_view(), name="returns"),
    path("returns-export/", returns.ReturnExportView.as_view(), name="returns-export"),
    path("returns/<str:request_no>/", returns.ReturnView.as_view(), name="return"),
    path(
        "returns/<str:request_no>/<slug:verb>/", returns.ReturnActView.as_view(), name="return-act"
    ),
    path("codes/", codes.CodeView.as_view(), name="codes"),
    path("codes/findings/", codes.CodeFindingListView.as_view(), name="code-findings"),
    path(
        "codes/findings-export/",
        codes.CodeFindingExportView.as_view(),
        name="code-findings-export",
    ),
    path("codes/marks/", codes.ProductMarkListView.as_view(), name="product-marks"),
    path("codes/marks-export/", codes.ProductMarkExportView.as_view(), name="product-marks-export"),
    path("codes/marks/new/", codes.ProductMarkNewView.as_view(), name="product-mark-new"),
    path("codes/rates/", codes.CodeRateView.as_view(), name="code-rates"),
    path("codes/rates-export/", codes.CodeRateExportView.as_view(), name="code-rates-export"),
]
