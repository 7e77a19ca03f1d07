"""Agreement lines as the API gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracts.models import AgreementLine
from organisations.api.parties import PARTY_FIELDS, PartySerializer


class AgreementLineSerializer(PartySerializer[AgreementLine]):
    """Quantity in base units of the group, price in yuan per pack, and the three signatures."""

    batch: Any = serializers.CharField(source="batch.code", read_only=True)
    product: Any = serializers.CharField(source="product.code", read_only=True)
    product_name: Any = serializers.CharField(source="product.name", read_only=True)

    class Meta:
        model = AgreementLine
        fields = (
            "agreement_no", "batch", "year_no", "product", "product_name", "agreed_qty", "price",
            "institution_signed_at", "manufacturer_signed_at", "distributor_signed_at",
            *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields = fields
