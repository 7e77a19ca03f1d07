"""What one row of a submission asks for, before anything was looked up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalog.models import Product


@dataclass(frozen=True)
class OrderRow:
    """Packs of one product. `batch` and `distributor` are codes, empty: the platform finds them.

    `reason` is the clinical one, asked for where a selected product of the group exists.
    """

    product: Product
    packs: Decimal
    batch: str = ""
    distributor: str = ""
    reason: str = ""
