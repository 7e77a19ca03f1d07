"""Point, accept, refuse, withdraw, end and replace delivery relations."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import Batch, Product
from catalog.queries.overrides import overrides_of
from contracts.models import DeliveryRelation
from contracts.queries.distributor_search import barred
from contracts.queries.relations import may_point, relation_standings
from contracts.rules.relation import CLAUSE, MOST_ROWS, OFFICERS, days_fault, ends_rightly
from contracts.states.relation import RELATION_MACHINE
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, Pool, Region, User
from organisations.queries.scope import Scope
from policy.queries.read import resolve, values_on

OBJECT_TYPE = RELATION_MACHINE.name
LIMIT = "max_distributors_per_pool"


@dataclass(frozen=True)
class Pointing:
    """One product, distributor and place; days [valid_from, valid_until)."""

    product: Product
    distributor: Organisation
    pool: Pool
    county: Region | None
    valid_from: date
    valid_until: date | None = None
    batch: Batch | None = None
    replaces: DeliveryRelation | None = None


@operation
def point_distributors(
    *, pointings: Sequence[Pointing], by: User, scope: Scope, at: datetime
) -> list[DeliveryRelation]:
    """A manufacturer names distributors for its products; all or none. Each distributor gets a 待办.

    The limit of distributors per product and pool is read once from the batch's policy and kept
    with the row; the database refuses what goes over it, whoever writes at the same time.
    Raises NotYours, MissingInput (field `rows` or the field of the only row), TransitionRefused.
    """
    allowed = may_point(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if not pointings or len(pointings) > MOST_ROWS:
        raise MissingInput("rows", f"一次点选 1 至 {MOST_ROWS:,} 条", CLAUSE)
    today = shanghai_day(at)
    against = barred({each.distributor for each in pointings}, scope.on)
    for each in pointings:
        fault = point_fault(each, scope, against)
        if fault:
            raise MissingInput(*fault, CLAUSE)
    limits = {batch: _limit(batch, today) for batch in {each.batch for each in pointings}}
    rows = [_row(each, limits[each.batch], by, scope, at) for each in pointings]
    rows.sort(key=lambda row: (row.product_id, row.pool_id, row.distributor_id))
    try:
        with transaction.atomic():
            made = DeliveryRelation.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as error:
        raise _words(error) from error
    record(
        by=by, at=at, action="delivery_relation.point", object_type=OBJECT_TYPE,
        object_key=made[0].pk if len(made) == 1 else "", object_label=_label(made),
        clause=CLAUSE, detail={"numbers": [row.relation_no for row in made[:50]], "rows": len(made)},
    )  # fmt: skip
    if len(made) > 1:
        for row in made:
            record(
                by=by, at=at, action="delivery_relation.point", object_type=OBJECT_TYPE,
                object_key=row.pk, object_label=row.relation_no, clause=CLAUSE,
            )  # fmt: skip
    _ask(made, at)
    return made


@operation
def accept_relation(
    *,
    relation: DeliveryRelation,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> DeliveryRelation:
    """The distributor takes it on. What it replaces ends on its first day; open orders stay there.

    Raises NotYours, StaleVersion, TransitionRefused.
    """
    # A savepoint: where the old one cannot be ended, the new one is not accepted either.
    with transaction.atomic():
        moved = _perform("accept", relation, by, scope, at, seen_version=seen_version)
        if moved.replaces_id is not None:
            _replace(moved, by, at)
    _answered(moved, f"{moved.distributor.name}已确认配送", at)
    return moved


@operation
def refuse_relation(
    *,
    relation: DeliveryRelation,
    refusal_reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> DeliveryRelation:
    """The distributor does not take it on, and says why; the place is free for another."""
    moved = _perform(
        "refuse", relation, by, scope, at, seen_version=seen_version,
        inputs={"refusal_reason": refusal_reason.strip()},
    )  # fmt: skip
    _answered(moved, f"{moved.distributor.name}拒绝配送：{moved.refusal_reason}", at)
    return moved


@operation
def withdraw_relation(
    *,
    relation: DeliveryRelation,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> DeliveryRelation:
    """The manufacturer takes its pointing back before it was answered."""
    moved = _perform("withdraw", relation, by, scope, at, seen_version=seen_version)
    _finish(moved, at)
    return moved


@operation
def end_relation(
    *,
    relation: DeliveryRelation,
    ends: date,
    ending_reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> DeliveryRelation:
    """Either side ends it: `ends` is the first day without it. Open orders stay with the distributor.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    row = _locked(relation)
    right = ends_rightly(
        ends=ends, valid_from=row.valid_from, valid_until=row.valid_until, today=shanghai_day(at)
    )
    may = relation_standings(scope, row) and row.state == DeliveryRelation.State.ACCEPTED
    if may and not right:
        raise MissingInput("ends", right.reason, right.clause)
    moved = _perform(
        "end", row, by, scope, at, seen_version=seen_version,
        inputs={"ending_reason": ending_reason.strip()},
    )  # fmt: skip
    moved.valid_until = ends
    moved.save(update_fields=["valid_until"])
    other = {moved.manufacturer_id, moved.distributor_id} - {scope.organisation_id}
    notify(
        notices=[
            NewNotice(
                pk, f"relation-{moved.relation_no}-ended-{pk}",
                f"配送关系自 {ends:%Y-%m-%d} 起终止：{moved.product}", moved.ending_reason,
                _url(moved),
            )
            for pk in sorted(other)
        ],
        at=at,
    )  # fmt: skip
    return moved


