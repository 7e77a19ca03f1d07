"""Recall lots of a product: find who holds them, ask each to report, close."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.urls import reverse

from catalog.models import Product
from catalog.queries.application_offices import ruling_province
from catalog.queries.province_values import province_values, whole_days
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import add_workdays, shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from procurement.models import Recall, RecallHolder
from procurement.queries.lots import holdings_sql
from procurement.queries.recalls import holder_standings, may_open, recall_standings
from procurement.rules.recall import CLAUSE, HOLDER_ROLES, MOST_LOTS, REPORT_KEYS, adds_up
from procurement.states.recall import HOLDER_MACHINE, RECALL_MACHINE

OBJECT_TYPE = RECALL_MACHINE.name

FIND = """
INSERT INTO procurement_recallholder
    (recall_id, product_id, lot_no, institution_id, distributor_id, manufacturer_id, county_id,
     city_id, province_id, pool_id, received_packs, returned_packs, unclear_packs,
     unreceived_packs, holder_note, opener_note, state, state_at, state_by_id, state_by_name,
     row_version)
SELECT %(recall)s, %(product)s, h.lot_no, h.institution_id, h.distributor_id, h.manufacturer_id,
       h.county_id, h.city_id, h.province_id, h.pool_id, h.received, h.returned, h.unclear,
       h.unreceived, '', '', 'waiting', %(at)s, %(by_id)s, %(by_name)s, 1
FROM ({holdings}) h
ON CONFLICT (recall_id, institution_id, lot_no, distributor_id) DO UPDATE
SET received_packs = excluded.received_packs, returned_packs = excluded.returned_packs,
    unclear_packs = excluded.unclear_packs, unreceived_packs = excluded.unreceived_packs
WHERE (procurement_recallholder.received_packs, procurement_recallholder.returned_packs,
       procurement_recallholder.unclear_packs, procurement_recallholder.unreceived_packs)
      IS DISTINCT FROM (excluded.received_packs, excluded.returned_packs,
                        excluded.unclear_packs, excluded.unreceived_packs)
"""


@dataclass(frozen=True)
class HolderReport:
    """What became of one row's packs; `version` as it was read."""

    holder: RecallHolder
    kept_packs: Decimal
    sent_back_packs: Decimal
    used_packs: Decimal
    difference: str = ""
    note: str = ""
    version: int | None = None


