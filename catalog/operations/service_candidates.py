"""Services whose price collective purchasing gives reason to adjust: listed, evaluated, decided (S2-9)."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.models import ServiceCandidate, ServiceConsumable, ServiceItem, ServicePrice
from catalog.operations.services import require, set_service_price
from catalog.queries.dated import holding
from catalog.queries.service_costs import Costs, costs_of
from catalog.queries.services import (
    OBJECT_TYPE,
    candidate_standings,
    headline_levels,
    may_price,
)
from catalog.rules.service_price import (
    DECIDING_ROLES,
    KEEPING_ROLES,
    below_median,
    is_candidate,
    may_be_evaluated,
)
from catalog.states.service_candidate import CANDIDATE_MACHINE, SEPARATE_CLAUSE
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class Listed:
    """What one search found: new candidates, those that were listed this year already, and the
    services left out, each with why."""

    rows: list[ServiceCandidate]
    known: int
    left_out: list[str]


@operation
def list_candidates(*, by: User, scope: Scope, at: datetime) -> Listed:
    """List this year's candidates of the own region, with the figures of today and their steps.

    Separately charged consumables that became cheaper by a batch; contained ones whose cost
    changed. Once a year each; nothing is decided by it. Raises NotYours.
    """
    require(may_price(scope))
    today = timezone.localdate(at)
    assert scope.region_id is not None
    region = Region.objects.select_for_update().get(pk=scope.region_id)
    ties = list(
        ServiceConsumable.objects.filter(holding(today))
        .select_related("item", "group", "product__group")
        .order_by("item__code", "pk")
    )
    costs = costs_of(ties, region, today)
    prices = _prices(region, today, {tie.item_id for tie in ties})
    rows = ServiceCandidate.objects.filter(year=today.year, region=region)
    listed = set(rows.values_list("item_id", "ground"))
    found, left_out, known = [], [], 0
    for item in {tie.item_id: tie.item for tie in ties}.values():
        cost, priced = costs.get(item.pk, Costs()), prices[item.pk]
        price = priced.get("in_force")
        for ground in ServiceCandidate.Ground.values:
            change = cost.of(ground)
            if change is None or not is_candidate(ground, change.change):
                continue
            if (item.pk, ground) in listed:
                known += 1
            elif price is None:
                left_out.append(f"{item.name}：本地区没有现行价格")
            else:
                found.append(_candidate(item, ground, region, today, price, priced, cost, by, at))
        left_out += [f"{item.name}：{words}" for words in cost.missing]
    ServiceCandidate.objects.bulk_create(found)
    record(
        by=by, at=at, action="service_candidate.find", object_type=OBJECT_TYPE,
        object_key=region.code, object_label=region.name, clause=SEPARATE_CLAUSE,
        detail={"listed": len(found), "known": known, "left_out": left_out[:50]},
    )  # fmt: skip
    for row in found:
        record(
            by=by, at=at, action="service_candidate.list", object_type=OBJECT_TYPE,
            object_key=row.pk, object_label=str(row), clause=SEPARATE_CLAUSE,
            detail={"item": row.item.code, "ground": row.ground, "accelerated": row.accelerated},
        )  # fmt: skip
    _ask(found, scope.organisation_id, "evaluate_service_price", "评估服务价格", KEEPING_ROLES, at)
    return Listed(found, known, left_out)


@operation
def evaluate_candidate(
    *,
    candidate: ServiceCandidate,
    way: str,
    opinion: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ServiceCandidate:
    """Take it up for evaluation; the one who decides has the next step. Raises as the machine does."""
    allowed = may_be_evaluated(candidate.ground, way)
    if not allowed:
        raise MissingInput("way", allowed.reason, allowed.clause)
    inputs = {"way": way, "opinion": opinion.strip()}
    row = _step("evaluate", candidate, inputs, by, scope, at, seen_version)
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    _ask([row], scope.organisation_id, "decide_service_price", "决定服务价格", DECIDING_ROLES, at)
    return row


@operation
def adjust_service(
    *,
    candidate: ServiceCandidate,
    price: Decimal,
    valid_from: date,
    clause: str,
    opinion: str,
    held_back: bool,
    deferred_from: date | None,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ServiceCandidate:
    """The new price of the item in its region from a day on, and the end of the evaluation.

    `held_back`: those that did not use selected products as required wait until `deferred_from`,
    or until somebody says so (S2-9.2). The region's institutions are told.
    """
    # A savepoint: refused by the machine, the price is undone in any caller's transaction.
    with transaction.atomic():
        held = ServiceCandidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
        _refuse_early(held, scope, "adjust")
        if price == held.price.price:
            raise MissingInput("price", "与现行价格相同，不需要调整")
        held.new_price = set_service_price(
            item=held.item, kind=ServicePrice.Kind.IN_FORCE, level=held.price.level, price=price,
            valid_from=valid_from, clause=clause, held_back=held_back, deferred_from=deferred_from,
            by=by, scope=scope, at=at,
        )  # fmt: skip
        held.save(update_fields=["new_price"])
        row = _step("adjust", held, {"opinion": opinion.strip()}, by, scope, at, seen_version)
        attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    _tell(row, at)
    return row


@operation
def decline_candidate(
    *,
    candidate: ServiceCandidate,
    reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ServiceCandidate:
    """Not adjusted this year, with the reason."""
    return _step("decline", candidate, {"reason": reason.strip()}, by, scope, at, seen_version)


def _step(
    verb: str,
    candidate: ServiceCandidate,
    inputs: dict[str, str],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> ServiceCandidate:
    row: ServiceCandidate
    row, _ = CANDIDATE_MACHINE.perform(
        verb=verb, obj=candidate, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda held: candidate_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.candidate_no], at=at)
    return row


def _refuse_early(row: ServiceCandidate, scope: Scope, verb: str) -> None:
    """The machine's own refusal, before anything is written beside it."""
    standings = candidate_standings(scope, row)
    step = CANDIDATE_MACHINE.named(verb)
    verdict = CANDIDATE_MACHINE.verdict(step, row, standings)
    if not verdict:
        kind = TransitionRefused if step.by & standings else NotYours
        raise kind.of(verdict)


def _prices(region: Region, on: date, items: set[int]) -> dict[int, dict[str, ServicePrice]]:
    """By item and kind: the region's price or median, else its province's."""
    places = [pk for pk in (region.pk, region.parent_id) if pk is not None]
    rows = ServicePrice.objects.filter(holding(on), item__in=items).filter(
        Q(region=region.pk) | Q(region__in=places) & ~Q(kind=ServicePrice.Kind.IN_FORCE)
    )
    rank = {level: place for place, level in enumerate(headline_levels("in_force"))}
    found: dict[int, dict[str, ServicePrice]] = defaultdict(dict)
    for row in sorted(rows, key=lambda r: (places.index(r.region_id), rank[r.level])):
        found[row.item_id].setdefault(row.kind, row)
    return found


def _candidate(
    item: ServiceItem,
    ground: str,
    region: Region,
    today: date,
    price: ServicePrice,
    priced: dict[str, ServicePrice],
    costs: Costs,
    by: User,
    at: datetime,
) -> ServiceCandidate:
    cost = costs.of(ground)
    assert cost is not None
    medians = {
        kind: priced[kind].price if kind in priced else None for kind in ("neighbours", "national")
    }
    return ServiceCandidate(
        candidate_no=f"TJ{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}", item=item,
        region=region, year=today.year, ground=ground, listed_on=today, price=price,
        accelerated=ground == ServiceCandidate.Ground.SEPARATE
        and below_median(price.price, medians["neighbours"], medians["national"]),
        cost_before=cost.before, cost_after=cost.now, steps=[each.kept() for each in cost.steps],
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name, **medians,
    )  # fmt: skip


def _ask(
    rows: Sequence[ServiceCandidate],
    organisation_id: int,
    act: str,
    title: str,
    roles: tuple[str, ...],
    at: datetime,
) -> None:
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=organisation_id, act=act, object_type=OBJECT_TYPE,
                title=f"{title}：{row.item.name}（{row.candidate_no}）", roles=roles,
                object_key=row.candidate_no, url=candidate_url(row),
            )
            for row in rows
        ],
        at=at,
    )  # fmt: skip


def _tell(row: ServiceCandidate, at: datetime) -> None:
    """Institutions of the region and its agencies; each finds on the page which price it charges."""
    price = row.new_price
    assert price is not None
    within = Q(region=row.region) | Q(region__parent=row.region)
    within |= Q(region__parent__parent=row.region)
    told = Organisation.objects.filter(
        within, is_active=True, kind__in=("institution", "agency")
    ).order_by("pk")
    wait = ""
    if price.held_back:
        wait = "；按要求使用中选产品的机构先执行，其余机构" + (
            f"自 {price.deferred_from:%Y-%m-%d} 起" if price.deferred_from else "暂缓"
        )
    notify(
        notices=[
            NewNotice(
                organisation_id=pk, key=f"service-price:{row.candidate_no}:{pk}",
                title=f"{row.region.name}调整{row.item.name}价格，自 {price.valid_from:%Y-%m-%d} 起"
                f" {price.price.normalize():f} 元/{row.item.unit}{wait}",
                url=reverse("service-item", args=[row.item.code]),
            )
            for pk in told.values_list("pk", flat=True)
        ],
        at=at,
    )  # fmt: skip


def candidate_url(row: ServiceCandidate) -> str:
    return reverse("service-candidate", args=[row.candidate_no])
