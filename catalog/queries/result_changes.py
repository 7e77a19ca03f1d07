"""Changes of results in mid-cycle: confirmed ones are open to the trade, others to the bureau."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from catalog.models import Batch, Product, ResultChange, Selection
from catalog.queries.second_person import standings
from catalog.states.result_change import LEAVING, RESULT_MACHINE, ResultKind
from catalog.states.two_people import LEVELS, ProposalState
from core.transitions.machine import Offer
from organisations.models import Region
from organisations.queries.scope import Scope
from organisations.queries.visibility import within
from policy.queries.words import plain

ONE_DAY = timedelta(days=1)


def visible_result_changes(scope: Scope) -> QuerySet[ResultChange]:
    """What was confirmed, also if it was revoked, for all of the trade; the rest for the bureau."""
    if not scope.is_business:
        return within(scope, ResultChange.objects.none())
    seen = Q(state__in=(ProposalState.CONFIRMED, ProposalState.REVOKED))
    if scope.is_province_bureau:
        seen |= Q(batch__policy__province_code=scope.province_code)
    return within(scope, ResultChange.objects.all(), seen)


def with_names(changes: QuerySet[ResultChange]) -> QuerySet[ResultChange]:
    return changes.select_related(
        "batch__policy", "product__manufacturer", "region", "selection__region", "opened"
    )


def result_standings(scope: Scope, change: ResultChange) -> frozenset[str]:
    return standings(scope, change.batch.policy.province_code, change.proposed_by_id)


def result_offers(scope: Scope, change: ResultChange) -> list[Offer]:
    return RESULT_MACHINE.offers(change, result_standings(scope, change))


def period_before(
    batch: Batch, product: Product, region: Region, effective_on: date
) -> Selection | None:
    """The period of this result that would end the day before; None where none runs then."""
    return _running_before(batch, product, effective_on).filter(region=region).first()


def periods_before(batch: Batch, product: Product, effective_on: date) -> list[Selection]:
    """The periods of this product, of every region, that would end the day before."""
    rows = _running_before(batch, product, effective_on).select_related("region")
    return list(rows.order_by("region__code"))


def _running_before(batch: Batch, product: Product, day: date) -> QuerySet[Selection]:
    rows = Selection.objects.filter(batch=batch, product=product).annotate(
        begins=Coalesce("valid_from", F("batch__effective_on")),
        ends=Coalesce("valid_to", F("batch__ends_on")),
    )
    running: QuerySet[Selection] = rows.filter(begins__lt=day, ends__gte=day)
    return running


def period_in_the_way(
    batch: Batch, product: Product, region: Region, effective_on: date, but: Selection | None
) -> Selection | None:
    """Another period of this product and region that still runs on the day or begins later."""
    rows = Selection.objects.filter(batch=batch, product=product, region=region).annotate(
        ends=Coalesce("valid_to", F("batch__ends_on"))
    )
    rows = rows.filter(ends__gte=effective_on)
    return (rows.exclude(pk=but.pk) if but else rows).first()


@dataclass(frozen=True)
class ResultChangeRow:
    """One change in words."""

    change: ResultChange
    what: str
    label: str
    level: str
    agreements: str


def result_change_row(change: ResultChange, on: date) -> ResultChangeRow:
    """`on` tells a confirmed change that is still to come from one in force."""
    label, level = change.get_state_display(), LEVELS[change.state]
    if change.state == ProposalState.CONFIRMED:
        coming = change.effective_on > on
        label, level = ("待生效", "blue") if coming else ("已生效", "green")
    return ResultChangeRow(change, _what(change), label, level, _agreements(change))


def _agreements(change: ResultChange) -> str:
    """What happens to the agreements of a region that is supplied no longer; empty for others."""
    if change.kind not in LEAVING or change.state != ProposalState.CONFIRMED:
        return ""
    if change.enacted_at is None:
        return f"{change.effective_on:%Y-%m-%d} 起不再包含该产品，由三方签署新版本"
    done = change.effects
    return (
        f"{done.get('ended', 0)} 行不再有效，{done.get('versions', 0)} 份新版本待三方签署，"
        f"{done.get('terminated', 0)} 份终止"
    )


def _what(change: ResultChange) -> str:
    new = plain(change.price) if change.price is not None else ""
    match change.kind:
        case ResultKind.PRICE:
            old = plain(change.old_price) if change.old_price is not None else "—"
            return f"{old} → {new} 元/包装"
        case ResultKind.CANCELLED:
            return f"取消{change.get_role_display()}"
        case ResultKind.REGION:
            old_region = change.selection.region.name if change.selection else "—"
            return f"{old_region} → {change.region.name}，{new} 元/包装"
        case _:
            return f"增补为{change.get_role_display()}，{new} 元/包装"


def changes_of_results(scope: Scope, batch: Batch, on: date) -> list[ResultChangeRow]:
    """The last hundred changes of a batch, newest first."""
    rows = with_names(visible_result_changes(scope).filter(batch=batch)).order_by("-id")[:100]
    return [result_change_row(change, on) for change in rows]


def regions_of_province(scope: Scope) -> QuerySet[Region]:
    """Where a result may be supplied: the province and its cities."""
    own = Q(code=scope.province_code) | Q(parent__code=scope.province_code, level="city")
    return within(scope, Region.objects.all(), own).order_by("code")