def point_fault(each: Pointing, scope: Scope, against: Mapping[int, str]) -> tuple[str, str] | None:
    """(field, what is wrong) of one pointing by itself; `against` says whom nobody may point."""
    own = {scope.organisation_id, *scope.predecessor_ids}
    if each.product.manufacturer_id not in own:
        return "product", f"{each.product} 不是本企业的产品，请核对编码"
    if each.distributor.pk in against:
        return "distributor", against[each.distributor.pk]
    if each.county is not None and each.county.level != Region.Level.COUNTY:
        return "county", f"{each.county} 不是县（市、区）"
    if each.county is not None and each.pool.region_id != each.county.parent_id:
        return "county", f"{each.county} 不在{each.pool}内"
    return days_fault(each.valid_from, each.valid_until, scope.on) or _replacement_fault(each)


def _replacement_fault(each: Pointing) -> tuple[str, str] | None:
    old = each.replaces
    if old is None:
        return None
    place = (each.product.pk, each.pool.pk, each.county.pk if each.county else None)
    if (old.product_id, old.pool_id, old.county_id) != place or old.state != "accepted":
        return "replaces", "只能更换同一产品、同一地区已确认的配送关系"
    if old.distributor_id == each.distributor.pk:
        return "distributor", "新的配送企业与原来的相同，不需要更换"
    return None


def _limit(batch: Batch | None, today: date) -> int:
    """max_distributors_per_pool of the batch on the day; 0 without a batch or a value in force."""
    if batch is None:
        return 0
    day = max(today, batch.effective_on)
    values = resolve(values_on(batch.policy.code, day), overrides_of(batch.pk, day))
    value = values[LIMIT]
    return int(value.number) if value.in_force else 0


def _row(each: Pointing, most: int, by: User, scope: Scope, at: datetime) -> DeliveryRelation:
    city = each.pool.region if each.pool.region.level == Region.Level.CITY else None
    province = each.pool.region.parent if city else each.pool.region
    return DeliveryRelation(
        relation_no=f"PS{shanghai_day(at):%Y%m%d}{secrets.token_hex(5).upper()}",
        batch=each.batch, product=each.product, manufacturer_id=each.product.manufacturer_id,
        distributor=each.distributor, pool=each.pool, county=each.county, city=city,
        province=province, valid_from=each.valid_from, valid_until=each.valid_until, most=most,
        replaces=each.replaces, pointed_at=at, pointed_by_id=by.audit_id,
        pointed_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name,
    )  # fmt: skip


