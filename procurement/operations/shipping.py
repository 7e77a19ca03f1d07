"""Shipping: many lines of many orders in one 配送单 per institution, all of it or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.urls import reverse

from core.audit.record import NewEvent, record_many
from core.operations import operation
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import Delivery, DeliveryNote, LineProgress, OrderLine
from procurement.operations.answers import write_answer
from procurement.operations.code_shipments import CodeLoad, ShippedCode, ship_codes
from procurement.operations.line_choice import (
    judge_all,
    locked_choice,
    require_dispatcher,
)
from procurement.operations.line_progress import advance, line_standings, lines_of, lock_lines
from procurement.operations.receiving_tasks import ask_to_receive
from procurement.queries.shipping import (
    note_deliveries,
    note_standings,
    recalled_lots,
    tolerances,
)
from procurement.rules.shipping import cold_chain_fits, lot_fits, packs_fit
from procurement.states.delivery_note import NOTE_MACHINE
from procurement.states.order_line import SUPPLY_CLAUSE, TO_SHIP

COPIED = (
    "product_id", "group_id", "batch_id", "unit_price", "institution_id", "manufacturer_id",
    "distributor_id", "county_id", "city_id", "province_id", "pool_id",
)  # fmt: skip


@dataclass(frozen=True)
class ShipRow:
    """Packs of one lot of one line; a line may have several rows."""

    line_id: int
    packs: Decimal
    lot_no: str
    expires_on: date | None
    codes: tuple[ShippedCode, ...] = ()


@dataclass(frozen=True)
class NoteDraft:
    """What goes to one place of one institution at once. Temperatures are °C.

    `client_no` makes sending the same twice harmless; `receiving_place` empty is the orders' own.
    """

    rows: tuple[ShipRow, ...]
    client_no: str = ""
    own_no: str = ""
    receiving_place: str = ""
    invoice_no: str = ""
    carrier: str = ""
    plate_no: str = ""
    driver: str = ""
    planned_at: datetime | None = None
    cold_chain: bool = False
    cold_device: str = ""
    lowest_celsius: Decimal | None = None
    highest_celsius: Decimal | None = None


@operation
def ship_notes(
    *, drafts: Sequence[NoteDraft], by: User, scope: Scope, at: datetime,
    seen: Mapping[int, int] | None = None,
) -> list[DeliveryNote]:  # fmt: skip
    """Ship every draft, or nothing: notes, deliveries, lines and trail in one transaction.

    A line that was not answered yet is confirmed by being shipped. The same drafts again under
    their client numbers give the notes of the first time. Raises NotYours, StaleVersion,
    TransitionRefused or MissingInput naming the rows.
    """
    require_dispatcher(scope)
    if not drafts or any(not draft.rows for draft in drafts):
        raise MissingInput("lines", "没有要发货的行，请填写发货包装数", SUPPLY_CLAUSE)
    ids = [row.line_id for draft in drafts for row in draft.rows]
    rows = {row.line_id: row for row in locked_choice(line_ids=ids, scope=scope)}
    # Looked at under the lines' locks: a second sending waits here until the first has landed.
    before = _sent_before(drafts, scope)
    if before is not None:
        return before
    standings = {key: line_standings(scope, row) for key, row in rows.items()}
    lines = lines_of(rows.values())
    for act, chosen in (
        ("confirm", [row for row in rows.values() if row.state == "sent"]),
        ("ship", [row for row in rows.values() if row.state != "sent"]),
    ):
        judge_all(
            chosen, act=act, standings=standings, seen=seen,
            also=lambda row: _not_to_ship(row, lines[row.line_id]),
        )  # fmt: skip
    placed = [_placed(draft, rows) for draft in drafts]
    _check_heads(placed, rows, scope)
    _check_rows(placed, rows, at)
    unanswered = [row for row in rows.values() if row.state == "sent"]
    # A savepoint: codes that do not fit leave nothing of what was shipped before them.
    with transaction.atomic():
        if unanswered:
            write_answer(unanswered, at, response=OrderLine.Response.CONFIRMED)
            advance(unanswered, act="confirm", by=by, at=at, standings=standings)
        notes, sent = _write(placed, rows, standings, by=by, at=at)
        # In the drafts' order, as the deliveries were made.
        shipped = [row for draft, _ in placed for row in draft.rows]
        loads = [
            CodeLoad(delivery, row.codes, f"订单行 {rows[row.line_id]} 批号 {row.lot_no}")
            for delivery, row in zip(sent, shipped, strict=True)
            if row.codes
        ]
        if loads:
            ship_codes(loads=loads, by=by, scope=scope, at=at)
    return notes


@operation
def deliver_note(
    *, note: DeliveryNote, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> DeliveryNote:
    """The goods are at the institution: its lines are delivered, the time to receive them runs.

    Rows that the institution received before are delivered already and stay as they are.
    Raises NotYours, StaleVersion or TransitionRefused.
    """
    # Lines before the note, as shipping does; what is still under way is read under their locks.
    keys = set(note_deliveries(note).values_list("line_id", "ordered_at"))
    rows = {row.line_id: row for row in lock_lines(keys=keys)}
    held = DeliveryNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    before = held.state
    _check_deliver(held, note_standings(scope, held), seen_version)
    waiting = list(note_deliveries(held).filter(delivered_at__isnull=True))
    packs: dict[int, Decimal] = {}
    for each in waiting:
        packs[each.line_id] = packs.get(each.line_id, Decimal(0)) + each.packs
    note_deliveries(held).filter(delivered_at__isnull=True).update(delivered_at=at)
    moved = [rows[line_id] for line_id in sorted(packs)]
    for row in moved:
        row.delivered_packs += packs[row.line_id]
    advance(
        moved, act="deliver", by=by, at=at,
        standings={row.line_id: line_standings(scope, row) for row in moved},
        details={
            row.line_id: {"note_no": held.note_no, "packs": str(packs[row.line_id])}
            for row in moved
        },
    )  # fmt: skip
    held.state, held.delivered_at, held.state_at = DeliveryNote.State.DELIVERED, at, at
    held.state_by_id, held.state_by_name = by.audit_id, by.audit_name
    held.row_version += 1
    held.save(update_fields=[
        "state", "delivered_at", "state_at", "state_by_id", "state_by_name", "row_version",
    ])  # fmt: skip
    record_many(
        [_event("deliver", held, {"from": before, "to": held.state, "rows": len(waiting)})],
        by=by, at=at,
    )  # fmt: skip
    ask_to_receive(note=held, first=waiting[0] if waiting else None, at=at)
    _tell([held], at, "已送达，请按时限收货")
    return held


def _check_deliver(note: DeliveryNote, standings: frozenset[str], seen: int | None) -> None:
    """As the machine's executor judges; delivered_at is written with the state, in one update."""
    step = NOTE_MACHINE.named("deliver")
    if not step.by & standings:
        raise NotYours.of(NOTE_MACHINE.verdict(step, note, standings))
    if seen is not None and note.row_version != seen:
        raise StaleVersion(
            f"该配送单已由{note.state_by_name}更新为“{note.get_state_display()}”，请刷新后再办理"
        )
    verdict = NOTE_MACHINE.verdict(step, note, standings)
    if not verdict:
        raise TransitionRefused.of(verdict)


