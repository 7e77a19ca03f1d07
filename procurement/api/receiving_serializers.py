"""Receiving as the API takes and gives it; deliveries are named by order, line and delivery number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from catalog.api.quality_serializers import ProductCodeField
from core.api.numbers import PlainDecimalField
from organisations.api.parties import PARTY_FIELDS, PartySerializer
from procurement.api.serializers import GOODS_FIELDS, GoodsSerializer
from procurement.models import (
    CodeEvent,
    CodeFinding,
    Delivery,
    ProductMark,
    ReceiptRemark,
    ReturnRequest,
)
from procurement.operations.code_receipts import MOST_CODES
from procurement.operations.code_shipments import MOST_CODES as MOST_SHIPPED

PACKS: dict[str, Any] = {"max_digits": 17, "decimal_places": 4, "min_value": 0}


class WaitingSerializer(GoodsSerializer):
    receipt_due_on = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = (
            "delivery_no", "order_no", "line_no", "recorded_at", "packs", "shipped_at",
            "delivered_at", "receipt_due_on", "lot_no", "expires_on", "note_no", "invoice_no",
            *GOODS_FIELDS, *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields

    def get_receipt_due_on(self, row: Delivery) -> str | None:
        due = self.context.get("dues", {}).get(row.pk)
        return due.day.isoformat() if due else None


class DeliveryKeySerializer(serializers.Serializer[Any]):
    """Which delivery: its number is unique within the order line."""

    order_no = serializers.CharField(max_length=60)
    line_no = serializers.IntegerField(min_value=1, max_value=2_000_000_000)
    delivery_no = serializers.CharField(max_length=40)


class TakenSerializer(DeliveryKeySerializer):
    accepted_packs = PlainDecimalField(**PACKS)
    refused_packs = PlainDecimalField(**PACKS, default=Decimal(0))
    refuse_reason = serializers.ChoiceField(
        choices=ReceiptRemark.Reason.choices, allow_blank=True, required=False, default=""
    )
    words = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")
    lot_no = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)


class ReceiveSerializer(serializers.Serializer[Any]):
    deliveries = serializers.ListField(child=TakenSerializer(), min_length=1, max_length=500)


class ReceivedSerializer(serializers.Serializer[Any]):
    received = serializers.IntegerField()


class ScanCodesSerializer(DeliveryKeySerializer):
    codes = serializers.ListField(
        child=serializers.CharField(max_length=200), min_length=1, max_length=MOST_CODES
    )


class ScanSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="typed")
    ok = serializers.BooleanField()
    packs = serializers.IntegerField()
    words = serializers.CharField()


class ShippedCodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=200)
    case = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")


class ShipCodesSerializer(DeliveryKeySerializer):
    codes = serializers.ListField(
        child=ShippedCodeSerializer(), min_length=1, max_length=MOST_SHIPPED
    )


class CorrectSerializer(DeliveryKeySerializer):
    accepted_packs = PlainDecimalField(**PACKS)
    refused_packs = PlainDecimalField(**PACKS)
    words = serializers.CharField(max_length=500)
    seen = serializers.IntegerField(
        min_value=1, max_value=2_000_000_000, required=False, allow_null=True, default=None
    )
    codes = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=2000, required=False, default=list
    )
    added_codes = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=2000, required=False, default=list
    )


class ReturnRequestSerializer(PartySerializer[ReturnRequest]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = ReturnRequest
        fields: tuple[str, ...] = (
            "request_no", "kind", "state", "product", "product_name", "lot_no", "packs", "reason",
            "words", "note_no", "asked_at", "state_at", "answer_words", "turn_words",
            "new_note_no", "new_lot_no", "new_expires_on", "return_no", "version", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class AskReturnSerializer(DeliveryKeySerializer):
    kind = serializers.ChoiceField(choices=ReturnRequest.Kind.choices)
    packs = PlainDecimalField(**PACKS)
    reason = serializers.ChoiceField(choices=ReturnRequest.Reason.choices)
    words = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class RequestStepSerializer(serializers.Serializer[Any]):
    """What steps of a request need; each says what it misses."""

    version = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2_000_000_000
    )
    answer_words = serializers.CharField(max_length=500, allow_blank=True, required=False)
    turn_words = serializers.CharField(max_length=500, allow_blank=True, required=False)
    new_note_no = serializers.CharField(max_length=60, allow_blank=True, required=False)
    new_lot_no = serializers.CharField(max_length=60, allow_blank=True, required=False)
    new_expires_on = serializers.DateField(required=False, allow_null=True)
    codes = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=MOST_CODES
    )


class CodeEventSerializer(PartySerializer[CodeEvent]):
    code = serializers.CharField(source="trace_code.code", read_only=True)

    class Meta:
        model = CodeEvent
        fields: tuple[str, ...] = ("code", "kind", "at", "note_no", *PARTY_FIELDS)
        read_only_fields: Any = fields


class CodeFindingSerializer(PartySerializer[CodeFinding]):
    code = serializers.CharField(source="trace_code.code", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    other_name = serializers.CharField(source="other.name", read_only=True)

    class Meta:
        model = CodeFinding
        fields: tuple[str, ...] = (
            "code", "kind", "product", "other_name", "found_at", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class ProductMarkSerializer(serializers.ModelSerializer[ProductMark]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)

    class Meta:
        model = ProductMark
        fields = ("mark", "kind", "product", "product_name", "bound_at")
        read_only_fields = fields


class NewMarkSerializer(serializers.Serializer[Any]):
    product = ProductCodeField()
    mark = serializers.CharField(max_length=14)


class CollectionRateSerializer(serializers.Serializer[Any]):
    institution = serializers.CharField(source="code")
    institution_name = serializers.CharField(source="name")
    accepted_packs = PlainDecimalField(source="accepted", max_digits=18, decimal_places=4)
    collected = serializers.IntegerField()
    collection_rate = PlainDecimalField(
        source="rate", max_digits=18, decimal_places=6, allow_null=True
    )
