"""Model fields of the platform's number kinds, so that precision is said once."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Func, Q


class QuantityField(models.DecimalField):
    """Packs, base quantities and unit prices: numeric(18,4)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class HeldField(models.DecimalField):
    """Held numerators and denominators of indicators: numeric(28,8)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 28)
        kwargs.setdefault("decimal_places", 8)
        super().__init__(*args, **kwargs)


class ExactField(models.DecimalField):
    """Exact steps of a money formula: numeric without a scale, read back to its last digit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 80)
        kwargs.setdefault("decimal_places", 40)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "numeric"


def whole(name: str) -> Q:
    """Condition of a constraint: the column holds a whole number; null holds."""
    return Q(**{name: Func(F(name), function="trunc")})