def _not_to_ship(row: LineProgress, line: OrderLine) -> str:
    if line.closed_at is not None:
        return "余量已关闭，不再发货；仍需供货的请医疗机构另行下单"
    if row.state not in TO_SHIP:
        return "已经发完，不能再发"
    return ""


def _sent_before(drafts: Sequence[NoteDraft], scope: Scope) -> list[DeliveryNote] | None:
    """The notes that these drafts made before; None where they are new."""
    numbers = [draft.client_no for draft in drafts if draft.client_no]
    if len(numbers) < len(drafts):
        return None
    found = {
        note.client_no: note
        for note in DeliveryNote.objects.filter(
            distributor=scope.organisation_id, client_no__in=numbers
        )
    }
    if not found:
        return None
    for draft in drafts:
        note = found.get(draft.client_no)
        if note is None or note.content != _digest(draft):
            raise TransitionRefused(
                f"提交编号 {draft.client_no} 已用于内容不同的配送单，没有发货；请刷新后重新提交"
            )
    return [found[draft.client_no] for draft in drafts]


def _digest(draft: NoteDraft) -> str:
    """Of what was asked for; the receiving place as it was typed."""
    asked = asdict(draft)
    for row in asked["rows"]:
        if not row["codes"]:
            # As it was told before codes could travel with a row.
            del row["codes"]
    told = json.dumps(asked, default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _placed(draft: NoteDraft, rows: Mapping[int, LineProgress]) -> tuple[NoteDraft, str]:
    """The draft with its place, and the digest of what was asked for."""
    places = sorted({rows[row.line_id].order.receiving_place for row in draft.rows} - {""})
    if draft.receiving_place:
        return draft, _digest(draft)
    if len(places) > 1:
        raise MissingInput(
            "receiving_place",
            f"所选订单的收货地点不同（{'、'.join(places)}），请按地点分开发货，或写明送到哪一处",
            SUPPLY_CLAUSE,
        )
    return replace(draft, receiving_place=places[0] if places else ""), _digest(draft)


def _check_heads(
    drafts: Sequence[tuple[NoteDraft, str]], rows: Mapping[int, LineProgress], scope: Scope
) -> None:
    own = [draft.own_no for draft, _ in drafts if draft.own_no]
    used = set(
        DeliveryNote.objects.filter(
            distributor=scope.organisation_id, own_no__in=own
        ).values_list("own_no", flat=True)
    )  # fmt: skip
    used |= {number for number in own if own.count(number) > 1}
    if used:
        raise MissingInput(
            "own_no", f"企业单号 {'、'.join(sorted(used))} 已经用过，请换一个或留空", SUPPLY_CLAUSE
        )
    for draft, _ in drafts:
        if len({rows[row.line_id].institution_id for row in draft.rows}) > 1:
            raise MissingInput(
                "lines", "一张配送单只送一家医疗机构，请按机构分开发货", SUPPLY_CLAUSE
            )
        fits = cold_chain_fits(
            cold_chain=draft.cold_chain, device=draft.cold_device,
            lowest=draft.lowest_celsius, highest=draft.highest_celsius,
        )  # fmt: skip
        if not fits:
            raise MissingInput("cold_device", fits.reason, fits.clause)


def _check_rows(
    drafts: Sequence[tuple[NoteDraft, str]], rows: Mapping[int, LineProgress], at: datetime
) -> None:
    """Lots and quantities; every row that does not fit is named."""
    allowed = tolerances(rows.values())
    recalled = recalled_lots({row.product_id for row in rows.values()})
    shipped = {key: row.shipped_packs for key, row in rows.items()}
    seen: set[tuple[int, str]] = set()
    found: list[Refusal] = []
    total = 0
    for each in (row for draft, _ in drafts for row in draft.rows):
        total += 1
        line = rows[each.line_id]
        checks = (
            lot_fits(
                lot_no=each.lot_no, expires_on=each.expires_on, on=shanghai_day(at),
                recalled=(line.product_id, each.lot_no.strip()) in recalled,
            ),
            packs_fit(
                packs=each.packs, ordered=line.packs, shipped=shipped[each.line_id],
                tolerance=allowed[each.line_id],
            ),
        )  # fmt: skip
        wrong = [fits for fits in checks if not fits]
        shipped[each.line_id] += max(each.packs, Decimal(0))
        if wrong:
            reasons = "；".join(fits.reason for fits in wrong)
            found.append(MissingInput("lines", f"订单行 {line}：{reasons}", wrong[0].clause))
        elif (each.line_id, each.lot_no.strip()) in seen:
            reason = f"订单行 {line}：批号 {each.lot_no} 填了两次，请合并为一行"
            found.append(MissingInput("lines", reason, SUPPLY_CLAUSE))
        seen.add((each.line_id, each.lot_no.strip()))
    _raise_rows(found, total)


def _raise_rows(found: Sequence[Refusal], total: int) -> None:
    if found:
        reasons = "；".join(each.reason for each in found[:20])
        more = f"；另有 {len(found) - 20} 行" if len(found) > 20 else ""
        raise MissingInput(
            "lines", f"{len(found)} 行有误，{total} 行都没有发货：{reasons}{more}", found[0].clause
        )


def _write(
    drafts: Sequence[tuple[NoteDraft, str]], rows: Mapping[int, LineProgress],
    standings: Mapping[int, frozenset[str]], *, by: User, at: datetime,
) -> tuple[list[DeliveryNote], list[Delivery]]:  # fmt: skip
    numbers = _numbers(len(drafts), at)
    notes = [
        _head(draft, digest, number, rows[draft.rows[0].line_id], by=by, at=at)
        for (draft, digest), number in zip(drafts, numbers, strict=True)
    ]
    DeliveryNote.objects.bulk_create(notes)
    lines = lines_of(rows.values())
    sent: list[Delivery] = []
    told: dict[int, dict[str, str]] = {}
    for (draft, _), note in zip(drafts, notes, strict=True):
        for place, each in enumerate(draft.rows, start=1):
            line = lines[each.line_id]
            sent.append(
                Delivery(
                    line_id=line.pk, ordered_at=line.ordered_at, recorded_at=at, shipped_at=at,
                    delivery_no=f"{note.note_no}-{place}", packs=each.packs,
                    lot_no=each.lot_no.strip(), expires_on=each.expires_on,
                    note_no=note.note_no, invoice_no=note.invoice_no,
                    **{name: getattr(line, name) for name in COPIED},
                )
            )  # fmt: skip
            rows[each.line_id].shipped_packs += each.packs
            rows[each.line_id].void_at = None
            packs = Decimal(told.get(each.line_id, {}).get("packs", "0")) + each.packs
            told[each.line_id] = {"note_no": note.note_no, "packs": str(packs)}
    Delivery.objects.bulk_create(sent, batch_size=1000)
    advance(list(rows.values()), act="ship", by=by, at=at, standings=standings, details=told)
    record_many(
        [
            _event("ship", note, {"to": note.state, "rows": note.row_count, "packs": str(note.packs)})
            for note in notes
        ],
        by=by, at=at,
    )  # fmt: skip
    _tell(notes, at, "已发货")
    return notes, sent


def _head(
    draft: NoteDraft, digest: str, number: str, first: LineProgress, *, by: User, at: datetime
) -> DeliveryNote:
    return DeliveryNote(
        note_no=number, own_no=draft.own_no.strip(), client_no=draft.client_no or None,
        content=digest if draft.client_no else "", receiving_place=draft.receiving_place,
        invoice_no=draft.invoice_no.strip(), carrier=draft.carrier.strip(),
        plate_no=draft.plate_no.strip(), driver=draft.driver.strip(), planned_at=draft.planned_at,
        cold_chain=draft.cold_chain, cold_device=draft.cold_device.strip(),
        lowest_celsius=draft.lowest_celsius, highest_celsius=draft.highest_celsius,
        row_count=len(draft.rows), packs=sum((row.packs for row in draft.rows), Decimal(0)),
        shipped_at=at, state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
        institution_id=first.institution_id, distributor_id=first.distributor_id,
        county_id=first.county_id, city_id=first.city_id, province_id=first.province_id,
        pool_id=first.pool_id,
    )  # fmt: skip


def _numbers(count: int, at: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('procurement_delivery_note_no') FROM generate_series(1, %s)", [count]
        )
        return [f"PS{shanghai_day(at):%Y%m%d}-{number:06d}" for (number,) in cursor.fetchall()]


def _event(verb: str, note: DeliveryNote, detail: dict[str, object]) -> NewEvent:
    return NewEvent(
        action=f"{NOTE_MACHINE.name}.{verb}", object_type=NOTE_MACHINE.name,
        object_key=str(note.pk), object_label=note.note_no, clause=SUPPLY_CLAUSE, detail=detail,
    )  # fmt: skip


def _tell(notes: Sequence[DeliveryNote], at: datetime, words: str) -> None:
    notify(
        notices=[
            NewNotice(
                note.institution_id, f"note-{note.note_no}-{note.state}",
                f"配送单 {note.note_no} {words}：{note.row_count} 行",
                "；".join(filter(None, (
                    f"收货地点 {note.receiving_place}" if note.receiving_place else "",
                    f"企业单号 {note.own_no}" if note.own_no else "",
                ))),
                reverse("delivery-note", args=[note.note_no]),
            )
            for note in notes
        ],
        at=at,
    )  # fmt: skip
