"""Place orders: one for each distributor, prices locked, once for each number of the client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.urls import reverse

from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import NewEvent, record_many
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
) -> Placed:
    """The institution orders these rows; all or none.

    Each line gets today's price (the selection's, else the listed one), its batch, its deadlines
    and its progress; each distributor one order, a 待办 and a notice. More than was agreed is never
    refused for that. The same client_no with the same content gives the first orders again.
    `confirmed`: quantities out of the ordinary are meant.

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
    checked = check_rows(institution=institution, rows=rows, urgent=urgent, at=at,
                         confirmed=confirmed)  # fmt: skip
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

    Seven statements for any number of rows to one distributor. Raises TransitionRefused for a
    number that is taken.
    """
    orders = _orders(institution, checked, number, digest, urgent, place, at)
    lines = _lines(orders, checked, at)
    _progress(orders, by, at)
    _reasons(lines, checked, by)
    _tell(orders, lines, by, at)
    return list(orders.values())


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


def _orders(
    institution: Organisation,
    checked: Sequence[CheckedRow],
    number: str,
    digest: str,
    urgent: bool,
    place: str,
    at: datetime,
) -> dict[int, Order]:
    """One head by distributor, in the order in which the rows name them."""
    distributors = list(dict.fromkeys(row.distributor_id for row in checked))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('procurement_order_no') FROM generate_series(1, %s)",
            [len(distributors)],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    stamps: dict[str, Any] = stamps_of(institution)
    made = [
        Order(
            order_no=f"ZC{shanghai_day(at):%Y%m}{serial:08d}", sent_at=at, urgent=urgent,
            client_no=number if place_no == 1 else f"{number}-{place_no}", submission_no=number,
            content_digest=digest, receiving_place=place, distributor_id=distributor,
            **stamps,
        )
        for place_no, (serial, distributor) in enumerate(
            zip(numbers, distributors, strict=True), start=1
        )
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Order.objects.bulk_create(made)
    except IntegrityError as error:
        raise TransitionRefused(
            f"院内单号 {number} 或它的分单号已用于别的订单：请换一个单号", CLAUSE
        ) from error
    return {order.distributor_id: order for order in made if order.distributor_id is not None}


def _lines(
    orders: dict[int, Order], checked: Sequence[CheckedRow], at: datetime
) -> list[OrderLine]:
    """Lines in the order of the rows, numbered within their order."""
    counts = dict.fromkeys(orders, 0)
    made = []
    for row in checked:
        head = orders[row.distributor_id]
        counts[row.distributor_id] += 1
        product = row.product
        made.append(
            OrderLine(
                order=head, line_no=counts[row.distributor_id], ordered_at=at, product=product,
                group_id=product.group_id, batch_id=row.batch_id, packs=row.packs,
                unit_price=row.price, response_due_at=row.response_due_at,
                delivery_due_at=row.delivery_due_at, manufacturer_id=product.manufacturer_id,
                distributor_id=row.distributor_id, institution_id=head.institution_id,
                county_id=head.county_id, city_id=head.city_id, province_id=head.province_id,
                pool_id=head.pool_id,
            )
        )  # fmt: skip
    _insert(made)
    return made


LINE_COLUMNS = {
    "order_id": "bigint", "line_no": "integer", "ordered_at": "timestamptz",
    "product_id": "bigint", "group_id": "bigint", "batch_id": "bigint", "packs": "numeric",
    "unit_price": "numeric", "response": "text", "reject_reason": "text",
    "response_due_at": "timestamptz", "delivery_due_at": "timestamptz",
    "manufacturer_id": "bigint", "distributor_id": "bigint", "institution_id": "bigint",
    "county_id": "bigint", "city_id": "bigint", "province_id": "bigint", "pool_id": "bigint",
}  # fmt: skip
INSERT_LINES = (
    f"INSERT INTO procurement_orderline ({', '.join(LINE_COLUMNS)}) SELECT * FROM unnest("
    + ", ".join(f"%s::{kind}[]" for kind in LINE_COLUMNS.values())
    + ") RETURNING id, order_id, line_no"
)
INSERT_PROGRESS = """
INSERT INTO procurement_lineprogress
    (line_id, ordered_at, order_id, line_no, product_id, batch_id, packs, shipped_packs,
     delivered_packs, accepted_packs, refused_packs, returned_packs, due_at, reject_reason,
     reject_note, end_reason, state, state_at, state_by_id, state_by_name, row_version,
     institution_id, manufacturer_id, distributor_id, county_id, city_id, province_id, pool_id)
