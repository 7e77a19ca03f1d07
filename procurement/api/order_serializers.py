"""Orders as the API takes them; quantities are strings, references business numbers."""

from __future__ import annotations

import re
from typing import Any

from rest_framework import serializers

from catalog.api.quality_serializers import ProductCodeField
from core.api.numbers import PlainDecimalField
from procurement.api.serializers import OrderSerializer
from procurement.operations.order_checks import OrderRefused
from procurement.rules.ordering import LONGEST_CLIENT_NO, MOST_LINES

OWN_NO = re.compile(r"(CG|JH)\d{8}")


class NewOrderLineSerializer(serializers.Serializer[Any]):
    """`batch`, `distributor` may be left out: the platform finds them. `reason` is the clinical one."""

    product = ProductCodeField()
    packs = PlainDecimalField(max_digits=18, decimal_places=4)
    batch = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    distributor = serializers.CharField(max_length=18, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class NewOrderSerializer(serializers.Serializer[Any]):
    """`institution` empty: the own; a consortium's lead names a member. `confirmed`: quantities far
    above the usual are meant."""

    client_no = serializers.CharField(max_length=LONGEST_CLIENT_NO)
    institution = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    urgent = serializers.BooleanField(required=False, default=False)
    receiving_place = serializers.CharField(max_length=200)
    confirmed = serializers.BooleanField(required=False, default=False)
    lines = serializers.ListField(
        child=NewOrderLineSerializer(), min_length=1, max_length=MOST_LINES
    )

    def validate_client_no(self, value: str) -> str:
        if OWN_NO.match(value):
            raise serializers.ValidationError(
                "CG 或 JH 加 8 位数字开头的单号留给平台的采购车和采购计划，请换一个"
            )
        return value


class PlacedSerializer(serializers.Serializer[Any]):
    """`again`: an earlier sending of the same number had made them. `notes` are hints, not errors."""

    orders = OrderSerializer(many=True, read_only=True)
    again = serializers.BooleanField(read_only=True)
    notes = serializers.ListField(child=serializers.CharField(), read_only=True)


class CancelSerializer(serializers.Serializer[Any]):
    line_nos = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, default=list,
        max_length=MOST_LINES,
    )  # fmt: skip
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


def fault_paths(refused: OrderRefused) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Faults as a serializer of the rows gives them: `#/lines/2/product` in the answer."""
    found: dict[str, dict[str, list[str]]] = {}
    for fault in refused.faults:
        found.setdefault(str(fault.index), {}).setdefault(fault.field, []).append(fault.reason)
    return {"lines": found}