@operation
def open_recall(
    *,
    product: Product,
    lots: Sequence[str],
    level: str,
    reason: str,
    instruction: str,
    by: User,
    scope: Scope,
    at: datetime,
) -> Recall:
    """Every institution with packs of the lots gets the task to report by the level's working day.

    A manufacturer recalls everywhere, a regulator or bureau in its region. The distributors that
    delivered are told. Raises NotYours, MissingInput.
    """
    allowed = may_open(scope, product)
    if not allowed:
        raise NotYours.of(allowed)
    named = list(dict.fromkeys(lot.strip() for lot in lots if lot.strip()))
    if not named or len(named) > MOST_LOTS:
        raise MissingInput("lots", f"请填写 1 至 {MOST_LOTS} 个批号，每行一个", CLAUSE)
    for field, words in (("reason", reason), ("instruction", instruction)):
        if not words.strip():
            label = "召回原因" if field == "reason" else "处置要求"
            raise MissingInput(field, f"请填写{label}", CLAUSE)
    rules = province_values(ruling_province(by.organisation), shanghai_day(at))
    due = add_workdays(at, whole_days(rules[REPORT_KEYS[level]]))
    recall = Recall.objects.create(
        recall_no=f"ZH{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}", product=product,
        manufacturer_id=product.manufacturer_id, lots=named, level=level, reason=reason.strip(),
        instruction=instruction.strip(), due_at=due.ends_at, due_provisional=due.provisional,
        opened_by_id=scope.organisation_id, province_id=scope.province_id,
        area_id=None if scope.is_manufacturer else scope.region_id,
        opened_at=at, opener_id=by.audit_id, opener_name=by.audit_name, state_at=at,
        state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    found = _find(recall, by, at)
    record(
        by=by, at=at, action="recall.open", object_type=OBJECT_TYPE, object_key=recall.pk,
        object_label=_label(recall), reason=recall.reason, clause=CLAUSE,
        detail={"lots": named, "level": level, "rows": found},
    )  # fmt: skip
    _ask_holders(recall, at)
    _tell_suppliers(recall, at)
    return recall


@operation
def find_holders_again(*, recall: Recall, by: User, scope: Scope, at: datetime) -> int:
    """Take in what was delivered, received or returned since; new holders get their task.

    What was reported stays. Gives how many rows are new or changed. Raises NotYours,
    TransitionRefused for a recall that has ended.
    """
    row = Recall.objects.select_for_update(of=("self",)).get(pk=recall.pk)
    if not recall_standings(scope, row):
        raise NotYours("重新查找由发起召回的单位办理", CLAUSE)
    if row.state != Recall.State.OPEN:
        raise TransitionRefused("召回已经结束，不再查找持有单位", CLAUSE)
    found = _find(row, by, at)
    record(
        by=by, at=at, action="recall.find_again", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=_label(row), clause=CLAUSE, detail={"rows": found},
    )  # fmt: skip
    _ask_holders(row, at)
    _tell_suppliers(row, at)
    return found


@operation
def report_holdings(
    *, recall: Recall, reports: Sequence[HolderReport], by: User, scope: Scope, at: datetime
) -> list[RecallHolder]:
    """An institution says how many packs it put aside, sent back and has used; all rows or none.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput where the sum differs from
    what is held and no stated kind of reason, with words, explains it. Of more packs than the
    platform knows of, the opener and the drug regulators of the place are told.
    """
    row = Recall.objects.select_for_update(of=("self",)).get(pk=recall.pk)
    if row.state != Recall.State.OPEN:
        raise TransitionRefused("召回已经结束，不再接收报告；如需更正请联系发起单位", CLAUSE)
    if not reports:
        raise MissingInput("rows", "没有要报告的批号", CLAUSE)
    # A savepoint: a refusal in the middle leaves nothing of the rows before it.
    with transaction.atomic():
        done = [_report_one(row, each, by, scope, at) for each in reports]
    _tell_of_differences(row, done, at)
    institution = scope.organisation_id
    if not row.holders.filter(institution=institution, state="waiting").exists():
        key = _task_key(row, institution)
        finish_tasks(object_type=OBJECT_TYPE, object_keys=[key], at=at)
    return done


@operation
def report_all(
    *, reports: Sequence[HolderReport], by: User, scope: Scope, at: datetime
) -> list[RecallHolder]:
    """Rows of several recalls at once, all or none; raises as `report_holdings` does."""
    by_recall: dict[int, list[HolderReport]] = {}
    for each in reports:
        by_recall.setdefault(each.holder.recall_id, []).append(each)
    done: list[RecallHolder] = []
    # A savepoint, and recalls in one order: two sheets wait for each other instead of crossing.
    with transaction.atomic():
        for recall_id in sorted(by_recall):
            own = by_recall[recall_id]
            done += report_holdings(
                recall=own[0].holder.recall, reports=own, by=by, scope=scope, at=at
            )
    return done


@operation
def ask_again(
    *, recall: Recall, holder: RecallHolder, opener_note: str, by: User, scope: Scope, at: datetime
) -> RecallHolder:
    """The opener does not accept a report; the institution reports that row anew."""
    row = Recall.objects.select_for_update(of=("self",)).get(pk=recall.pk)
    if row.state != Recall.State.OPEN:
        raise TransitionRefused("召回已经结束，不能再要求重报", CLAUSE)
    moved: RecallHolder
    moved, _ = HOLDER_MACHINE.perform(
        verb="reopen", obj=holder, by=by, at=at, inputs={"opener_note": opener_note.strip()},
        standings=lambda held: holder_standings(scope, held, row),
    )  # fmt: skip
    _ask_holders(row, at)
    return moved


@operation
def end_recall(
    *,
    recall: Recall,
    verb: str,
    closing_note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Recall:
    """Close it when every holder has reported, or withdraw it; open tasks end.

    Raises TransitionRefused naming how many have not reported.
    """
    Recall.objects.select_for_update(of=("self",)).get(pk=recall.pk)
    waiting = recall.holders.filter(state=RecallHolder.State.WAITING)
    number = waiting.values("institution").distinct().count() if verb == "close" else 0
    if number and recall_standings(scope, recall):
        raise TransitionRefused(
            f"还有 {number} 家机构没有报告：请先催办，或写明原因撤销召回", CLAUSE
        )
    moved: Recall
    moved, _ = RECALL_MACHINE.perform(
        verb=verb, obj=recall, by=by, at=at, inputs={"closing_note": closing_note.strip()},
        seen_version=seen_version, standings=lambda held: recall_standings(scope, held),
    )  # fmt: skip
    holders = moved.holders.values_list("institution_id", flat=True).distinct()
    keys = [_task_key(moved, pk) for pk in holders if pk is not None]
    finish_tasks(object_type=OBJECT_TYPE, object_keys=keys, at=at)
    notify(
        notices=[
            NewNotice(
                pk, f"recall-{moved.recall_no}-{moved.state}-{pk}",
                f"{moved.get_state_display()}：{_label(moved)}", moved.closing_note, _url(moved),
            )
            for pk in holders
            if pk is not None
        ],
        at=at,
    )  # fmt: skip
    return moved


def _report_one(
    recall: Recall, report: HolderReport, by: User, scope: Scope, at: datetime
) -> RecallHolder:
    holder = RecallHolder.objects.select_for_update(of=("self",)).get(pk=report.holder.pk)
    standings = holder_standings(scope, holder, recall)
    # Who may not report, or not any more, is told so by the machine, whatever was typed.
    if HOLDER_MACHINE.verdict(HOLDER_MACHINE.named("report"), holder, standings):
        _keep_report(holder, report, at)
    moved: RecallHolder
    moved, _ = HOLDER_MACHINE.perform(
        verb="report", obj=holder, by=by, at=at, seen_version=report.version,
        standings=lambda held: holder_standings(scope, held, recall),
    )  # fmt: skip
    record(
        by=by, at=at, action="recall_holder.quantities", object_type=HOLDER_MACHINE.name,
        object_key=moved.pk, object_label=_label(recall), reason=moved.holder_note,
        clause=CLAUSE, detail={
            "lot_no": moved.lot_no, "held": str(moved.held_packs),
            "kept": str(report.kept_packs), "sent_back": str(report.sent_back_packs),
            "used": str(report.used_packs), "difference": str(moved.difference_packs),
            "difference_kind": moved.difference_kind,
        },
    )  # fmt: skip
    return moved


def _keep_report(holder: RecallHolder, report: HolderReport, at: datetime) -> None:
    """Write the packs once they add up. Raises MissingInput naming the field."""
    packs = (report.kept_packs, report.sent_back_packs, report.used_packs)
    if min(packs) < 0:
        raise MissingInput("kept_packs", f"批号 {holder.lot_no}：数量不能为负", CLAUSE)
    reported = sum(packs, Decimal(0))
    fits = adds_up(
        held=holder.held_packs, reported=reported, kind=report.difference, note=report.note
    )
    if not fits:
        raise MissingInput("difference", f"批号 {holder.lot_no}：{fits.reason}", CLAUSE)
    holder.kept_packs, holder.sent_back_packs, holder.used_packs = packs
    holder.difference_kind = report.difference if reported != holder.held_packs else ""
    holder.holder_note, holder.reported_at = report.note.strip(), at
    holder.save(update_fields=[
        "kept_packs", "sent_back_packs", "used_packs", "difference_kind", "holder_note",
        "reported_at",
    ])  # fmt: skip


def _tell_of_differences(recall: Recall, holders: Sequence[RecallHolder], at: datetime) -> None:
    """More packs than the platform knows of: the opener and the holder's drug regulators hear it."""
    more = [each for each in holders if (each.difference_packs or 0) > 0]
    if not more:
        return
    first = more[0]
    places = [pk for pk in (first.county_id, first.city_id, first.province_id) if pk]
    told = set(
        Organisation.objects.filter(kind="regulator", is_active=True, region__in=places)
        .values_list("pk", flat=True)
    )  # fmt: skip
    name = first.institution.name if first.institution else ""
    notify(
        notices=[
            NewNotice(
                pk, f"recall-more-{recall.recall_no}-{first.institution_id}-{first.row_version}-{pk}",
                f"{name}报告的召回数量多于平台登记：{_label(recall)}",
                "；".join(
                    f"批号 {each.lot_no} 多 {each.difference_packs.normalize():f}，"
                    f"{each.get_difference_kind_display()}：{each.holder_note}"
                    for each in more
                    if each.difference_packs is not None
                ),
                f"{reverse('recall-holders', args=[recall.recall_no])}?difference=more",
            )
            for pk in sorted(told | {recall.opened_by_id})
        ],
        at=at,
    )  # fmt: skip


def _find(recall: Recall, by: User, at: datetime) -> int:
    """Rows made or brought up to date; deliveries of the opener's region, or all."""
    seen = "TRUE"
    if recall.area is not None:
        seen = f"d.{recall.area.level}_id = %(area)s"
    with connection.cursor() as cursor:
        cursor.execute(
            FIND.format(holdings=holdings_sql(seen)),
            {
                "recall": recall.pk, "product": recall.product_id, "lots": recall.lots,
                "area": recall.area_id, "at": at, "by_id": by.audit_id, "by_name": by.audit_name,
            },
        )  # fmt: skip
        return int(cursor.rowcount)


def _ask_holders(recall: Recall, at: datetime) -> None:
    waiting = (
        recall.holders.filter(state=RecallHolder.State.WAITING)
        .values_list("institution_id", flat=True)
        .distinct()
    )
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act="report_recall", title=f"召回：{_label(recall)}",
                object_type=OBJECT_TYPE, object_key=_task_key(recall, pk), url=_url(recall),
                severity="red" if recall.level == Recall.Level.FIRST else "orange",
                due_at=recall.due_at, roles=HOLDER_ROLES,
            )
            for pk in waiting
            if pk is not None
        ],
        at=at,
    )  # fmt: skip


def _tell_suppliers(recall: Recall, at: datetime) -> None:
    """The manufacturer, where it did not recall itself, and whoever delivered the lots."""
    told = set(recall.holders.values_list("distributor_id", flat=True).distinct())
    told |= {recall.manufacturer_id}
    notify(
        notices=[
            NewNotice(
                pk, f"recall-{recall.recall_no}-{pk}",
                f"{recall.get_level_display()}召回：{_label(recall)}", recall.instruction,
                _url(recall), is_urgent=recall.level == Recall.Level.FIRST,
            )
            for pk in sorted(told - {None, recall.opened_by_id})
        ],
        at=at,
    )  # fmt: skip


def _task_key(recall: Recall, institution_id: int) -> str:
    return f"{recall.recall_no}/{institution_id}"


def _url(recall: Recall) -> str:
    return reverse("recall", args=[recall.recall_no])


def _label(recall: Recall) -> str:
    lots = "、".join(recall.lots[:3]) + ("等" if len(recall.lots) > 3 else "")
    return f"{recall.product} 批号 {lots}（{recall.recall_no}）"
