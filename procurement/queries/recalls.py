"""Recalls are open to the trade; what is held of them is seen by whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from catalog.models import Product
from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business, party_rows, within
from procurement.models import Recall, RecallHolder
from procurement.rules.recall import CLAUSE, HOLDER_ROLES, OFFICERS, opens_recall
from procurement.states.recall import HOLDER, OPENER


def visible_recalls(scope: Scope) -> QuerySet[Recall]:
    """Everyone of the trade: whoever has the lot on a shelf has to learn of it."""
    return for_business(scope, Recall.objects.all())


def visible_recall_holders(scope: Scope) -> QuerySet[RecallHolder]:
    """An institution its own, a manufacturer its product's, a distributor what it delivered."""
    return within(scope, RecallHolder.objects.all(), party_rows(scope))


def may_open(scope: Scope, product: Product | None = None) -> Verdict:
    """Of this product; without one, whether there is any that it might be."""
    own = product is None or product.manufacturer_id == scope.organisation_id
    return opens_recall(
        is_maker=scope.is_manufacturer and own,
        is_office=scope.kind == "regulator" or scope.is_province_bureau,
        has_role=scope.has_role(*OFFICERS),
    )


def recall_standings(scope: Scope, recall: Recall) -> frozenset[str]:
    mine = recall.opened_by_id == scope.organisation_id and scope.has_role(*OFFICERS)
    return frozenset({OPENER}) if mine else frozenset()


def holder_standings(scope: Scope, holder: RecallHolder, recall: Recall) -> frozenset[str]:
    own = holder.institution_id == scope.organisation_id and scope.has_role(*HOLDER_ROLES)
    return recall_standings(scope, recall) | (frozenset({HOLDER}) if own else frozenset())


def own_holders(scope: Scope, recall: Recall) -> QuerySet[RecallHolder]:
    """The rows that the reader's own institution reports on."""
    return (
        visible_recall_holders(scope)
        .filter(recall=recall, institution=scope.organisation_id)
        .select_related("distributor")
        .order_by("lot_no", "pk")
    )


def differing(rows: QuerySet[RecallHolder], way: str = "any") -> QuerySet[RecallHolder]:
    """Reports that are not what is held: `more`, `less` or any; each with its `gap` in packs."""
    gap = F("kept_packs") + F("sent_back_packs") + F("used_packs")
    found = rows.annotate(gap=gap - F("received_packs") + F("returned_packs"))
    asked = {"more": {"gap__gt": 0}, "less": {"gap__lt": 0}}
    found = found.filter(**asked[way]) if way in asked else found.exclude(gap=0)
    return found.filter(state=RecallHolder.State.REPORTED)


def differing_holders(scope: Scope, recall: Recall, limit: int = 20) -> list[RecallHolder]:
    """Of one recall, as far as the reader sees holders."""
    rows = differing(visible_recall_holders(scope).filter(recall=recall))
    found = rows.select_related("institution").order_by("institution__code", "lot_no", "pk")
    return list(found[:limit])


def may_report(scope: Scope) -> Verdict:
    """Holders are institutions; of their people those who handle goods."""
    if scope.kind == "institution" and scope.has_role(*HOLDER_ROLES):
        return ALLOWED
    return Verdict(False, "召回的处置数量由医疗机构的经办、审核、负责人或库管报告", CLAUSE)


def own_waiting(scope: Scope) -> list[RecallHolder]:
    """What the reader's own institution still has to report, of all recalls that are open."""
    rows = visible_recall_holders(scope).filter(
        institution=scope.organisation_id, state=RecallHolder.State.WAITING,
        recall__state=Recall.State.OPEN,
    )  # fmt: skip
    return list(
        rows.select_related("recall__product", "distributor").order_by("recall_id", "lot_no", "pk")
    )


@dataclass(frozen=True)
class Progress:
    """One place's, or all together: institutions, those that reported, packs."""

    place: str
    institutions: int
    reported: int
    held: Decimal
    kept: Decimal
    sent_back: Decimal
    used: Decimal

    @property
    def rate(self) -> Decimal | None:
        return Decimal(self.reported) / self.institutions if self.institutions else None


def holding_institutions(scope: Scope, recall: Recall) -> int:
    """How many institutions were found to hold a lot of it, in the reader's sight."""
    rows = visible_recall_holders(scope).filter(recall=recall)
    return rows.values("institution").distinct().count()


def progress_by_place(scope: Scope, recall: Recall) -> list[Progress]:
    """Per county (or city, where the institution stands right under it), then all together.

    An institution has reported when none of its rows waits.
    """
    rows = visible_recall_holders(scope).filter(recall=recall)
    places = rows.values("city__name", "county__name").order_by("city__code", "county__code")
    found = [
        _progress(" ".join(filter(None, (row["city__name"], row["county__name"]))), dict(row))
        for row in places.annotate(**_sums())
    ]
    return [*found, _progress("合计", rows.aggregate(**_sums()))] if found else []


def _sums() -> dict[str, Any]:
    waiting = Q(state=RecallHolder.State.WAITING)
    return {
        "institutions": Count("institution", distinct=True),
        "waiting": Count("institution", distinct=True, filter=waiting),
        "held": Coalesce(Sum(F("received_packs") - F("returned_packs")), Decimal(0)),
        "kept": Coalesce(Sum("kept_packs"), Decimal(0)),
        "sent_back": Coalesce(Sum("sent_back_packs"), Decimal(0)),
        "used": Coalesce(Sum("used_packs"), Decimal(0)),
    }


def _progress(place: str, row: dict[str, Any]) -> Progress:
    return Progress(
        place=place, institutions=row["institutions"],
        reported=row["institutions"] - row["waiting"], held=row["held"], kept=row["kept"],
        sent_back=row["sent_back"], used=row["used"],
    )  # fmt: skip
