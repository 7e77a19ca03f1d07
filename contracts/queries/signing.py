"""How far the signing of a batch's agreements has come, as far as the reader sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from catalog.models import Batch
from contracts.queries.visible import visible_agreement_lines
from organisations.queries.scope import Scope

PARTIES = (
    ("institution", "医疗机构"),
    ("manufacturer", "生产企业"),
    ("distributor", "配送企业"),
)


@dataclass(frozen=True)
class SigningYear:
    """Lines of one agreement year: how many, how many all three have signed, by whom the rest wait."""

    year_no: int
    lines: int
    institutions: int
    signed: int
    waiting: list[tuple[str, int]]


def signing_progress(scope: Scope, batch: Batch) -> list[SigningYear]:
    """One row per agreement year that has lines which the reader may see."""
    unsigned = {
        party: Count(
            "pk",
            # Of an agreement that waits, the head knows who has signed already.
            filter=Q(
                **{
                    f"{party}_signed_at__isnull": True,
                    f"agreement__{party}_signed_at__isnull": True,
                }
            ),
        )
        for party, _ in PARTIES
    }
    whole = Q(**{f"{party}_signed_at__isnull": False for party, _ in PARTIES})
    rows: Any = (
        visible_agreement_lines(scope)
        .filter(batch=batch, ended_at__isnull=True)
        .order_by("year_no")
        .values("year_no")
        .annotate(
            lines=Count("pk"),
            units=Count("institution", distinct=True),
            signed=Count("pk", filter=whole),
            **{f"unsigned_{party}": count for party, count in unsigned.items()},
        )
    )
    return [
        SigningYear(
            year_no=row["year_no"],
            lines=row["lines"],
            institutions=row["units"],
            signed=row["signed"],
            waiting=[
                (label, row[f"unsigned_{party}"])
                for party, label in PARTIES
                if row[f"unsigned_{party}"]
            ],
        )
        for row in rows
    ]
