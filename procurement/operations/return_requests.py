"""Ask to send packs back or to exchange them; the distributor answers; packs go back once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, Refusal, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import (
    CodeEvent,
    Delivery,
    LineProgress,
    Return,
    ReturnRequest,
    TraceCode,
)
from procurement.operations.code_receipts import stamps_of
from procurement.operations.line_progress import lock_lines
from procurement.operations.receipts import COPIED
from procurement.queries.receiving import taken_of
from procurement.queries.return_requests import (
    may_ask,
    request_standings,
    sent_back,
    spoken_for,
)
from procurement.rules.receiving import ANSWERERS, RETURN_CLAUSE, return_fits
from procurement.rules.trace_code import UnreadableCode, read_code
from procurement.states.order_line import LINE_MACHINE
from procurement.states.return_request import REQUEST_MACHINE

OBJECT_TYPE = REQUEST_MACHINE.name
GONE = ("confirm", "turn")
"""Steps after which the packs are returned."""


@operation
def ask_return(
    *,
    delivery: Delivery,
    packs: Decimal,
    kind: str,
    reason: str,
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
) -> ReturnRequest:
    """Ask the distributor to take back, or to exchange, packs that were accepted of a delivery.

    At most what was accepted and neither went back nor is asked for already. Raises NotYours,
    MissingInput, TransitionRefused for a delivery that was not received.
    """
    allowed = may_ask(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if delivery.institution_id not in scope.institution_ids:
        raise NotYours("只能退本机构收的货", RETURN_CLAUSE)
    (line,) = lock_lines(keys=[(delivery.line_id, delivery.ordered_at)])
    _refuse_asked(AskedReturn(delivery, packs, kind, reason, words), line)
    row = ReturnRequest.objects.create(
        **{name: getattr(delivery, name) for name in COPIED},
        request_no=f"TH{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
        delivery_id=delivery.pk, note_no=delivery.note_no, lot_no=delivery.lot_no, packs=packs,
        kind=kind, reason=reason, words=words.strip(), asked_at=at, state_at=at,
        state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="return_request.ask", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=str(row), reason=row.words, clause=RETURN_CLAUSE,
        detail={"packs": f"{packs.normalize():f}", "kind": kind, "reason": reason},
    )  # fmt: skip
    if row.distributor_id is not None:
        open_tasks(
            tasks=[
                NewTask(
                    organisation_id=row.distributor_id, act="answer_return",
                    title=f"{row.get_kind_display()}申请：{row.product} {packs.normalize():f} 包装",
                    object_type=OBJECT_TYPE, object_key=str(row.pk), url=_url(row),
                    roles=ANSWERERS,
                )
            ],
            at=at,
        )  # fmt: skip
    return row


@dataclass(frozen=True)
class AskedReturn:
    """Packs of one delivery that are to go back or to be exchanged."""

    delivery: Delivery
    packs: Decimal
    kind: str
    reason: str
    words: str = ""


@operation
def ask_returns(
    *, rows: Sequence[AskedReturn], by: User, scope: Scope, at: datetime
) -> list[ReturnRequest]:
    """`ask_return` of each, all or none; in the order of their lines, as every other lock."""
    ordered = sorted(rows, key=lambda row: (row.delivery.line_id, row.delivery.pk))
    with transaction.atomic():
        return [
            ask_return(
                delivery=row.delivery, packs=row.packs, kind=row.kind, reason=row.reason,
                words=row.words, by=by, scope=scope, at=at,
            )
            for row in ordered
        ]  # fmt: skip


def asked_faults(rows: Sequence[AskedReturn]) -> list[Refusal | None]:
    """What `ask_return` would refuse of each of these now; nothing of it stays written or locked."""
    with transaction.atomic():
        keys = {(row.delivery.line_id, row.delivery.ordered_at) for row in rows}
        # A loaded line that ended has no progress before the first act: it is made, and undone.
        lines = {line.line_id: line for line in lock_lines(keys=keys)}
        found = [_fault(row, lines[row.delivery.line_id]) for row in rows]
        transaction.set_rollback(True)
    return found


def _fault(row: AskedReturn, line: LineProgress) -> Refusal | None:
    try:
        _refuse_asked(row, line)
    except Refusal as refusal:
        return refusal
    return None


@operation
def step_request(
    *,
    request: ReturnRequest,
    verb: str,
    by: User,
    scope: Scope,
    at: datetime,
    inputs: Mapping[str, Any] | None = None,
    codes: Sequence[str] = (),
    seen_version: int | None = None,
) -> ReturnRequest:
    """One step of the table. Confirming, or turning an exchange into a return, writes the Return.

    `codes` of the packs that went back: each becomes free to be shipped again. The line is locked
    first, so a correction that leaves too little waits and is refused, or this is. Raises what the
    machine raises, and TransitionRefused where the line has too few packs left.
    """
    (line,) = lock_lines(keys=[(request.line_id, request.ordered_at)])
    # A savepoint: a refusal in the middle leaves nothing of what was written before it.
    with transaction.atomic():
        goes = verb in GONE
        if goes:
            # The row says that it is returned only together with the number of its return.
            own = ReturnRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
            offered = REQUEST_MACHINE.verdict(
                REQUEST_MACHINE.named(verb), own, request_standings(scope, own)
            )
            if offered:
                ReturnRequest.objects.filter(pk=own.pk).update(return_no=own.request_no)
        moved: ReturnRequest
        moved, _ = REQUEST_MACHINE.perform(
            verb=verb, obj=request, by=by, at=at, inputs=inputs or {}, seen_version=seen_version,
            standings=lambda held: request_standings(scope, held),
        )  # fmt: skip
        if goes:
            _return(line, moved, by, at)
            _return_codes(moved, codes, by, at)
        finish_tasks(object_type=OBJECT_TYPE, object_keys=[str(moved.pk)], at=at)
        _tell(moved, at)
        return moved


def _refuse_asked(row: AskedReturn, line: LineProgress) -> None:
    if row.reason == ReturnRequest.Reason.OTHER and not row.words.strip():
        raise MissingInput("words", "原因为“其他”的，请写明说明", RETURN_CLAUSE)
    sent = row.delivery
    taken = taken_of([sent.pk], [sent.line_id]).get(sent.pk)
    if taken is None:
        raise TransitionRefused("这次配送还没有收货；不要的包装请在收货时拒收", RETURN_CLAUSE)
    _refuse_unless_fits(sent, line, taken.accepted, row.packs)


def _refuse_unless_fits(
    delivery: Delivery, line: LineProgress, accepted: Decimal, packs: Decimal
) -> None:
    here = sent_back(delivery.pk) + spoken_for(delivery_id=delivery.pk)
    # Loaded returns name no delivery: the line as a whole bounds what can go back too.
    whole = line.returned_packs + spoken_for(line_id=line.line_id)
    for verdict in (
        return_fits(packs=packs, accepted=accepted, gone=here),
        return_fits(packs=packs, accepted=line.accepted_packs, gone=whole),
    ):
        if not verdict:
            raise MissingInput("packs", verdict.reason, verdict.clause)


def _return(line: LineProgress, row: ReturnRequest, by: User, at: datetime) -> None:
    if line.returned_packs + row.packs > line.accepted_packs:
        raise TransitionRefused("该订单行可退的包装不足，请刷新后核对", RETURN_CLAUSE)
    Return.objects.create(
        **{name: getattr(row, name) for name in COPIED}, return_no=row.return_no,
        packs=row.packs, returned_at=at,
    )  # fmt: skip
    line.returned_packs += row.packs
    line.row_version += 1
    line.save(update_fields=["returned_packs", "row_version"])
    record(
        by=by, at=at, action="order_line.return", object_type=LINE_MACHINE.name,
        object_key=line.line_id, object_label=str(line), clause=RETURN_CLAUSE,
        detail={"return_no": row.return_no, "packs": f"{row.packs.normalize():f}"},
    )  # fmt: skip


def _return_codes(row: ReturnRequest, codes: Sequence[str], by: User, at: datetime) -> None:
    """Raises MissingInput naming the code that was not received with this delivery."""
    if not codes:
        return
    try:
        wanted = sorted({read_code(each).code for each in codes})
    except UnreadableCode as problem:
        raise MissingInput("codes", str(problem), RETURN_CLAUSE) from problem
    if len(wanted) > row.packs:
        raise MissingInput("codes", "退回的码多于退货的包装数", RETURN_CLAUSE)
    found = list(
        TraceCode.objects.select_for_update(of=("self",))
        .filter(
            code__in=wanted, delivery_id=row.delivery_id, state=TraceCode.State.RECEIVED,
            is_case=False,
        )
        .order_by("pk")
    )  # fmt: skip
    strange = set(wanted) - {each.code for each in found}
    if strange:
        raise MissingInput(
            "codes", f"{'、'.join(sorted(strange)[:5])} 不是随这次配送收下的码", RETURN_CLAUSE
        )
    CodeEvent.objects.bulk_create(
        CodeEvent(
            **stamps_of(each), trace_code=each, kind=CodeEvent.Kind.RETURNED, at=at,
            delivery_id=row.delivery_id, note_no=row.note_no, by_name=by.audit_name,
        )
        for each in found
    )  # fmt: skip
    TraceCode.objects.filter(pk__in=[each.pk for each in found]).update(
        state=TraceCode.State.RETURNED, state_at=at
    )


def _tell(row: ReturnRequest, at: datetime) -> None:
    """The other side, and what waits for it next."""
    to_hospital = row.state in ("agreed", "replaced", "refused") or (
        row.state == "returned" and row.kind == ReturnRequest.Kind.RETURN
    )
    to = row.institution_id if to_hospital else row.distributor_id
    if to is None:
        return
    notify(
        notices=[
            NewNotice(
                to, f"return-{row.pk}-{row.row_version}",
                f"{row.get_state_display()}：{row.product} {row.packs.normalize():f} 包装",
                row.answer_words or row.turn_words, _url(row),
            )
        ],
        at=at,
    )  # fmt: skip


def _url(row: ReturnRequest) -> str:
    return reverse("return", args=[row.request_no])
