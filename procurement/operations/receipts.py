"""Take deliveries in and correct what was taken; nobody else writes receipts of deliveries here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from core.audit.record import Actor, NewEvent, record, record_many
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused, Verdict
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import Delivery, LineProgress, Receipt, ReceiptRemark
from procurement.operations.code_corrections import add_codes, release_codes
from procurement.operations.code_receipts import receive_codes
from procurement.operations.line_progress import LineKey, advance, lock_lines
from procurement.operations.receiving_tasks import finish_receiving
from procurement.queries.receiving import Taken, may_receive, taken_of
from procurement.queries.return_requests import sent_back, spoken_for
from procurement.rules.receiving import (
    RECEIPT_CLAUSE,
    adds_up,
    correction_fits,
    lot_fits,
    reason_given,
)
from procurement.states.order_line import DISTRIBUTOR, INSTITUTION

OBJECT_TYPE = "receipt"
COPIED = (
    "line_id", "ordered_at", "product_id", "group_id", "batch_id", "unit_price", "institution_id",
    "manufacturer_id", "distributor_id", "county_id", "city_id", "province_id", "pool_id",
)  # fmt: skip
STAMPS = COPIED[6:]


@dataclass(frozen=True)
class TakenRow:
    """Packs of one delivery; lot and expiry as seen on the goods, empty where not looked at."""

    delivery: Delivery
    accepted: Decimal
    refused: Decimal = Decimal(0)
    reason: str = ""
    words: str = ""
    lot_no: str = ""
    expires_on: date | None = None


@operation
def receive(
    *, rows: Sequence[TakenRow], by: User, scope: Scope, at: datetime
) -> list[Receipt]:  # fmt: skip
    """Post the receipt of whole deliveries, all or none; what had not arrived arrives by it.

    Raises NotYours, MissingInput naming the row (accepted + refused is not what was delivered, a
    reason is missing, lot or expiry differ, the lot has expired, codes are missing), and
    TransitionRefused where somebody has received it since.
    """
    allowed = may_receive(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if any(row.delivery.institution_id not in scope.institution_ids for row in rows):
        raise NotYours("只能收本机构（医共体牵头机构包括成员）的货", RECEIPT_CLAUSE)
    # A savepoint: a refusal in the middle leaves nothing of what was written before it.
    with transaction.atomic():
        return post_receipts(rows=rows, kind=ReceiptRemark.Kind.TAKEN, by=by, at=at)


@operation
def post_receipts(
    *, rows: Sequence[TakenRow], kind: str, by: Actor, at: datetime
) -> list[Receipt]:  # fmt: skip
    """As `receive`, for whoever may: an institution's people, or the clock that accepts for them."""
    if not rows:
        raise MissingInput("rows", "没有要收的货", RECEIPT_CLAUSE)
    keys: list[LineKey] = [(row.delivery.line_id, row.delivery.ordered_at) for row in rows]
    lines = {line.line_id: line for line in lock_lines(keys=keys)}
    fresh = _fresh(rows)
    before = taken_of(fresh.keys(), lines.keys())
    for row in rows:
        if row.delivery.pk in before:
            raise TransitionRefused(
                f"配送 {_label(row.delivery)} 已经收货，请刷新；数量有误请办理更正", RECEIPT_CLAUSE
            )
        _refuse_unless_right(row, fresh[row.delivery.pk], shanghai_day(at))
    _deliver(list(fresh.values()), lines, by, at)
    made = _write(rows, fresh, kind, by, at)
    for row in rows:
        line = lines[row.delivery.line_id]
        line.accepted_packs += row.accepted
        line.refused_packs += row.refused
    advance(
        sorted(lines.values(), key=lambda line: line.line_id), act="receive", by=by, at=at,
        standings={key: {INSTITUTION} for key in lines},
        details={row.delivery.line_id: _detail(row) for row in rows},
    )  # fmt: skip
    receive_codes(
        accepted={row.delivery.pk: row.accepted for row in rows},
        deliveries=list(fresh.values()), by=by, at=at,
        demand=kind != ReceiptRemark.Kind.AUTOMATIC,
    )  # fmt: skip
    finish_receiving(deliveries=list(fresh.values()), at=at)
    _tell_distributors(rows, kind, at)
    return made


