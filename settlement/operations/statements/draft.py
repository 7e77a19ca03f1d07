"""Draft a pool's statements of a month from what was accepted and sent back; safe to run again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.audit.record import Actor, record
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool
from settlement.models import Statement, StatementCheck, StatementLine
from settlement.operations.statements.telling import tell_holders
from settlement.queries.facts import Fact, facts, first_month, month_after
from settlement.queries.statements import suspended
from settlement.queries.terms import money_terms

Key = tuple[int, str, int | None]
"""Payee, mode, and the paying institution in mode `institution`."""
NO_CODES = (
    "该批次实行依码结算：验收数量中有 {packs} 包装没有有效的追溯码，扫码核对后自动进入下期结算"
)


@operation
def draft_statements(*, pool: Pool, month: date, by: Actor, at: datetime) -> list[Statement]:
    """One statement per payee (and per institution where institutions pay) of the month.

    Takes what happened up to the month's end since the pool's first settled month and is in no
    statement yet; what was struck before comes again. A month that has its statements gets no
    others, whatever was recorded since: that waits for the next month. Gives the new ones.
    """
    Pool.objects.select_for_update().get(pk=pool.pk)
    made = []
    for key, rows in _grouped(pool, month).items():
        exists = Statement.objects.filter(
            pool=pool, payee_id=key[0], month=month, institution_id=key[2]
        ).exists()
        if not exists:
            made.append(_make(pool, month, key, rows, part_no=1, by=by, at=at))
    return made


def draft_part(statement: Statement, *, by: Actor, at: datetime) -> Statement | None:
    """A further part of a reopened month for the same payee; None where nothing is left to settle."""
    Pool.objects.select_for_update().get(pk=statement.pool_id)
    key = (statement.payee_id, statement.mode, statement.institution_id)
    rows = _grouped(statement.pool, statement.month).get(key)
    if not rows:
        return None
    parts = Statement.objects.filter(
        pool=statement.pool, payee_id=key[0], month=statement.month, institution_id=key[2]
    ).count()
    return _make(statement.pool, statement.month, key, rows, part_no=parts + 1, by=by, at=at)


def _grouped(pool: Pool, month: date) -> dict[Key, list[Fact]]:
    """Facts that have something new to say, by statement."""
    since = min(first_month(pool) or month, month)
    groups: dict[Key, list[Fact]] = defaultdict(list)
    for row in facts(pool, since=since, until=month_after(month)):
        fresh_stop = row.packs != row.settleable and row.struck_state != "blocked"
        if any(_delta(row)) or fresh_stop:
            payer = row.institution_id if row.mode == Statement.Mode.INSTITUTION else None
            groups[(row.payee_id, row.mode, payer)].append(row)
    return groups


def _delta(row: Fact) -> tuple[Decimal, Decimal]:
    """Packs and yuan that no live line states yet."""
    return row.settleable - row.stated_packs, row.settleable_amount - row.stated_amount


def _make(
    pool: Pool, month: date, key: Key, rows: Sequence[Fact], *, part_no: int, by: Actor,
    at: datetime,
) -> Statement:  # fmt: skip
    payee, mode, payer = key
    months = {each.batch_id: each.due_months for each in money_terms(month)}
    due = month_after(month, min(months[row.batch_id] for row in rows) + 1) - timedelta(days=1)
    held = payee in suspended([payee], shanghai_day(at))
    number = f"JS{month:%y%m}-{pool.pk}-{payee}" + (f"-{payer}" if payer else "")
    statement = Statement.objects.create(
        statement_no=f"{number}-{part_no}", pool=pool, payee_id=payee, month=month, mode=mode,
        institution_id=payer, part_no=part_no, due_on=due, drafted_at=at,
        state="held" if held else "drafted", state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name,
    )  # fmt: skip
    lines = StatementLine.objects.bulk_create(
        StatementLine(statement=statement, **values) for row in rows for values in _lines(row, at)
    )
    live = [line for line in lines if line.state == "live"]
    StatementCheck.objects.bulk_create(
        StatementCheck(statement=statement, institution_id=pk)
        for pk in sorted({line.institution_id for line in live})
    )
    add_up(statement)
    record(
        by=by, at=at, action="statement.draft", object_type="statement", object_key=statement.pk,
        object_label=statement.statement_no, clause="S2-8.1",
        detail={"month": f"{month:%Y-%m}", "lines": len(lines), "total": f"{statement.total}"},
    )  # fmt: skip
    tell_holders(statement, at)
    return statement


def _lines(row: Fact, at: datetime) -> Iterable[dict[str, Any]]:
    shared: dict[str, Any] = {
        "source": row.source, "fact_id": row.fact_id, "fact_at": row.fact_at,
        "line_id": row.line_id, "ordered_at": row.ordered_at, "order_no": row.order_no,
        "line_no": row.line_no, "institution_id": row.institution_id,
        "product_id": row.product_id, "batch_id": row.batch_id, "unit_price": row.unit_price,
        "seq": row.stated_lines,
    }  # fmt: skip
    packs, amount = _delta(row)
    if packs or amount:
        yield shared | {
            "kind": "adjustment" if row.stated_lines else row.source, "packs": packs,
            "amount": amount, "invoice_no": row.invoice_no, "carried_from_id": row.struck_id,
        }  # fmt: skip
    stopped = row.packs - row.settleable
    if stopped:
        yield shared | {
            "kind": row.source, "packs": stopped,
            "amount": row.amount - row.settleable_amount, "invoice_no": row.invoice_no,
            "state": "blocked", "reason": NO_CODES.format(packs=f"{stopped.normalize():f}"),
            "struck_at": at, "struck_by_name": "平台",
        }  # fmt: skip


def add_up(statement: Statement) -> None:
    """Set the total to the sum of the live lines."""
    live = StatementLine.objects.filter(statement=statement, state="live")
    statement.total = sum(live.values_list("amount", flat=True), Decimal(0))
    statement.save(update_fields=["total"])
