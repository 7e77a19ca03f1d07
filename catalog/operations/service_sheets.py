"""Whole sheets about services: every row by its own operation, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from catalog.operations.service_eligibility import enter_eligibility
from catalog.operations.services import save_service_item, set_service_price, tie_consumable
from core.audit.record import Actor, record
from core.operations import operation
from organisations.queries.scope import Scope

SHEETS: Mapping[str, Callable[..., object]] = {
    "service_items": save_service_item,
    "service_prices": set_service_price,
    "service_consumables": tie_consumable,
    "service_eligibility": enter_eligibility,
}


@operation
def take_service_sheet(
    *, kind: str, rows: Sequence[Mapping[str, Any]], by: Actor, scope: Scope, at: datetime
) -> int:
    """Write the rows as the kind's own operation would one by one; how many. Raises as it does."""
    for row in rows:
        SHEETS[kind](**row, by=by, scope=scope, at=at)
    record(
        by=by, at=at, action="service_sheet.take", object_type="service_sheet", object_key=kind,
        detail={"rows": len(rows)},
    )  # fmt: skip
    return len(rows)
