"""Queue, answers and delivery notes as the API takes and gives them; lines are named by number."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from organisations.api.parties import PARTY_FIELDS, PartySerializer
from procurement.api.receiving_serializers import ShippedCodeSerializer
from procurement.models import DeliveryNote, LineProgress, OrderLine
from procurement.operations.code_shipments import MOST_CODES
from procurement.rules.shipping import MOST_LINES


class QueueLineSerializer(PartySerializer[LineProgress]):
    order_no = serializers.CharField(source="order.order_no", read_only=True)
    urgent = serializers.BooleanField(source="order.urgent", read_only=True)
    receiving_place = serializers.CharField(source="order.receiving_place", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)

    class Meta:
        model = LineProgress
        fields: tuple[str, ...] = (
            "order_no", "line_no", "ordered_at", "urgent", "receiving_place", "product",
            "product_name", "packs", "shipped_packs", "delivered_packs", "accepted_packs",
            "refused_packs", "due_at", "void_at", "state", "state_at", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class LineNameSerializer(serializers.Serializer[Any]):
    order_no = serializers.CharField(max_length=60)
    line_no = serializers.IntegerField(min_value=1, max_value=100000)


class LinesSerializer(serializers.Serializer[Any]):
    lines = serializers.ListField(child=LineNameSerializer(), min_length=1, max_length=MOST_LINES)


class RejectLinesSerializer(LinesSerializer):
    reason = serializers.ChoiceField(choices=OrderLine.RejectReason.choices)
    note = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class CloseRestSerializer(LinesSerializer):
    reason = serializers.CharField(max_length=500)


class ActedSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField(read_only=True)


class ShipRowSerializer(LineNameSerializer):
    packs = serializers.DecimalField(max_digits=17, decimal_places=4)
    lot_no = serializers.CharField(max_length=60)
    expires_on = serializers.DateField()
    codes = serializers.ListField(
        child=ShippedCodeSerializer(), required=False, default=list, max_length=MOST_CODES
    )


class NewNoteSerializer(serializers.Serializer[Any]):
    """One 配送单 (ASN); the same client_no with the same content again gives the first one."""

    client_no = serializers.CharField(max_length=100, allow_blank=True, required=False, default="")
    own_no = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    receiving_place = serializers.CharField(
        max_length=200, allow_blank=True, required=False, default=""
    )
    invoice_no = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    carrier = serializers.CharField(max_length=100, allow_blank=True, required=False, default="")
    plate_no = serializers.CharField(max_length=20, allow_blank=True, required=False, default="")
    driver = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    planned_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    cold_chain = serializers.BooleanField(required=False, default=False)
    cold_device = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    lowest_celsius = serializers.DecimalField(
        max_digits=5, decimal_places=1, required=False, allow_null=True, default=None
    )
    highest_celsius = serializers.DecimalField(
        max_digits=5, decimal_places=1, required=False, allow_null=True, default=None
    )
    rows = serializers.ListField(child=ShipRowSerializer(), min_length=1, max_length=MOST_LINES)


class DeliveryNoteSerializer(PartySerializer[DeliveryNote]):
    class Meta:
        model = DeliveryNote
        fields: tuple[str, ...] = (
            "note_no", "own_no", "client_no", "receiving_place", "invoice_no", "carrier",
            "plate_no", "driver", "planned_at", "cold_chain", "cold_device", "lowest_celsius",
            "highest_celsius", "row_count", "packs", "shipped_at", "delivered_at", "state",
            *(name for name in PARTY_FIELDS if not name.startswith("manufacturer")),
        )  # fmt: skip
        read_only_fields: Any = fields


class NoteRowSerializer(serializers.Serializer[Any]):
    delivery_no = serializers.CharField(read_only=True)
    line: Any = serializers.CharField(source="line_label", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    packs = serializers.DecimalField(max_digits=18, decimal_places=4, read_only=True)
    lot_no = serializers.CharField(read_only=True)
    expires_on = serializers.DateField(read_only=True)
    delivered_at = serializers.DateTimeField(read_only=True)


class NoteWithRowsSerializer(DeliveryNoteSerializer):
    """The note with those of its rows that one may see."""

    rows = serializers.SerializerMethodField()

    class Meta(DeliveryNoteSerializer.Meta):
        fields: tuple[str, ...] = (*DeliveryNoteSerializer.Meta.fields, "rows")
        read_only_fields = fields

    def get_rows(self, note: DeliveryNote) -> list[dict[str, Any]]:
        return NoteRowSerializer(self.context["rows"], many=True).data  # type: ignore[return-value]
