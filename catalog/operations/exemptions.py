"""考核豁免: verified cases, written by the operation that verified them, each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from catalog.models import Batch, Exemption, Product
from core.audit.record import Actor, record
from core.operations import operation


@dataclass(frozen=True)
class NewExemption:
    """One row; what is None means all, `to_on` None: until it is ended."""

    exemption_no: str
    kind: str
    reason: str
    from_on: date
    to_on: date | None = None
    batch: Batch | None = None
    product: Product | None = None
    institution_id: int | None = None


@operation
def grant_exemptions(
    *, rows: Sequence[NewExemption], case: str, clause: str, by: Actor, at: datetime
) -> list[Exemption]:
    """Write them in one statement. The caller has verified `case`, whose number the rows name."""
    made = Exemption.objects.bulk_create(
        [
            Exemption(
                exemption_no=row.exemption_no, kind=row.kind, reason=row.reason,
                from_on=row.from_on, to_on=row.to_on, batch=row.batch, product=row.product,
                institution_id=row.institution_id,
            )
            for row in rows
        ],
        batch_size=1000,
    )  # fmt: skip
    if made:
        record(
            by=by, at=at, action="exemption.grant", object_type="exemption", object_key=case,
            object_label=case, clause=clause, reason=rows[0].reason,
            detail={"kind": rows[0].kind, "rows": len(made), "from_on": f"{rows[0].from_on}",
                    "to_on": f"{rows[0].to_on or ''}", "first": rows[0].exemption_no},
        )  # fmt: skip
    return made


@operation
def end_exemptions(
    *, prefix: str, to_on: date, case: str, clause: str, by: Actor, at: datetime
) -> int:
    """Those whose number is `prefix` or begins with it and a hyphen last until `to_on`, that day
    included. Gives how many there are."""
    open_rows = Exemption.objects.filter(exemption_no__regex=rf"^{prefix}(-|$)", to_on__isnull=True)
    ended = open_rows.update(to_on=to_on)
    if ended:
        record(
            by=by, at=at, action="exemption.end", object_type="exemption", object_key=case,
            object_label=case, clause=clause, detail={"rows": ended, "to_on": f"{to_on}"},
        )  # fmt: skip
    return ended