def _words(error: IntegrityError) -> TransitionRefused:
    """What the database refused, in words with a way out."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if name == "relation_limit":
        return TransitionRefused(
            "有产品在统筹区内的配送企业已达上限（含待确认的）：请先终止、撤回或更换原有的配送关系",
            CLAUSE,
        )
    if name == "relation_once_a_day":
        return TransitionRefused(
            "同一产品、同一地区、同一配送企业的有效期重叠：已有待确认或有效的配送关系，不需要重复点选",
            CLAUSE,
        )
    raise error


def _replace(new: DeliveryRelation, by: User, at: datetime) -> None:
    """The old one ends on the new one's first day; it is the manufacturer's step, taken in advance."""
    assert new.replaces_id is not None
    old = DeliveryRelation.objects.select_for_update(of=("self",)).get(pk=new.replaces_id)
    if old.state != DeliveryRelation.State.ACCEPTED:
        raise TransitionRefused(
            "要更换的原配送关系已经终止或更换：请生产企业撤回后重新点选", CLAUSE
        )
    # Its days first: at no moment may the database see more distributors than the limit.
    ends = max(new.valid_from, old.valid_from)
    old.valid_until = ends if old.valid_until is None else min(ends, old.valid_until)
    old.save(update_fields=["valid_until"])
    moved, _ = RELATION_MACHINE.perform(
        verb="replace",
        obj=old,
        by=by,
        at=at,
        standings=lambda row: {"maker"},
        inputs={"ending_reason": f"更换为{new.distributor.name}（{new.relation_no}）"},
    )
    notify(
        notices=[
            NewNotice(
                moved.distributor_id, f"relation-{moved.relation_no}-replaced",
                f"配送关系自 {moved.valid_until:%Y-%m-%d} 起更换：{moved.product}",
                "此前已发的订单仍由贵企业配送。", _url(moved),
            )
        ],
        at=at,
    )  # fmt: skip


def _locked(relation: DeliveryRelation) -> DeliveryRelation:
    rows = DeliveryRelation.objects.select_for_update(of=("self",))
    return rows.select_related("distributor", "product").get(pk=relation.pk)


def _perform(
    verb: str,
    relation: DeliveryRelation,
    by: User,
    scope: Scope,
    at: datetime,
    *,
    seen_version: int | None,
    inputs: dict[str, str] | None = None,
) -> DeliveryRelation:
    moved: DeliveryRelation
    moved, _ = RELATION_MACHINE.perform(
        verb=verb, obj=relation, by=by, at=at, inputs=inputs or {}, seen_version=seen_version,
        standings=lambda row: relation_standings(scope, row),
    )  # fmt: skip
    return moved


def _ask(made: Sequence[DeliveryRelation], at: datetime) -> None:
    """One 待办 for each relation, and one notice for each distributor."""
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=row.distributor_id, act="answer_relation",
                title=f"确认配送：{row.product}（{row.county or row.pool}）",
                object_type=OBJECT_TYPE, object_key=row.relation_no, url=_url(row),
                roles=OFFICERS,
            )
            for row in made
        ],
        at=at,
    )  # fmt: skip
    counts = Counter(row.distributor_id for row in made)
    first = {row.distributor_id: row for row in reversed(made)}
    notify(
        notices=[
            NewNotice(
                pk, f"relation-asked-{first[pk].relation_no}",
                f"{first[pk].manufacturer.name}点选贵企业配送 {number} 条，请确认或拒绝",
                url=f"{reverse('relations')}?stage=pointed",
            )
            for pk, number in counts.items()
        ],
        at=at,
    )  # fmt: skip


def _answered(relation: DeliveryRelation, words: str, at: datetime) -> None:
    _finish(relation, at)
    notify(
        notices=[
            NewNotice(
                relation.manufacturer_id, f"relation-{relation.relation_no}-{relation.state}",
                f"{words}：{relation.product}"[:300], url=_url(relation),
            )
        ],
        at=at,
    )  # fmt: skip


def _finish(relation: DeliveryRelation, at: datetime) -> None:
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[relation.relation_no], at=at)


def _url(relation: DeliveryRelation) -> str:
    return reverse("relation", args=[relation.relation_no])


def _label(made: Sequence[DeliveryRelation]) -> str:
    row = made[0]
    more = f"等 {len(made)} 条" if len(made) > 1 else ""
    return f"{row.product} → {row.distributor.name}{more}"
