"""The dispatcher's work list: what of the lines under way is to be answered, shipped, or late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from organisations.queries.scope import Scope
from procurement.models import LineProgress
from procurement.queries.shipping import dispatches, own_queue
from procurement.queries.surge_lines import of_open_case
from procurement.rules.shipping import UNSHIPPED_DAYS
from procurement.states.order_line import TO_SHIP

NAMED = ("order", "institution", "product", "county", "manufacturer")
FORMS = {"to_answer": "answer", "to_ship": "ship"}


def idle_before(now: datetime) -> datetime:
    """Confirmed before then and nothing shipped: flagged."""
    return now - timedelta(days=UNSHIPPED_DAYS)


def at_stage(
    rows: QuerySet[LineProgress], stage: str, now: datetime | None = None
) -> QuerySet[LineProgress]:
    """`answer`, `ship`, `way`, `late`, `idle` or `surge` (in an open case); anything else is all."""
    now = now or timezone.now()
    on_its_way = Q(shipped_packs__gt=F("delivered_packs"))
    stages = {
        "answer": Q(state="sent"),
        "ship": Q(state__in=TO_SHIP[1:], shipped_packs__lt=F("packs")),
        "way": on_its_way,
        "late": Q(due_at__lt=now) & (Q(state__in=TO_SHIP) | on_its_way),
        "idle": Q(state="confirmed", state_at__lt=idle_before(now)),
    }
    if stage == "surge":
        return rows.filter(Q(state__in=TO_SHIP) | on_its_way, of_open_case())
    return rows.filter(stages[stage]) if stage in stages else rows


def stage_counts(scope: Scope, now: datetime) -> dict[str, int]:
    """How many lines of the own queue are at each stage; one query each of a small index."""
    rows = own_queue(scope)
    return {
        stage: at_stage(rows, stage, now).count()
        for stage in ("answer", "ship", "way", "late", "idle", "surge")
    }


def menu_count(scope: Scope) -> tuple[int, bool]:
    """Lines to answer, and whether one of them is late."""
    if not dispatches(scope):
        return 0, False
    waiting = own_queue(scope).filter(state="sent")
    return waiting.count(), waiting.filter(due_at__lt=timezone.now()).exists()


def left_to_ship(row: LineProgress) -> Decimal:
    return max(row.packs - row.shipped_packs, Decimal(0))


def is_late(row: LineProgress, now: datetime) -> bool:
    """The distributor's next act is overdue: the answer, the shipping or the delivery."""
    acts = row.state in TO_SHIP or row.shipped_packs > row.delivered_packs
    return row.due_at is not None and row.due_at < now and acts


def next_act(row: LineProgress) -> str:
    if row.state == "sent":
        return "响应"
    if row.state in TO_SHIP and left_to_ship(row):
        return "发货"
    return "送达" if row.shipped_packs > row.delivered_packs else "等待收货"


def queue_marks(row: LineProgress, now: datetime) -> list[str]:
    """Words beside a line: urgent, idle, about to be voided."""
    marks = []
    if getattr(row, "first", False):
        marks.append("应急优先")
    if row.order.urgent:
        marks.append("加急")
    if row.state == "confirmed" and row.state_at < idle_before(now):
        marks.append(f"确认后 {(now - row.state_at).days} 天未发货")
    if row.void_at is not None and row.state in ("sent", "confirmed"):
        marks.append(f"{timezone.localtime(row.void_at):%m-%d %H:%M} 后自动作废")
    return marks


def by_institution(rows: Iterable[LineProgress]) -> list[dict[str, Any]]:
    """Lines and packs left of each institution, for the page that asks to confirm."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        each = found.setdefault(
            row.institution_id, {"name": row.institution.name, "lines": 0, "packs": Decimal(0)}
        )
        each["lines"] += 1
        each["packs"] += left_to_ship(row)
    return sorted(found.values(), key=lambda each: str(each["name"]))