@operation
def correct_receipt(
    *,
    delivery: Delivery,
    accepted: Decimal,
    refused: Decimal,
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen: int | None = None,
    codes: Sequence[str] = (),
    added_codes: Sequence[str] = (),
) -> Receipt:
    """What was accepted and refused of a delivery is now this; a new entry holds the difference.

    The entry's own time is that of the correction: what it adds is owed from then on. `seen` is
    the number of the last entry that the reader had before them; `codes` those of packs that are
    accepted no more, so that no more codes stay collected than packs; `added_codes` those of packs
    accepted after all, one for each where the province demands it. Raises NotYours, StaleVersion,
    MissingInput, TransitionRefused.
    """
    allowed = may_receive(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if delivery.institution_id not in scope.institution_ids:
        raise NotYours("只能更正本机构的收货", RECEIPT_CLAUSE)
    if not words.strip():
        raise MissingInput("words", "请填写更正原因", RECEIPT_CLAUSE)
    (line,) = lock_lines(keys=[(delivery.line_id, delivery.ordered_at)])
    taken = taken_of([delivery.pk], [delivery.line_id]).get(delivery.pk)
    if taken is None:
        raise TransitionRefused(f"配送 {_label(delivery)} 还没有收货，请直接收货", RECEIPT_CLAUSE)
    if seen is not None and seen != taken.receipts:
        raise StaleVersion(
            f"配送 {_label(delivery)} 的收货已有第 {taken.receipts} 次登记，请刷新后再更正"
        )
    _refuse_correction(delivery, line, taken, accepted, refused)
    # A savepoint: where a code is refused, none of the others went out or came in.
    with transaction.atomic():
        out = release_codes(delivery=delivery, accepted=accepted, codes=codes, by=by, at=at)
        added = accepted - taken.accepted
        taken_in = add_codes(delivery=delivery, added=added, codes=added_codes, by=by, at=at)
    made = Receipt.objects.create(
        **_copies(delivery), delivery_id=delivery.pk, receipt_no=taken.receipts + 1,
        accepted_packs=accepted - taken.accepted, refused_packs=refused - taken.refused,
        received_at=at,
    )  # fmt: skip
    _remark([made], {}, ReceiptRemark.Kind.CORRECTION, by, at, words.strip())
    line.accepted_packs += made.accepted_packs
    line.refused_packs += made.refused_packs
    detail = {
        "receipt_no": made.receipt_no, "delivery_no": delivery.delivery_no,
        "accepted": f"{taken.accepted.normalize():f} → {accepted.normalize():f}",
        "refused": f"{taken.refused.normalize():f} → {refused.normalize():f}",
        **({"codes_out": out} if out else {}), **({"codes_added": taken_in} if taken_in else {}),
    }  # fmt: skip
    advance(
        [line], act="correct", by=by, at=at, standings={line.line_id: {INSTITUTION}},
        details={line.line_id: detail}, reason=words.strip(),
    )  # fmt: skip
    record(
        by=by, at=at, action="receipt.correct", object_type=OBJECT_TYPE, object_key=delivery.pk,
        object_label=_label(delivery), reason=words.strip(), clause=RECEIPT_CLAUSE, detail=detail,
    )  # fmt: skip
    _tell_of_correction(delivery, made, words, at)
    return made


def _refuse_correction(
    delivery: Delivery, line: LineProgress, taken: Taken, accepted: Decimal, refused: Decimal
) -> None:
    fits = correction_fits(
        packs=delivery.packs, accepted=taken.accepted, refused=taken.refused,
        sent_back=sent_back(delivery.pk) + spoken_for(delivery_id=delivery.pk),
        new_accepted=accepted, new_refused=refused,
    )  # fmt: skip
    if not fits:
        raise MissingInput("accepted", fits.reason, fits.clause)
    # Loaded returns name a line and no delivery: the line as a whole keeps what went back too.
    kept = line.accepted_packs + accepted - taken.accepted
    if kept < line.returned_packs + spoken_for(line_id=line.line_id):
        raise MissingInput(
            "accepted",
            "该订单行已退货或正在申请退换的多于更正后的验收数，请先撤回申请",
            RECEIPT_CLAUSE,
        )


def _fresh(rows: Sequence[TakenRow]) -> dict[int, Delivery]:
    """The deliveries as they are now, behind the lock of their lines."""
    if len({row.delivery.pk for row in rows}) < len(rows):
        raise MissingInput("rows", "同一配送在收货单中出现了两次", RECEIPT_CLAUSE)
    times = [row.delivery.recorded_at for row in rows]
    found = Delivery.objects.filter(
        pk__in=[row.delivery.pk for row in rows],
        recorded_at__gte=min(times), recorded_at__lte=max(times),
    ).select_related("product", "province")  # fmt: skip
    return {each.pk: each for each in found}


def taken_fault(row: TakenRow, sent: Delivery, on: date) -> tuple[str, Verdict] | None:
    """The field that does not fit what was sent, and why; None where all does. `on` is today."""
    checks = (
        ("accepted", adds_up(packs=sent.packs, accepted=row.accepted, refused=row.refused)),
        ("reason", reason_given(refused=row.refused, reason=row.reason, words=row.words,
                                known=ReceiptRemark.Reason.values)),
        ("lot_no", lot_fits(accepted=row.accepted, noted_lot=sent.lot_no,
                            noted_expiry=sent.expires_on, seen_lot=row.lot_no.strip(),
                            seen_expiry=row.expires_on, on=on)),
    )  # fmt: skip
    return next((check for check in checks if not check[1]), None)


def _refuse_unless_right(row: TakenRow, sent: Delivery, on: date) -> None:
    """Raises MissingInput naming the delivery and the field."""
    fault = taken_fault(row, sent, on)
    if fault is not None:
        field, verdict = fault
        raise MissingInput(
            f"{field}_{sent.pk}", f"配送 {_label(sent)}：{verdict.reason}", verdict.clause
        )


def _deliver(
    deliveries: Sequence[Delivery], lines: Mapping[int, LineProgress], by: Actor, at: datetime
) -> None:
    """What lies on the table has arrived, whether its distributor said so or not."""
    late = [each for each in deliveries if each.delivered_at is None]
    if not late:
        return
    Delivery.objects.filter(
        pk__in=[each.pk for each in late],
        recorded_at__gte=min(each.recorded_at for each in late),
        recorded_at__lte=max(each.recorded_at for each in late),
    ).update(delivered_at=at)
    for each in late:
        lines[each.line_id].delivered_packs += each.packs
    moved = sorted({each.line_id for each in late})
    advance(
        [lines[pk] for pk in moved], act="deliver", by=by, at=at,
        standings={key: {DISTRIBUTOR} for key in moved},
        details={key: {"note": "由收货登记送达"} for key in moved},
    )  # fmt: skip


def _write(
    rows: Sequence[TakenRow], fresh: Mapping[int, Delivery], kind: str, by: Actor, at: datetime
) -> list[Receipt]:
    made = Receipt.objects.bulk_create(
        Receipt(
            **_copies(fresh[row.delivery.pk]), delivery_id=row.delivery.pk, receipt_no=1,
            accepted_packs=row.accepted, refused_packs=row.refused, received_at=at,
        )
        for row in rows
    )  # fmt: skip
    said = {row.delivery.pk: row for row in rows}
    _remark(made, said, kind, by, at)
    record_many(
        [
            NewEvent(
                action="receipt.take" if kind == ReceiptRemark.Kind.TAKEN else "receipt.auto_accept",
                object_type=OBJECT_TYPE, object_key=str(row.delivery.pk),
                object_label=_label(row.delivery), reason=row.words, clause=RECEIPT_CLAUSE,
                detail=_detail(row),
            )
            for row in rows
        ],
        by=by, at=at,
    )  # fmt: skip
    return list(made)


def _remark(
    made: Sequence[Receipt], said: Mapping[int, TakenRow], kind: str, by: Actor, at: datetime,
    words: str = "",
) -> None:  # fmt: skip
    remarks = []
    for each in made:
        row = said.get(each.delivery_id)
        refused = row is not None and row.refused > 0
        remarks.append(
            ReceiptRemark(
                **{name: getattr(each, name) for name in STAMPS}, receipt_id=each.pk,
                received_at=at, delivery_id=each.delivery_id, kind=kind,
                reason=row.reason if row and refused else "",
                words=row.words.strip() if row else words,
                by_id=by.audit_id, by_name=by.audit_name,
            )
        )  # fmt: skip
    ReceiptRemark.objects.bulk_create(remarks)


def _copies(sent: Delivery) -> dict[str, object]:
    return {name: getattr(sent, name) for name in COPIED}


def _label(sent: Delivery) -> str:
    return f"{sent.note_no} {sent.delivery_no}".strip()


def _detail(row: TakenRow) -> dict[str, str]:
    found = {
        "delivery_no": row.delivery.delivery_no, "accepted": f"{row.accepted.normalize():f}",
        "refused": f"{row.refused.normalize():f}",
    }  # fmt: skip
    return found | ({"reason": row.reason} if row.refused else {})


def _tell_distributors(rows: Sequence[TakenRow], kind: str, at: datetime) -> None:
    """What was refused, what arrived without their saying so, what the clock accepted."""
    told = []
    for row in rows:
        sent, to = row.delivery, row.delivery.distributor_id
        if to is None:
            continue
        url = reverse("receipt", args=[sent.pk])
        if row.refused:
            label = ReceiptRemark.Reason(row.reason).label
            told.append(
                NewNotice(
                    to, f"receipt-refused-{sent.pk}",
                    f"拒收 {row.refused.normalize():f} 包装（{label}）：{sent.product}",
                    f"配送 {_label(sent)}。{row.words}".strip(), url,
                )
            )  # fmt: skip
        elif sent.delivered_at is None:
            told.append(
                NewNotice(
                    to, f"receipt-delivered-{sent.pk}", f"已收货，同时登记送达：{sent.product}",
                    f"配送 {_label(sent)} 没有登记送达，医疗机构已收货，按收货时间登记送达。", url,
                )
            )  # fmt: skip
    if kind == ReceiptRemark.Kind.AUTOMATIC:
        told += [
            NewNotice(
                row.delivery.institution_id, f"receipt-automatic-{row.delivery.pk}",
                f"已自动验收：{row.delivery.product}",
                f"配送 {_label(row.delivery)} 超过收货确认时限两倍未收，按参数自动验收；数量不符可更正。",
                reverse("receipt", args=[row.delivery.pk]),
            )
            for row in rows
        ]  # fmt: skip
    notify(notices=told, at=at)


def _tell_of_correction(sent: Delivery, made: Receipt, words: str, at: datetime) -> None:
    if sent.distributor_id is None:
        return
    title = f"收货更正：{sent.product} 验收 {made.accepted_packs.normalize():+f} 包装"
    notify(
        notices=[
            NewNotice(
                sent.distributor_id, f"receipt-corrected-{sent.pk}-{made.receipt_no}", title,
                f"配送 {_label(sent)}。{words.strip()}", reverse("receipt", args=[sent.pk]),
            )
        ],
        at=at,
    )  # fmt: skip