SELECT l.id, l.ordered_at, l.order_id, l.line_no, l.product_id, l.batch_id, l.packs, 0, 0, 0, 0, 0,
       l.response_due_at, '', '', '', %(state)s, %(at)s, %(by_id)s, %(by_name)s, 1,
       l.institution_id, l.manufacturer_id, l.distributor_id, l.county_id, l.city_id,
       l.province_id, l.pool_id
FROM procurement_orderline l WHERE l.order_id = ANY (%(orders)s) AND l.ordered_at = %(at)s
"""


def _insert(lines: Sequence[OrderLine]) -> None:
    """One statement by arrays; a bulk_create of as many costs several times its time (T10)."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_LINES, [[getattr(line, name) for line in lines] for name in LINE_COLUMNS]
        )
        keys = {(order, line_no): pk for pk, order, line_no in cursor.fetchall()}
    for line in lines:
        line.pk = keys[line.order_id, line.line_no]


def _progress(orders: dict[int, Order], by: User, at: datetime) -> None:
    """Copied inside the database from the lines that were just written."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_PROGRESS,
            {
                "orders": [order.pk for order in orders.values()], "at": at,
                "state": LineProgress.State.SENT, "by_id": by.audit_id,
                "by_name": by.audit_name,
            },
        )  # fmt: skip


def _reasons(lines: Sequence[OrderLine], checked: Sequence[CheckedRow], by: User) -> None:
    """Clinical reasons with what was offered instead; they name no enterprise."""
    ClinicalReason.objects.bulk_create(
        ClinicalReason(
            line_id=line.pk, ordered_at=line.ordered_at, order=line.order,
            product_id=line.product_id, reason=row.reason,
            offered=[each.as_json() for each in row.offered], given_by_id=by.audit_id,
            given_by_name=by.audit_name, institution_id=line.institution_id,
            county_id=line.county_id, city_id=line.city_id, province_id=line.province_id,
            pool_id=line.pool_id,
        )
        for line, row in zip(lines, checked, strict=True)
        if row.reason
    )  # fmt: skip


def _tell(orders: dict[int, Order], lines: Sequence[OrderLine], by: User, at: datetime) -> None:
    """The trail, and each distributor's 待办 and notice."""
    events, tasks, notices = [], [], []
    for distributor, order in orders.items():
        own = [line for line in lines if line.order is order]
        amount = sum((line.packs * line.unit_price for line in own), Decimal(0))
        url = reverse("order", args=[order.order_no])
        urgent = "加急" if order.urgent else ""
        events.append(
            NewEvent(
                action="order.place", object_type=OBJECT_TYPE, object_key=order.order_no,
                object_label=order.order_no, clause=CLAUSE,
                detail={
                    "client_no": order.client_no, "lines": len(own), "amount": f"{amount:.2f}",
                    "distributor_id": distributor, "urgent": order.urgent,
                },
            )
        )  # fmt: skip
        tasks.append(
            NewTask(
                organisation_id=distributor, act="answer_order",
                title=f"答复{urgent}订单：{order.institution.name}，{len(own)} 行",
                object_type=OBJECT_TYPE, object_key=order.order_no, url=url,
                due_at=min(line.response_due_at for line in own if line.response_due_at),
                roles=DISTRIBUTOR_ROLES,
            )
        )  # fmt: skip
        notices.append(
            NewNotice(
                distributor, f"order-{order.order_no}-placed",
                f"新{urgent}订单 {order.order_no}：{order.institution.name}，{len(own)} 行",
                url=url, category=Notice.Category.GENERAL, is_urgent=order.urgent,
            )
        )  # fmt: skip
    record_many(events, by=by, at=at)
    open_tasks(tasks=tasks, at=at)
    notify(notices=notices, at=at)
