"""Filters that lists and the API share; one file per noun."""

from procurement.filters.supply import (
    AccountFilter,
    DeliveryFilter,
    GoodsFilter,
    OrderFilter,
    OrderLineFilter,
    PartyFilter,
    PaymentFilter,
    PurchaseHistoryFilter,
    RecallFilter,
    RecallHolderFilter,
    ReceiptFilter,
    ReturnFilter,
)

__all__ = [
    "AccountFilter",
    "DeliveryFilter",
    "GoodsFilter",
    "OrderFilter",
    "OrderLineFilter",
    "PartyFilter",
    "PaymentFilter",
    "PurchaseHistoryFilter",
    "RecallFilter",
    "RecallHolderFilter",
    "ReceiptFilter",
    "ReturnFilter",
]
