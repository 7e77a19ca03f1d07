"""Complaints as the API gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from complaints.models import Complaint
from organisations.api.parties import PARTY_FIELDS, PartySerializer


class ComplaintSerializer(PartySerializer[Complaint]):
    product: Any = serializers.CharField(source="product.code", default=None, read_only=True)

    class Meta:
        model = Complaint
        fields = (
            "complaint_no", "filed_by", "category", "product", "filed_at", "replied_at",
            "promised_on", "resolved_at", *PARTY_FIELDS,
        )  # fmt: skip
        read_only_fields = fields
