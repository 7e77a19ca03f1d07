"""Supply as the API gives it; references are business numbers, quantities and money are strings."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from organisations.api.parties import PARTY_FIELDS, PartySerializer
from procurement.models import Delivery, Order, OrderLine, Payment, PurchaseHistory, Receipt, Return

GOODS_FIELDS = ("product", "product_name", "group", "batch", "unit_price")


class OrderSerializer(PartySerializer[Order]):
    """An order's head. It names no manufacturer; the lines do."""

    class Meta:
        model = Order
        fields: tuple[str, ...] = (
            "order_no", "client_no", "sent_at", "urgent", "receiving_place", "institution",
            "institution_name", "distributor", "distributor_name", "county",
        )  # fmt: skip
        read_only_fields: Any = fields


class GoodsSerializer(PartySerializer[Any]):
    """What was bought, at which price per pack, under which batch."""

    product: Any = serializers.CharField(source="product.code", read_only=True)
    product_name: Any = serializers.CharField(source="product.name", read_only=True)
    group: Any = serializers.CharField(source="group.code", default=None, read_only=True)
    batch: Any = serializers.CharField(source="batch.code", default=None, read_only=True)
    order_no: Any = serializers.CharField(read_only=True)
    line_no: Any = serializers.IntegerField(read_only=True)


class OrderLineSerializer(GoodsSerializer):
    order_no: Any = serializers.CharField(source="order.order_no", read_only=True)

    class Meta:
        model = OrderLine
        fields: tuple[str, ...] = (
            "order_no", "line_no", "ordered_at", *GOODS_FIELDS, "packs", "response",
            "responded_at", "reject_reason", "cancelled_at", "response_due_at",
            "delivery_due_at", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class OrderWithLinesSerializer(OrderSerializer):
    """The head with those of its lines that one may see."""

    lines = serializers.SerializerMethodField()

    class Meta(OrderSerializer.Meta):
        fields: tuple[str, ...] = (*OrderSerializer.Meta.fields, "lines")
        read_only_fields = fields

    def get_lines(self, order: Order) -> list[dict[str, Any]]:
        return OrderLineSerializer(self.context["lines"], many=True).data  # type: ignore[return-value]


class DeliverySerializer(GoodsSerializer):
    class Meta:
        model = Delivery
        fields: tuple[str, ...] = (
            "delivery_no", "order_no", "line_no", "recorded_at", "packs", "shipped_at",
            "delivered_at", "lot_no", "expires_on", "note_no", "invoice_no", *GOODS_FIELDS,
            *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class ReceiptSerializer(GoodsSerializer):
    delivery_no: Any = serializers.CharField(read_only=True)

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = (
            "delivery_no", "receipt_no", "order_no", "line_no", "received_at", "accepted_packs",
            "refused_packs", *GOODS_FIELDS, *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class ReturnedSerializer(GoodsSerializer):
    class Meta:
        model = Return
        fields: tuple[str, ...] = (
            "return_no", "order_no", "line_no", "returned_at", "packs", *GOODS_FIELDS,
            *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class PaymentSerializer(PartySerializer[Payment]):
    order_no: Any = serializers.CharField(source="order.order_no", default=None, read_only=True)
    batch: Any = serializers.CharField(source="batch.code", default=None, read_only=True)
    enterprise: Any = serializers.CharField(source="enterprise.code", read_only=True)
    enterprise_name: Any = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = Payment
        fields: tuple[str, ...] = (
            "payment_no", "paid_on", "amount", "payer", "enterprise", "enterprise_name", "batch",
            "order_no", "line_no", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class PurchaseHistorySerializer(PartySerializer[PurchaseHistory]):
    product: Any = serializers.CharField(source="product.code", read_only=True)
    product_name: Any = serializers.CharField(source="product.name", read_only=True)
    month = serializers.DateField(format="%Y-%m", read_only=True)

    class Meta:
        model = PurchaseHistory
        fields: tuple[str, ...] = (
            "month", "product", "product_name", "packs", "amount", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields
