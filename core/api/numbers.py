"""Numbers in a body, read as the pages read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.encoding import smart_str
from rest_framework import serializers

from core.numbers.plain import PLAIN


class PlainDecimalField(serializers.DecimalField):
    """Plain digits alone: Decimal would also read full-width ones, 1_000 and 1e3, which nobody meant."""

    default_error_messages = {"invalid": "请填写数字，用半角，不带千分位，如 12000 或 1.5"}

    def to_internal_value(self, data: Any) -> Decimal:
        if not PLAIN.fullmatch(smart_str(data).strip()):
            self.fail("invalid")
        found: Decimal = super().to_internal_value(data)
        return found
