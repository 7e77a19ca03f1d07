"""Who has not signed, by place: what a bureau of each level follows up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from catalog.models import Batch
from contracts.queries.agreements import PARTIES, late_on, unsigned_by, visible_agreements
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class PlaceProgress:
    """One city or county, or all together: versions that count, in force, waiting, by whom."""

    code: str
    place: str
    agreements: int
    in_force: int
    refused: int
    late: int
    waiting: tuple[tuple[str, str, int], ...]


def signing_by_place(scope: Scope, batch: Batch, year_no: int) -> list[PlaceProgress]:
    """By city for a province, by county below; the last row is all together. Two queries."""
    level = "city" if scope.region_level == "province" else "county"
    rows: Any = (
        visible_agreements(scope).filter(batch=batch, year_no=year_no).exclude(state="superseded")
    )
    sums = _sums(scope)
    places = (
        rows.order_by(f"{level}__code").values(f"{level}__code", f"{level}__name").annotate(**sums)
    )
    found = [
        _progress(row[f"{level}__code"] or "", row[f"{level}__name"] or "市直、省直", row)
        for row in places
    ]
    return [*found, _progress("", "合计", rows.aggregate(**sums))] if found else []


def signing_years(scope: Scope, batch: Batch) -> list[int]:
    """The agreement years of the batch that have agreements which the reader sees."""
    rows = visible_agreements(scope).filter(batch=batch).order_by("year_no")
    return list(rows.values_list("year_no", flat=True).distinct())


def _sums(scope: Scope) -> dict[str, Any]:
    return {
        "agreements": Count("pk"),
        "in_force": Count("pk", filter=Q(state__in=("in_force", "expired"))),
        "refused": Count("pk", filter=Q(state="refused")),
        "late": Count("pk", filter=late_on(scope.on)),
        **{f"waits_{party}": Count("pk", filter=unsigned_by(party)) for party, _ in PARTIES},
    }


def _progress(code: str, place: str, row: dict[str, Any]) -> PlaceProgress:
    return PlaceProgress(
        code, place, row["agreements"], row["in_force"], row["refused"], row["late"],
        tuple((party, label, row[f"waits_{party}"]) for party, label in PARTIES),
    )  # fmt: skip
