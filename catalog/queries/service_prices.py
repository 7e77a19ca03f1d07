"""Which price of a service an institution may charge on a day, and why that one (S2-9.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from catalog.models import ServiceEligibility, ServicePrice
from catalog.queries.dated import holding
from catalog.queries.services import supply_regions, visible_service_eligibility
from organisations.models import Organisation
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class AppliedPrice:
    """The row that binds the institution, in words, and the newer one that it has to wait for."""

    price: ServicePrice
    words: str
    waits_for: ServicePrice | None = None


def eligibility_on(scope: Scope, on: date) -> ServiceEligibility | None:
    """What was decided about the reader's own institution, as it holds on the day."""
    rows = visible_service_eligibility(scope).filter(holding(on), institution=scope.organisation_id)
    return rows.first()


def applied_prices(scope: Scope, item_ids: Iterable[int], on: date) -> dict[int, AppliedPrice]:
    """By item, for the reader's own institution; items without a price are left out.

    Its city's before its province's, its level's before that of all levels. Who did not prove
    use as required (deferred, or not assessed) does not go first with a price that is held back.
    """
    level = Organisation.objects.values_list("level", flat=True).get(pk=scope.organisation_id)
    held = eligibility_on(scope, on)
    first = held is not None and held.verdict == ServiceEligibility.Verdict.FIRST
    rows: dict[tuple[int, int, str], list[ServicePrice]] = defaultdict(list)
    found = ServicePrice.objects.filter(
        item__in=list(item_ids), kind=ServicePrice.Kind.IN_FORCE, level__in={"", level},
        region__in=supply_regions(scope),
    )  # fmt: skip
    for row in found.select_related("region").order_by("valid_from", "pk"):
        rows[row.item_id, row.region_id, row.level].append(row)
    applied: dict[int, AppliedPrice] = {}
    for item_id in {key[0] for key in rows}:
        for key in ((item_id, r, lv) for r in supply_regions(scope) for lv in (level, "")):
            one = applied_of(rows.get(key, []), on, first=first, assessed=held is not None)
            if one is not None:
                applied[item_id] = one
                break
    return applied


def applied_of(
    rows: list[ServicePrice], on: date, *, first: bool, assessed: bool
) -> AppliedPrice | None:
    """Of one region's and level's rows in the order of their days."""
    for_all = next((r for r in rows if r.valid_from <= on < (r.valid_to or date.max)), None)
    if first or for_all is None:
        return (
            AppliedPrice(for_all, "优先执行") if for_all and for_all.held_back else _plain(for_all)
        )
    reached = [row for row in rows if _start(row) is not None and _start(row) <= on]  # type: ignore[operator]
    if not for_all.held_back or for_all in reached:
        return _plain(for_all)
    why = "暂缓执行调价结果" if assessed else "尚无考核结果，先按原价格"
    # Rows of no days were replaced on their first day and never held.
    older = [r for r in reached if r.valid_from < for_all.valid_from and r.valid_to != r.valid_from]
    return AppliedPrice(older[-1], why, for_all) if older else None


def _plain(row: ServicePrice | None) -> AppliedPrice | None:
    return None if row is None else AppliedPrice(row, "")


def _start(row: ServicePrice) -> date | None:
    """The day from which those who wait may charge it; None where none was set."""
    return row.deferred_from if row.held_back else row.valid_from
