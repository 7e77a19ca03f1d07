"""供: orders, what was delivered and received of them, and what was paid."""

from procurement.models.auto_acceptance import AutoAcceptance
from procurement.models.cart import Cart, CartLine, ClinicalReason, OrderTemplate
from procurement.models.clinical_review import ClinicalReview
from procurement.models.column_mapping import ColumnMapping
from procurement.models.delayed_list import DelayedList, DelayedRow
from procurement.models.delivery import Delivery
from procurement.models.delivery_note import DeliveryNote
from procurement.models.emergency_purchase import EmergencyPurchase
from procurement.models.invoice import Invoice, InvoiceItem
from procurement.models.line_delta import LineDelta
from procurement.models.line_progress import LineProgress
from procurement.models.negotiation import Negotiation, NegotiationOffer
from procurement.models.offline_purchase import OfflinePurchase
from procurement.models.order import Order
from procurement.models.order_line import OrderLine
from procurement.models.ordering_setting import OrderingSetting
from procurement.models.payment import Payment
from procurement.models.plan import PlanLine, ProcurementPlan
from procurement.models.progress_difference import ProgressDifference
from procurement.models.purchase_history import PurchaseHistory
from procurement.models.recall import Recall, RecallHolder
from procurement.models.receipt import Receipt
from procurement.models.receipt_remark import ReceiptRemark
from procurement.models.receiving_place import ReceivingPlace
from procurement.models.return_request import ReturnRequest
from procurement.models.returned import Return
from procurement.models.standby_case import StandbyCase
from procurement.models.stock_report import StockReport
from procurement.models.surge_case import SurgeCase
from procurement.models.surge_report import SurgeReport
from procurement.models.trace_code import (
    CodeEvent,
    CodeFinding,
    CodeKind,
    ProductMark,
    TraceCode,
)
from procurement.models.transfer import Transfer

__all__ = [
    "AutoAcceptance",
    "Cart",
    "CartLine",
    "ClinicalReason",
    "ClinicalReview",
    "CodeEvent",
    "CodeFinding",
    "CodeKind",
    "ColumnMapping",
    "DelayedList",
    "DelayedRow",
    "Delivery",
    "DeliveryNote",
    "EmergencyPurchase",
    "Invoice",
    "InvoiceItem",
    "LineDelta",
    "LineProgress",
    "Negotiation",
    "NegotiationOffer",
    "OfflinePurchase",
    "Order",
    "OrderLine",
    "OrderTemplate",
    "OrderingSetting",
    "Payment",
    "PlanLine",
    "ProcurementPlan",
    "ProductMark",
    "ProgressDifference",
    "PurchaseHistory",
    "Recall",
    "RecallHolder",
    "Receipt",
    "ReceiptRemark",
    "ReceivingPlace",
    "Return",
    "ReturnRequest",
    "StandbyCase",
    "StockReport",
    "SurgeCase",
    "SurgeReport",
    "TraceCode",
    "Transfer",
]
