"""Place orders: one for each distributor, prices locked, once for each number of the client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import NewEvent, record_many
from core.database.serial import next_serial
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, open_tasks
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from procurement.models import ClinicalReason, LineProgress, Order, OrderLine
from procurement.operations.order_checks import CheckedRow, check_rows
from procurement.operations.order_row import OrderRow
from procurement.queries.ordering import BUYERS
from procurement.rules.ordering import CLAUSE, LONGEST_CLIENT_NO, MOST_LINES

OBJECT_TYPE = "order"
DISTRIBUTOR_ROLES = ("clerk", "reviewer", "leader")
LEVELS = ("county", "city", "province")


@dataclass(frozen=True)
class Placed:
    """The orders of one submission; `again` when an earlier sending had made them."""

    orders: list[Order]
    again: bool = False
    notes: list[str] = field(default_factory=list)


@operation
def place_orders(
    *,
    institution: Organisation,
    rows: Sequence[OrderRow],
    client_no: str,
    urgent: bool,
    receiving_place: str,
    by: User,
    scope: Scope,
    at: datetime,
    confirmed: bool = False,
    checked: Sequence[CheckedRow] | None = None,
) -> Placed:
    """The institution orders these rows; all or none.

    Each line gets today's price (the selection's, else the listed one), its batch, its deadlines
    and its progress; each distributor one order, a 待办 and a notice. More than was agreed is never
    refused for that. The same client_no with the same content gives the first orders again.
    `confirmed`: quantities out of the ordinary are meant. `checked`: what `check_rows` gave for
    these rows, where the caller asked it in this transaction for its own reasons.

    Raises NotYours; OrderRefused with every fault by row; Unconfirmed for quantities out of the
    ordinary; TransitionRefused for a client_no that was used for something else.
    """
    number = require_number(institution, client_no, rows, scope)
    digest = content_digest(rows, urgent, receiving_place)
    with connection.cursor() as cursor:
        # Retries, double clicks and two tabs wait here for the first; the unique rule stands behind.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"order {institution.pk} {number}"],
        )
    earlier = _earlier(institution, number, digest, rows)
    if earlier:
        return Placed(earlier, again=True)
    if not receiving_place.strip():
        raise MissingInput(
            "receiving_place", "请选择收货地点；还没有的，请先在“收货地点”登记", CLAUSE
        )
    if checked is None:
        checked = check_rows(
            institution=institution, rows=rows, urgent=urgent, at=at, confirmed=confirmed
        )
    orders = write_orders(
        institution=institution, checked=checked, number=number, digest=digest, urgent=urgent,
        place=receiving_place.strip(), by=by, at=at,
    )  # fmt: skip
    return Placed(orders, notes=[note for row in checked for note in row.notes])


@operation
def write_orders(
    *,
    institution: Organisation,
    checked: Sequence[CheckedRow],
    number: str,
    digest: str,
    urgent: bool,
    place: str,
    by: User,
    at: datetime,
) -> list[Order]:
    """Rows that were checked as orders, lines, progress, reasons, trail, 待办 and notices.

    Four statements for any number of rows and distributors, a fifth where reasons are kept. Raises
    TransitionRefused for a number that is taken: what was written goes with the transaction.
    """
    written = _written(institution, checked, number, digest, urgent, place, by, at)
    _reasons(written, by, at)
    _tell(written, by, at)
    return [each.order for each in written]


def require_number(
    institution: Organisation, client_no: str, rows: Sequence[OrderRow], scope: Scope
) -> str:
    """The client's number, where the institution may order so many rows under it."""
    if institution.pk not in scope.institution_ids or not scope.has_role(*BUYERS):
        raise NotYours("订单由本机构（或医共体牵头机构）的经办、审核人员或负责人提交", CLAUSE)
    number = client_no.strip()
    if not number or len(number) > LONGEST_CLIENT_NO:
        raise MissingInput("client_no", f"请填写院内单号，至多 {LONGEST_CLIENT_NO} 个字符", CLAUSE)
    if not rows or len(rows) > MOST_LINES:
        raise MissingInput("lines", f"一次订购 1 至 {MOST_LINES} 行", CLAUSE)
    return number


