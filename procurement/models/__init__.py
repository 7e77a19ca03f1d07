"""供: orders, what was delivered and received of them, and what was paid."""

from procurement.models.delivery import Delivery
from procurement.models.line_delta import LineDelta
from procurement.models.line_progress import LineProgress
from procurement.models.order import Order
from procurement.models.order_line import OrderLine
from procurement.models.payment import Payment
from procurement.models.purchase_history import PurchaseHistory
from procurement.models.recall import Recall, RecallHolder
from procurement.models.receipt import Receipt
from procurement.models.receipt_remark import ReceiptRemark
from procurement.models.return_request import ReturnRequest
from procurement.models.returned import Return
from procurement.models.trace_code import (
    CodeEvent,
    CodeFinding,
    CodeKind,
    ProductMark,
    TraceCode,
)

__all__ = [
    "CodeEvent",
    "CodeFinding",
    "CodeKind",
    "Delivery",
    "LineDelta",
    "LineProgress",
    "Order",
    "OrderLine",
    "Payment",
    "ProductMark",
    "PurchaseHistory",
    "Recall",
    "RecallHolder",
    "Receipt",
    "ReceiptRemark",
    "Return",
    "ReturnRequest",
    "TraceCode",
]
