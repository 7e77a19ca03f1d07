"""Whose rows the stages read: all of them, or those that a single figure is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scope:
    """Restrictions pushed down to the tables; None means no restriction of that kind."""

    institutions: tuple[int, ...] | None = None
    batch_id: int | None = None
    buckets: tuple[int, ...] | None = None
    manufacturer_id: int | None = None
    distributor_id: int | None = None
    product_id: int | None = None

    @property
    def is_whole(self) -> bool:
        return self == WHOLE

    def condition(self, kind: str, argument: str) -> str:
        """The SQL condition of one place in a file. Raises KeyError for an unknown kind."""
        return {
            "institution": self._institution,
            "batch": self._batch,
            "bucket": self._bucket,
            "rows": self._rows,
            "orders": self._orders,
            "due_line": self._due_line,
        }[kind](argument)

    def parameters(self) -> dict[str, Any]:
        return {
            "scope_institutions": list(self.institutions or ()),
            "scope_batch": self.batch_id,
            "scope_buckets": list(self.buckets or ()),
            "scope_manufacturer": self.manufacturer_id,
            "scope_distributor": self.distributor_id,
            "scope_product": self.product_id,
        }

    def _institution(self, expression: str) -> str:
        if self.institutions is None:
            return "TRUE"
        return f"{expression} = ANY (%(scope_institutions)s::bigint[])"

    def _batch(self, expression: str) -> str:
        return "TRUE" if self.batch_id is None else f"{expression} = %(scope_batch)s"

    def _bucket(self, expression: str) -> str:
        if self.buckets is None:
            return "TRUE"
        return f"{expression} = ANY (%(scope_buckets)s::bigint[])"

    def _rows(self, alias: str) -> str:
        conditions = []
        if self.institutions is not None:
            conditions.append(self._institution(f"{alias}.institution_id"))
        for name in ("manufacturer", "distributor", "product"):
            if getattr(self, f"{name}_id") is not None:
                conditions.append(f"{alias}.{name}_id = %(scope_{name})s")
        return " AND ".join(conditions) or "TRUE"

    def _orders(self, alias: str) -> str:
        """Orders carry no manufacturer or product, so theirs are found through the lines."""
        if self.is_whole:
            return "TRUE"
        if self.institutions is not None:
            return self._institution(f"{alias}.institution_id")
        return (
            f"{alias}.id = ANY (ARRAY(SELECT scoped.order_id FROM procurement_orderline scoped"
            f" WHERE {self._rows('scoped')} AND scoped.ordered_at >= %(supply_from)s"
            " AND scoped.ordered_at < %(cut)s))"
        )

    def _due_line(self, expression: str) -> str:
        """Of lines with receipts that fall due; few are looked up by index, all are hashed."""
        lines = "SELECT line_id FROM ind_due_receipt"
        return (
            f"{expression} IN ({lines})"
            if self.is_whole
            else f"{expression} = ANY (ARRAY({lines}))"
        )


WHOLE = Scope()
