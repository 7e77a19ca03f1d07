"""Recalls and holdings as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.api.quality_serializers import ProductCodeField
from organisations.api.parties import PARTY_FIELDS, PartySerializer
from procurement.models import Recall, RecallHolder
from procurement.rules.recall import MOST_LOTS
from procurement.states.recall import LESS, MORE


class RecallSerializer(serializers.ModelSerializer[Recall]):
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    opened_by_name = serializers.CharField(source="opened_by.name", read_only=True)
    area = serializers.CharField(source="area.code", default=None, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = Recall
        fields = (
            "recall_no", "product", "product_name", "lots", "level", "reason", "instruction",
            "opened_by_name", "area", "opened_at", "due_at", "due_provisional", "state",
            "state_at", "closing_note", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewRecallSerializer(serializers.Serializer[Any]):
    product = ProductCodeField()
    lots = serializers.ListField(
        child=serializers.CharField(max_length=60), min_length=1, max_length=MOST_LOTS
    )
    level = serializers.ChoiceField(choices=Recall.Level.choices)
    reason = serializers.CharField(max_length=2000)
    instruction = serializers.CharField(max_length=2000)


class HoldingSerializer(serializers.Serializer[Any]):
    """One lot by one distributor; `sent_by` empty where the delivery named none."""

    lot_no = serializers.CharField(max_length=60)
    sent_by = serializers.CharField(max_length=18, allow_blank=True, required=False, default="")
    kept_packs = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=0)
    sent_back_packs = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=0)
    used_packs = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=0)
    difference = serializers.ChoiceField(
        choices=[(each.value, each.label) for each in sorted(MORE | LESS)],
        allow_blank=True, required=False, default="",
    )  # fmt: skip
    note = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class HoldingsSerializer(serializers.Serializer[Any]):
    holdings = serializers.ListField(child=HoldingSerializer(), min_length=1, max_length=200)


class AskAgainSerializer(serializers.Serializer[Any]):
    holder_code = serializers.CharField(max_length=18)
    lot_no = serializers.CharField(max_length=60)
    opener_note = serializers.CharField(max_length=500)


class EndSerializer(serializers.Serializer[Any]):
    closing_note = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class RecallHolderSerializer(PartySerializer[RecallHolder]):
    recall_no = serializers.CharField(source="recall.recall_no", read_only=True)

    class Meta:
        model = RecallHolder
        fields: tuple[str, ...] = (
            "recall_no", "lot_no", "received_packs", "returned_packs", "unclear_packs",
            "unreceived_packs", "state", "kept_packs", "sent_back_packs", "used_packs",
            "difference_kind", "holder_note", "opener_note", "reported_at", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields: Any = fields


class LotQuerySerializer(serializers.Serializer[Any]):
    product = ProductCodeField()
    lots = serializers.CharField(max_length=500)


class LotHoldingSerializer(serializers.Serializer[Any]):
    institution = serializers.CharField(source="institution_code", read_only=True)
    institution_name = serializers.CharField(source="institution", read_only=True)
    city_name = serializers.CharField(source="city", read_only=True)
    county_name = serializers.CharField(source="county", read_only=True)
    lot_no = serializers.CharField(read_only=True)
    distributor_name = serializers.CharField(source="distributor", read_only=True)
    received_packs = serializers.DecimalField(
        source="received", max_digits=18, decimal_places=4, read_only=True
    )
    returned_packs = serializers.DecimalField(
        source="returned", max_digits=18, decimal_places=4, read_only=True
    )
    held_packs = serializers.DecimalField(
        source="held", max_digits=18, decimal_places=4, read_only=True
    )
    unclear_packs = serializers.DecimalField(
        source="unclear", max_digits=18, decimal_places=4, read_only=True
    )
    unreceived_packs = serializers.DecimalField(
        source="unreceived", max_digits=18, decimal_places=4, read_only=True
    )
