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
from procurement.models.returned import Return

__all__ = [
    "Delivery",
    "LineDelta",
    "LineProgress",
    "Order",
    "OrderLine",
    "Payment",
    "PurchaseHistory",
    "Recall",
    "RecallHolder",
    "Receipt",
    "Return",
]
