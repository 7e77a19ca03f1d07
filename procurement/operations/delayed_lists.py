"""The 延迟响应清单: made each working morning, explained by the distributor, closed by the bureau."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.urls import reverse

from catalog.queries.province_values import province_value, whole_days
from core.audit.record import Actor, NewEvent, record, record_many
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import Deadline, add_workdays, day_status, shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope
from procurement.models import DelayedList, DelayedRow, LineProgress
from procurement.queries.delayed_lists import OFFICERS, delayed_standings
from procurement.rules.shipping import DISPATCHERS
from procurement.states.delayed_list import DELAYED_MACHINE, DISTRIBUTOR, DelayReason
from procurement.states.order_line import RESPONSE_CLAUSE

OBJECT_TYPE = DELAYED_MACHINE.name
Place = tuple[int | None, int | None, int | None, int]
"""Distributor, county, city, province."""


@dataclass(frozen=True)
class DelayAnswer:
    """Why one row's line was not answered; `kind` is one of DelayReason's codes."""

    row_id: int
    kind: str
    note: str = ""


@operation
def make_delayed_lists(*, on: date, by: Actor, at: datetime) -> int:
    """List what is past its response hours and was not listed before. Gives how many lists.

    On working days only; a line is listed once, a county and distributor once a day, so running
    it twice makes nothing twice. Each list goes to its distributor as a task, to the bureau of its
    place as a notice.
    """
    if not day_status(on).is_workday:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('procurement.delayed_lists'))")
    listed = DelayedList.objects.filter(listed_on=on)
    before = set(listed.values_list("distributor", "county", "city", "province"))
    groups: dict[Place, list[LineProgress]] = {}
    late = (
        LineProgress.objects.filter(state="sent", due_at__lt=at)
        .exclude(line_id__in=DelayedRow.objects.values("line_id"))
        .select_related("order")
        .order_by("due_at", "id")
    )
    for line in late:
        place = (line.distributor_id, line.county_id, line.city_id, line.province_id)
        if place not in before and line.distributor_id is not None:
            groups.setdefault(place, []).append(line)
    if not groups:
        return 0
    lists = _write_lists(groups, on=on, by=by, at=at)
    _send(lists, at)
    return len(lists)


def _write_lists(
    groups: Mapping[Place, Sequence[LineProgress]], *, on: date, by: Actor, at: datetime
) -> list[DelayedList]:
    numbers = _numbers(len(groups), on)
    due: dict[tuple[int, date], Deadline] = {}
    lists = []
    for number, ((distributor, county, city, province), lines) in zip(
        numbers, groups.items(), strict=True
    ):
        first = shanghai_day(min(line.due_at for line in lines if line.due_at))
        if (province, first) not in due:
            due[province, first] = _due(province, first, on)
        lists.append(
            DelayedList(
                list_no=number, listed_on=on, listed_at=at, due_on=due[province, first].day,
                due_provisional=due[province, first].provisional, row_count=len(lines),
                distributor_id=distributor, county_id=county, city_id=city, province_id=province,
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
            )
        )  # fmt: skip
    DelayedList.objects.bulk_create(lists)
    DelayedRow.objects.bulk_create(
        [
            DelayedRow(
                delayed_list=head, line_id=line.line_id, ordered_at=line.ordered_at,
                order_no=line.order.order_no, line_no=line.line_no, product_id=line.product_id,
                packs=line.packs, urgent=line.order.urgent, due_at=line.due_at or at,
                listed_state=line.state, institution_id=line.institution_id,
                manufacturer_id=line.manufacturer_id, distributor_id=line.distributor_id,
                county_id=line.county_id, city_id=line.city_id, province_id=line.province_id,
                pool_id=line.pool_id,
            )
            for head, lines in zip(lists, groups.values(), strict=True)
            for line in lines
        ],
        batch_size=1000,
    )  # fmt: skip
    record_many(
        [
            NewEvent(
                action="delayed_list.make", object_type=OBJECT_TYPE, object_key=str(head.pk),
                object_label=head.list_no, clause=RESPONSE_CLAUSE,
                detail={"rows": head.row_count, "due_on": head.due_on.isoformat()},
            )
            for head in lists
        ],
        by=by, at=at,
    )  # fmt: skip
    return lists


def _due(province: int, first: date, on: date) -> Deadline:
    region = Region.objects.filter(pk=province).first()
    return add_workdays(first, whole_days(province_value(region, on, "delayed_list_workdays")))


def _numbers(count: int, on: date) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('procurement_delayed_list_no') FROM generate_series(1, %s)", [count]
        )
        return [f"YC{on:%Y%m%d}-{number:06d}" for (number,) in cursor.fetchall()]


def _send(lists: Sequence[DelayedList], at: datetime) -> None:
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=head.distributor_id, act="answer_delayed",
                title=f"延迟响应清单 {head.list_no}：{head.row_count} 行超时未响应，请响应并说明原因",
                object_type=OBJECT_TYPE, object_key=head.list_no, url=_url(head),
                severity="orange", roles=DISPATCHERS,
            )
            for head in lists
            if head.distributor_id is not None
        ],
        at=at,
    )  # fmt: skip
    bureaus = _bureaus(lists)
    notify(
        notices=[
            NewNotice(
                bureau, f"delayed-{head.list_no}-{bureau}",
                f"延迟响应清单 {head.list_no} 已发送配送企业：{head.row_count} 行", "", _url(head),
            )
            for head in lists
            for bureau in bureaus.get(_home(head), ())
        ],
        at=at,
    )  # fmt: skip


def _home(head: DelayedList) -> int:
    """The region whose bureau follows the list: the county, else the city, else the province."""
    return head.county_id or head.city_id or head.province_id


def _bureaus(lists: Sequence[DelayedList]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = Organisation.objects.filter(
        kind="bureau", is_active=True, region__in={_home(head) for head in lists}
    ).values_list("region_id", "pk")
    for region, pk in rows.order_by("pk"):
        if region is not None:
            found.setdefault(region, []).append(pk)
    return found


def _url(head: DelayedList) -> str:
    return reverse("delayed-list", args=[head.list_no])


@operation
def answer_delayed(
    *, delayed_list: DelayedList, answers: Sequence[DelayAnswer], by: User, scope: Scope,
    at: datetime, seen_version: int | None = None,
) -> DelayedList:  # fmt: skip
    """The distributor gives the reason of each named row; with the last one the list is answered.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput; nothing is written then.
    """
    head = DelayedList.objects.select_for_update(of=("self",)).get(pk=delayed_list.pk)
    standings = delayed_standings(scope, head)
    if DISTRIBUTOR not in standings:
        raise NotYours("延迟响应的原因由清单所列的配送企业说明", RESPONSE_CLAUSE)
    if seen_version is not None and head.row_version != seen_version:
        raise StaleVersion(f"该清单已由{head.state_by_name}更新，请刷新后再办理")
    if head.state != DelayedList.State.OPEN:
        raise TransitionRefused("该清单已说明或已办结，不能再改", RESPONSE_CLAUSE)
    rows = {row.pk: row for row in head.rows.select_for_update().order_by("pk")}
    if not answers:
        raise MissingInput("answers", "没有填写原因，请至少说明一行", RESPONSE_CLAUSE)
    changed = []
    for each in answers:
        row = rows.get(each.row_id)
        if row is None:
            raise MissingInput("answers", "所说明的行不在这张清单上，请刷新后重填", RESPONSE_CLAUSE)
        if each.kind not in DelayReason.values:
            raise MissingInput("answers", f"订单行 {row}：请选择原因", RESPONSE_CLAUSE)
        if each.kind == DelayReason.OTHER and not each.note.strip():
            raise MissingInput(
                "answers", f"订单行 {row}：原因为“其他”的，请写明情况", RESPONSE_CLAUSE
            )
        row.reason_kind, row.reason_note = each.kind, each.note.strip()[:500]
        row.answered_at, row.answered_by_name = at, by.audit_name
        changed.append(row)
    DelayedRow.objects.bulk_update(
        changed, ["reason_kind", "reason_note", "answered_at", "answered_by_name"]
    )
    record(
        by=by, at=at, action="delayed_list.explain", object_type=OBJECT_TYPE, object_key=head.pk,
        object_label=head.list_no, clause=RESPONSE_CLAUSE,
        detail={str(row): row.get_reason_kind_display() for row in changed},
    )  # fmt: skip
    if any(row.answered_at is None for row in rows.values()):
        DelayedList.objects.filter(pk=head.pk).update(row_version=head.row_version + 1)
        head.row_version += 1
        return head
    moved: DelayedList
    moved, _ = DELAYED_MACHINE.perform(
        verb="answer", obj=head, by=by, at=at, standings=lambda held: delayed_standings(scope, held)
    )
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.list_no], at=at)
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=bureau, act="close_delayed",
                title=f"延迟响应清单 {moved.list_no} 已说明，请核对并办结",
                object_type=OBJECT_TYPE, object_key=moved.list_no, url=_url(moved), roles=OFFICERS,
            )
            for bureau in _bureaus([moved]).get(_home(moved), ())
        ],
        at=at,
    )  # fmt: skip
    return moved


@operation
def close_delayed(
    *, delayed_list: DelayedList, closing_note: str, by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> DelayedList:  # fmt: skip
    """The bureau ends the list with its words; the distributor reads them.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    moved: DelayedList
    moved, _ = DELAYED_MACHINE.perform(
        verb="close", obj=delayed_list, by=by, at=at, seen_version=seen_version,
        inputs={"closing_note": closing_note.strip()},
        standings=lambda held: delayed_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.list_no], at=at)
    if moved.distributor_id is not None:
        notify(
            notices=[
                NewNotice(
                    moved.distributor_id, f"delayed-closed-{moved.list_no}",
                    f"延迟响应清单 {moved.list_no} 已办结", moved.closing_note, _url(moved),
                )
            ],
            at=at,
        )  # fmt: skip
    return moved
