"""Change a batch's result in mid-cycle: one period closes, another opens; two people, never the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import Batch, PriceCalculation, Product, ResultChange, Selection
from catalog.operations.change_numbers import next_number
from catalog.operations.selected_prices import follow_selections
from catalog.queries.concerned import concerned_by
from catalog.queries.result_changes import (
    ONE_DAY,
    period_before,
    period_in_the_way,
    periods_before,
    result_change_row,
    result_standings,
)
from catalog.queries.second_person import may_change_batch
from catalog.rules.batches import CONFIRMING_ROLES, result_may_change
from catalog.states.result_change import LEAVING, RESULT_MACHINE, ResultKind
from core.audit.record import Actor, record
from core.jobs.enqueue import enqueue
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import Region, User
from organisations.queries.scope import Scope
from policy.operations.four_eyes import FourEyes
from policy.rules import may_revoke

OBJECT_TYPE = "result_change"
RESULTS: FourEyes[ResultChange] = FourEyes(
    RESULT_MACHINE, result_standings, "confirm_result_change", "result-change", CONFIRMING_ROLES
)
RATIO_CLAUSE = "S2-10.2"
FOLLOW_RESULT = "follow_result"
"""The job that brings what stands above the catalogue in line; procurement knows how."""
MOST = Decimal("99999999999999.9999")


@operation
def propose_result(
    *,
    batch: Batch,
    kind: str,
    product: Product,
    region: Region,
    new_region: Region | None,
    role: str,
    price: Decimal | None,
    effective_on: date,
    clause: str,
    reason: str,
    by: User,
    scope: Scope,
    at: datetime,
) -> ResultChange:
    """Put a change of one product's result in one region before the second person.

    price in yuan per pack. Raises NotYours, MissingInput (400, with the field), TransitionRefused
    (409) for a day of a month that is over, and where no such result runs or another is in the way.
    """
    allowed = may_change_batch(scope, batch)
    if not allowed:
        raise NotYours.of(allowed)
    for field, text, words in (("clause", clause, "依据的条款"), ("reason", reason, "变更理由")):
        if not text.strip():
            raise MissingInput(field, f"请填写{words}")
    held = _checked(batch, kind, product, region, new_region, price, effective_on, at)
    place = new_region if kind == ResultKind.REGION and new_region else region
    kept_price = price if kind != ResultKind.REGION or price is not None else None
    if kind == ResultKind.REGION and price is None and held is not None:
        kept_price = held.price
    waiting = ResultChange.objects.filter(
        batch=batch, product=product, region=place, state="proposed"
    )
    if waiting.exists():
        raise TransitionRefused("该产品在该地区已有一项变更等待确认：请先确认、退回或撤回那一项")
    try:
        with transaction.atomic():
            change = ResultChange.objects.create(
                change_no=next_number("ZX", at), batch=batch, kind=kind, product=product,
                selection=held, region=place, role=held.role if held else role,
                old_price=held.price if held else None,
                price=None if kind == ResultKind.CANCELLED else kept_price,
                effective_on=effective_on, clause=clause.strip(), reason=reason.strip(),
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
                proposed_at=at, proposed_by_id=by.audit_id, proposed_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused("该结果已有一项变更等待确认：请先确认、退回或撤回那一项") from error
    record(
        by=by, at=at, action="result_change.propose", object_type=OBJECT_TYPE,
        object_key=change.pk, object_label=_label(change), reason=change.reason,
        clause=change.clause, detail=_detail(change),
    )  # fmt: skip
    RESULTS.ask(change, f"确认中选结果变更：{_label(change)}", scope, at)
    return change


@operation
def confirm_result(
    *, change: ResultChange, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> ResultChange:
    """Another person confirms: the old period ends the day before, the new one begins on the day.

    Both in one step. The manufacturer, and institutions and bureaus of the regions, are told. Where
    the day has come already, the listed price follows at once; else the daily work brings it. A
    job asks for standby where a selection is cancelled, and ends its agreements on the day.
    """
    with transaction.atomic():
        moved = RESULTS.step(
            "confirm", change, by=by, scope=scope, at=at, seen_version=seen_version
        )
        # The batch's row is the lock: two changes of one batch come one after the other.
        batch = Batch.objects.select_for_update().get(pk=moved.batch_id)
        old_region = moved.selection.region if moved.selection else moved.region
        held = _checked(
            batch, moved.kind, moved.product, old_region, moved.region, moved.price,
            moved.effective_on, at,
        )  # fmt: skip
        if (held.pk if held else None) != moved.selection_id:
            raise TransitionRefused("提出之后该结果已有变化：请退回，按现在的结果重新提出")
        until = moved.closed_until = held.valid_to if held else None
        if held is not None:
            held.valid_to = moved.effective_on - ONE_DAY
            held.save(update_fields=["valid_to"])
        if moved.price is not None:
            moved.opened = Selection.objects.create(
                batch=batch, product=moved.product, region=moved.region, role=moved.role,
                price=moved.price, valid_from=moved.effective_on, valid_to=until,
            )  # fmt: skip
        RESULTS.confirmed(moved, by, at, "opened", "closed_until")
        record(
            by=by, at=at, action="batch.change_result", object_type="batch",
            object_key=batch.code, object_label=str(batch), reason=moved.reason,
            clause=moved.clause, detail=_detail(moved),
        )  # fmt: skip
        if moved.opened is not None and moved.effective_on <= shanghai_day(at):
            follow_selections(by=by, at=at, batch=batch)
        _ask_to_follow(moved, by, at)
    _tell(moved, old_region, "中选结果变更", at)
    return moved


@operation
def return_result(
    *,
    change: ResultChange,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ResultChange:
    """The second person does not agree; the proposal is kept with the reason."""
    return RESULTS.step(
        "return", change, by=by, scope=scope, at=at, note=note, seen_version=seen_version
    )


@operation
def withdraw_result(*, change: ResultChange, by: User, scope: Scope, at: datetime) -> ResultChange:
    """The proposer takes the proposal back."""
    return RESULTS.step("withdraw", change, by=by, scope=scope, at=at)


@dataclass(frozen=True)
class DecidedBy:
    """Whose proposal a decision of another person carries out, and what it rests on."""

    proposed_by_id: int | None
    proposed_by_name: str
    proposed_at: datetime
    clause: str
    reason: str


@operation
def cancel_by_decision(
    *,
    batch: Batch,
    product: Product,
    effective_on: date,
    decided: DecidedBy,
    by: User,
    scope: Scope,
    at: datetime,
) -> list[ResultChange]:
    """Cancel every result of the product in the batch: proposed in a case, confirmed by its decider.

    The same two people, checks and notices as a proposal and its confirmation. Raises NotYours,
    MissingInput, TransitionRefused where nothing runs, or a change waits or comes later.
    """
    allowed = may_change_batch(scope, batch)
    if not allowed:
        raise NotYours.of(allowed)
    running = periods_before(batch, product, effective_on)
    if not running:
        raise MissingInput(
            "effective_on",
            f"{effective_on:%Y-%m-%d} 的前一日，{product}在本批次没有执行中的结果，不需要取消",
        )
    waiting = ResultChange.objects.filter(batch=batch, product=product, state="proposed")
    if waiting.exists():
        raise TransitionRefused("该产品在本批次有一项变更等待确认：请先确认、退回或撤回那一项")
    made = []
    with transaction.atomic():
        for held in running:
            _checked(
                batch, ResultKind.CANCELLED, product, held.region, None, None, effective_on, at
            )
            change = ResultChange.objects.create(
                change_no=next_number("ZX", at), batch=batch, kind=ResultKind.CANCELLED,
                product=product, selection=held, region=held.region, role=held.role,
                old_price=held.price, effective_on=effective_on, clause=decided.clause[:120],
                reason=decided.reason[:300], state_at=decided.proposed_at,
                state_by_id=decided.proposed_by_id, state_by_name=decided.proposed_by_name,
                proposed_at=decided.proposed_at, proposed_by_id=decided.proposed_by_id,
                proposed_by_name=decided.proposed_by_name,
            )  # fmt: skip
            record(
                by=by, at=at, action="result_change.by_decision", object_type=OBJECT_TYPE,
                object_key=change.pk, object_label=_label(change), reason=change.reason,
                clause=change.clause, detail=_detail(change),
            )  # fmt: skip
            made.append(confirm_result(change=change, by=by, scope=scope, at=at))
    return made


@operation
def revoke_result(
    *, change: ResultChange, note: str, by: User, scope: Scope, at: datetime
) -> ResultChange:
    """Take a confirmed change back before its day comes: the period that it closed runs on, the one
    that it opened never begins. Those who were told of the change are told of that.

    Raises TransitionRefused once the day has come, or where a later change builds on this one.
    """
    with transaction.atomic():
        moved = RESULTS.step("revoke", change, by=by, scope=scope, at=at, note=note)
        allowed = may_revoke(moved.effective_on, today=shanghai_day(at))
        if not allowed:
            raise TransitionRefused.of(allowed)
        # The batch's row is the lock: two changes of one batch come one after the other.
        Batch.objects.select_for_update().get(pk=moved.batch_id)
        opened, held = moved.opened, moved.selection
        if opened is not None:
            later = ResultChange.objects.filter(
                selection=opened, state__in=("proposed", "confirmed")
            )
            if later.exists():
                raise TransitionRefused("之后又有一项变更以它为准：请先撤回或撤销那一项")
            opened.withdrawn_at = at
            opened.save(update_fields=["withdrawn_at"])
        if held is not None:
            held.valid_to = moved.closed_until
            held.save(update_fields=["valid_to"])
        _ask_to_follow(moved, by, at)
    _tell(moved, held.region if held else moved.region, "中选结果变更已撤销", at)
    return moved


@operation
def note_effects(*, change: ResultChange, effects: dict[str, int], by: Actor, at: datetime) -> None:
    """Keep what its day brought for agreements, with an event on its trail."""
    change.enacted_at, change.effects = at, effects
    change.save(update_fields=["enacted_at", "effects"])
    record(
        by=by, at=at, action="result_change.effects", object_type=OBJECT_TYPE,
        object_key=change.pk, object_label=_label(change), clause=change.clause, detail=effects,
    )  # fmt: skip


def _ask_to_follow(change: ResultChange, by: User, at: datetime) -> None:
    if change.kind not in LEAVING:
        return
    number = change.change_no
    enqueue(
        kind=FOLLOW_RESULT, key=f"{number}-{change.state}", arguments={"change": number},
        by=by, at=at,
    )  # fmt: skip


def _checked(
    batch: Batch,
    kind: str,
    product: Product,
    region: Region,
    new_region: Region | None,
    price: Decimal | None,
    effective_on: date,
    at: datetime,
) -> Selection | None:
    """The period that the change closes, None for an added one; else why it cannot be."""
    allowed = result_may_change(
        effective_on, today=shanghai_day(at), effective_on=batch.effective_on, ends_on=batch.ends_on
    )
    if not allowed:
        raise TransitionRefused.of(allowed)
    if kind not in ResultKind.values:
        raise MissingInput("kind", "没有这一种变更，请从页面上选择")
    _check_price(kind, price)
    held = period_before(batch, product, region, effective_on)
    target = region
    if kind == ResultKind.ADDED:
        _check_addition(batch, product, price)
        held = None
    elif held is None:
        raise MissingInput(
            "product",
            f"{effective_on:%Y-%m-%d} 的前一日，该产品在{region.name}没有执行中的结果，不能变更",
        )
    if kind == ResultKind.PRICE and held is not None and held.price == price:
        raise MissingInput("price", "与现在的价格相同，不需要变更")
    if kind == ResultKind.REGION:
        if new_region is None or new_region == region:
            raise MissingInput("new_region", "请选择与现在不同的供应地区")
        target = new_region
    if target.level == Region.Level.COUNTY:
        raise MissingInput("new_region", "供应地区应为设区市或全省，不能是县")
    in_the_way = period_in_the_way(batch, product, target, effective_on, held)
    if in_the_way is not None:
        since = in_the_way.valid_from or batch.effective_on
        raise TransitionRefused(
            f"该产品在{target.name}已有自 {since:%Y-%m-%d} 起的结果，与变更重叠：请先变更那一段"
        )
    return held


def _check_price(kind: str, price: Decimal | None) -> None:
    if kind in (ResultKind.PRICE, ResultKind.ADDED) and price is None:
        raise MissingInput("price", "请填写价格（元/包装）")
    if price is None:
        return
    exponent = price.as_tuple().exponent
    if not price.is_finite() or not Decimal(0) < price <= MOST:
        raise MissingInput("price", "价格应为大于 0 的数")
    if isinstance(exponent, int) and exponent < -4:
        raise MissingInput("price", "价格至多 4 位小数")


def _check_addition(batch: Batch, product: Product, price: Decimal | None) -> None:
    """Of a group of the batch; at its 差比价 where one was confirmed beside a result of the batch."""
    groups = batch.selections.values("product__group_id")
    if product.group_id is None or not groups.filter(product__group_id=product.group_id).exists():
        raise MissingInput("product", "产品所属品种不在本批次内：增补规格只能是本批次品种的产品")
    ratio = (
        PriceCalculation.objects.filter(
            product=product, representative__in=batch.selections.values("product")
        )
        .order_by("-confirmed_at", "-pk")
        .first()
    )
    if ratio is not None and price != ratio.result:
        raise MissingInput(
            "price",
            f"增补规格按差比价定价：已确认的计算结果为 {ratio.result.normalize():f} 元/包装，"
            "请按它填写，或先重新计算并确认",
            RATIO_CLAUSE,
        )


def _tell(change: ResultChange, old_region: Region, what: str, at: datetime) -> None:
    told = concerned_by(
        {change.region_id, old_region.pk}, {change.product_id},
        [change.batch.policy.province_code],
    )  # fmt: skip
    row = result_change_row(change, shanghai_day(at))
    title = (
        f"{what}：{change.batch.name} {change.product}，{row.what}，"
        f"自 {change.effective_on:%Y-%m-%d} 起"
    )
    url = reverse("result-change", args=[change.change_no])
    notify(
        notices=[
            NewNotice(
                organisation_id=pk, key=f"result-change:{change.change_no}:{change.state}:{pk}", title=title, url=url
            )
            for pk in told.values_list("pk", flat=True)
        ],
        at=at,
    )  # fmt: skip


def _label(change: ResultChange) -> str:
    return f"{change.batch.name} {change.product}（{change.change_no}）"


def _detail(change: ResultChange) -> dict[str, str | None]:
    return {
        "batch": change.batch.code,
        "kind": change.kind,
        "product": change.product.code,
        "region": change.region.code,
        "old_price": None if change.old_price is None else str(change.old_price),
        "price": None if change.price is None else str(change.price),
        "effective_on": f"{change.effective_on:%Y-%m-%d}",
    }