def content_digest(rows: Sequence[OrderRow], urgent: bool, place: str) -> str:
    """Of what the client sent, in whatever order the rows came."""
    content = sorted(
        [row.product.code, f"{row.packs.normalize():f}", row.batch, row.distributor, row.reason]
        for row in rows
    )
    said = json.dumps([content, urgent, place.strip()], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _earlier(
    institution: Organisation, number: str, digest: str, rows: Sequence[OrderRow]
) -> list[Order]:
    """The orders that this number made; TransitionRefused when they were for something else."""
    own = Order.objects.filter(
        Q(submission_no=number) | Q(client_no=number), institution=institution
    )
    rows_held = list(own.order_by("pk"))
    found = [order for order in rows_held if order.submission_no == number] or rows_held
    if not found:
        return []
    if found[0].content_digest is not None:
        same = found[0].content_digest == digest and found[0].submission_no == number
    else:
        # Loaded from elsewhere: known by what was ordered.
        held = OrderLine.objects.filter(order=found[0], ordered_at=found[0].sent_at)
        same = sorted(held.values_list("product_id", "packs")) == sorted(
            (row.product.pk, row.packs) for row in rows
        )
    if same:
        return found
    raise TransitionRefused(
        f"院内单号 {number} 已用于内容不同的订单 {found[0].order_no}：请换一个单号，"
        "或核对是否重复提交",
        CLAUSE,
    )


LINE_COLUMNS = {
    "distributor_id": "bigint", "line_no": "integer", "product_id": "bigint", "group_id": "bigint",
    "batch_id": "bigint", "packs": "numeric", "unit_price": "numeric",
    "response_due_at": "timestamptz", "delivery_due_at": "timestamptz", "manufacturer_id": "bigint",
}  # fmt: skip
STAMPS = "institution_id, county_id, city_id, province_id, pool_id"
GIVEN = ", ".join(f"%({column})s" for column in STAMPS.split(", "))
# Lines are made in the order of the rows: their ids follow it, and so do lists.
WRITE = f"""
WITH heads AS (
    INSERT INTO procurement_order
        (order_no, sent_at, urgent, client_no, submission_no, content_digest, receiving_place,
         distributor_id, {STAMPS})
    SELECT %(prefix)s || n.serial, %(at)s, %(urgent)s,
           CASE n.place_no WHEN 1 THEN %(number)s ELSE %(number)s || '-' || n.place_no END,
           %(number)s, %(digest)s, %(place)s, n.distributor_id, {GIVEN}
    FROM (SELECT d.*, {next_serial("procurement_order_no", 8)} AS serial
          FROM unnest(%(distributors)s::bigint[]) WITH ORDINALITY AS d (distributor_id, place_no)) n
    ON CONFLICT DO NOTHING
    RETURNING id, order_no, client_no, distributor_id
),
lines AS (
    INSERT INTO procurement_orderline
        (order_id, line_no, ordered_at, product_id, group_id, batch_id, packs, unit_price, response,
         reject_reason, response_due_at, delivery_due_at, manufacturer_id, distributor_id, {STAMPS})
    SELECT h.id, r.line_no, %(at)s, r.product_id, r.group_id, r.batch_id, r.packs, r.unit_price, '',
           '', r.response_due_at, r.delivery_due_at, r.manufacturer_id, h.distributor_id, {GIVEN}
    FROM unnest({", ".join(f"%({name}s)s::{kind}[]" for name, kind in LINE_COLUMNS.items())})
         WITH ORDINALITY AS r ({", ".join(LINE_COLUMNS)}, row_no)
    JOIN heads h ON h.distributor_id = r.distributor_id
    ORDER BY r.row_no
    RETURNING *
),
progress AS (
    INSERT INTO procurement_lineprogress
        (line_id, ordered_at, order_id, line_no, product_id, batch_id, packs, shipped_packs,
         delivered_packs, accepted_packs, refused_packs, returned_packs, due_at, reject_reason,
         reject_note, end_reason, state, state_at, state_by_id, state_by_name, row_version,
         manufacturer_id, distributor_id, {STAMPS})
    SELECT id, ordered_at, order_id, line_no, product_id, batch_id, packs, 0, 0, 0, 0, 0,
           response_due_at, '', '', '', %(state)s, %(at)s, %(by_id)s, %(by_name)s, 1,
           manufacturer_id, distributor_id, {STAMPS}
    FROM lines
)
SELECT h.distributor_id, h.id, h.order_no, h.client_no,
       (SELECT array_agg(l.id ORDER BY l.line_no) FROM lines l WHERE l.order_id = h.id)
FROM heads h
"""
"""One statement: the lines need the ids of their heads and the progress those of its lines; as three
they were a third of an order's time (T10)."""


@dataclass(frozen=True)
class _Written:
    """One order with its rows and the ids of their lines, both in the order of line_no."""

    order: Order
    rows: list[CheckedRow]
    line_ids: list[int]


def _written(
    institution: Organisation,
    checked: Sequence[CheckedRow],
    number: str,
    digest: str,
    urgent: bool,
    place: str,
    by: User,
    at: datetime,
) -> list[_Written]:
    """One order by distributor, in the order in which the rows name them, lines numbered within."""
    rows: dict[int, list[CheckedRow]] = {}
    columns: list[tuple[Any, ...]] = []
    for row in checked:
        own = rows.setdefault(row.distributor_id, [])
        own.append(row)
        product = row.product
        columns.append(
            (row.distributor_id, len(own), product.pk, product.group_id, row.batch_id, row.packs,
             row.price, row.response_due_at, row.delivery_due_at, product.manufacturer_id)
        )  # fmt: skip
    stamps: dict[str, Any] = stamps_of(institution)
    given: dict[str, Any] = {
        f"{name}s": list(each)
        for name, each in zip(LINE_COLUMNS, zip(*columns, strict=True), strict=True)
    }
    given |= {
        "prefix": f"ZC{shanghai_day(at):%Y%m}", "at": at, "urgent": urgent, "number": number,
        "digest": digest, "place": place, "distributors": list(rows),
        "institution_id": institution.pk, "pool_id": stamps["pool_id"],
        **{f"{level}_id": getattr(stamps[level], "pk", None) for level in LEVELS},
        "state": LineProgress.State.SENT, "by_id": by.audit_id, "by_name": by.audit_name,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given)
        made = {row[0]: row[1:] for row in cursor.fetchall()}
    if len(made) < len(rows):
        raise TransitionRefused(
            f"院内单号 {number} 或它的分单号已用于别的订单：请换一个单号", CLAUSE
        )
    found = []
    for distributor, own in rows.items():
        pk, order_no, client_no, line_ids = made[distributor]
        order = Order(
            pk=pk, order_no=order_no, sent_at=at, urgent=urgent, client_no=client_no,
            submission_no=number, content_digest=digest, receiving_place=place,
            distributor_id=distributor, **stamps,
        )  # fmt: skip
        order._state.adding = False
        found.append(_Written(order, own, line_ids))
    return found


def _reasons(written: Sequence[_Written], by: User, at: datetime) -> None:
    """Clinical reasons with what was offered instead; they name no enterprise."""
    kept = [
        ClinicalReason(
            line_id=line_id, ordered_at=at, order=each.order, product_id=row.product.pk,
            reason=row.reason, offered=[choice.as_json() for choice in row.offered],
            given_by_id=by.audit_id, given_by_name=by.audit_name,
            institution_id=each.order.institution_id, county_id=each.order.county_id,
            city_id=each.order.city_id, province_id=each.order.province_id,
            pool_id=each.order.pool_id,
        )
        for each in written
        for row, line_id in zip(each.rows, each.line_ids, strict=True)
        if row.reason
    ]  # fmt: skip
    ClinicalReason.objects.bulk_create(kept)


def _tell(written: Sequence[_Written], by: User, at: datetime) -> None:
    """The trail, and each distributor's 待办 and notice."""
    events, tasks, notices = [], [], []
    for each in written:
        order, count = each.order, len(each.rows)
        assert order.distributor_id is not None
        amount = sum((row.packs * row.price for row in each.rows), Decimal(0))
        url = reverse("order", args=[order.order_no])
        urgent = "加急" if order.urgent else ""
        events.append(
            NewEvent(
                action="order.place", object_type=OBJECT_TYPE, object_key=order.order_no,
                object_label=order.order_no, clause=CLAUSE,
                detail={
                    "client_no": order.client_no, "lines": count, "amount": f"{amount:.2f}",
                    "distributor_id": order.distributor_id, "urgent": order.urgent,
                },
            )
        )  # fmt: skip
        tasks.append(
            NewTask(
                organisation_id=order.distributor_id, act="answer_order",
                title=f"答复{urgent}订单：{order.institution.name}，{count} 行",
                object_type=OBJECT_TYPE, object_key=order.order_no, url=url,
                due_at=min(row.response_due_at for row in each.rows), roles=DISTRIBUTOR_ROLES,
            )
        )  # fmt: skip
        notices.append(
            NewNotice(
                order.distributor_id, f"order-{order.order_no}-placed",
                f"新{urgent}订单 {order.order_no}：{order.institution.name}，{count} 行",
                url=url, category=Notice.Category.GENERAL, is_urgent=order.urgent,
            )
        )  # fmt: skip
    record_many(events, by=by, at=at)
    open_tasks(tasks=tasks, at=at)
    notify(notices=notices, at=at)
