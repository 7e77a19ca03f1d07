"""Orders as lists and pages show them: state from the lines that the reader sees, sums, steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from catalog.queries.search import named
from core.transitions import Verdict
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from procurement.models import ClinicalReason, LineProgress, Order, OrderLine
from procurement.queries.ordering import BUYERS, visible_clinical_reasons
from procurement.queries.reconciling import lines_of
from procurement.queries.visible import visible_order_lines, visible_orders, visible_progress
from procurement.rules.order_state import LEVELS, order_state
from procurement.states.order_line import LINE_LEVELS, LINE_MACHINE, UNDER_WAY

STAGES = (
    ("sent", "待配送企业答复"), ("under_way", "办理中"), ("delivered", "到货待验收"),
    ("late", "已超时限"),
)  # fmt: skip


@dataclass(frozen=True)
class OrderLineRow:
    """One line with its progress; `progress` is None where it ended before the platform kept it."""

    line: OrderLine
    progress: LineProgress | None
    reason: ClinicalReason | None

    @property
    def state(self) -> str:
        if self.progress is not None:
            return self.progress.get_state_display()
        if self.line.cancelled_at:
            return "已撤单"
        return "已拒绝" if self.line.response == "rejected" else "已结束"

    @property
    def level(self) -> str:
        return LINE_LEVELS[self.progress.state] if self.progress is not None else "grey"

    @property
    def amount(self) -> Decimal:
        return self.line.packs * self.line.unit_price

    @property
    def is_open(self) -> bool:
        return self.progress is not None and self.progress.state in UNDER_WAY

    @property
    def can_cancel(self) -> bool:
        return self.progress is not None and self.progress.state == "sent"


def listed_orders(scope: Scope) -> QuerySet[Order]:
    """Heads with `states`, `line_count` and `amount` of the lines that the reader sees."""
    own = visible_order_lines(scope).filter(order=OuterRef("pk"), ordered_at=OuterRef("sent_at"))
    sums = own.order_by().values("order")
    money: DecimalField[Any, Any] = DecimalField(max_digits=28, decimal_places=8)
    amount = sums.annotate(s=Sum(F("packs") * F("unit_price"), output_field=money)).values("s")
    progress = visible_progress(scope).filter(order=OuterRef("pk")).order_by()
    return (
        visible_orders(scope)
        .select_related("institution", "distributor", "county")
        .annotate(
            states=ArraySubquery(progress.values("state").distinct()),
            line_count=Subquery(sums.annotate(n=Count("pk")).values("n")),
            amount=Subquery(amount, output_field=money),
        )
    )


def in_stage(rows: QuerySet[Order], stage: str, now: Any) -> QuerySet[Order]:
    """Orders with a line that waits in this way; an order is shown only to who sees it."""
    own = LineProgress.objects.filter(order=OuterRef("pk"))
    held = {
        "sent": Q(state="sent"), "under_way": Q(state__in=UNDER_WAY),
        "delivered": Q(state__in=("delivered", "part_delivered")),
        "late": Q(state__in=UNDER_WAY, due_at__lt=now),
    }[stage]  # fmt: skip
    return rows.filter(Exists(own.filter(held)))


def by_words(rows: QuerySet[Order], words: str) -> QuerySet[Order]:
    number = words.strip()
    return rows.filter(
        Q(order_no=number) | Q(client_no=number) | named(words, "institution__")
        | named(words, "distributor__")
    )  # fmt: skip


def order_rows(scope: Scope, order: Order) -> list[OrderLineRow]:
    """The lines that the reader sees, in their order; three queries."""
    lines = list(lines_of(scope, order))
    progress = {row.line_id: row for row in visible_progress(scope).filter(order=order)}
    reasons = {row.line_id: row for row in visible_clinical_reasons(scope).filter(order=order)}
    return [OrderLineRow(line, progress.get(line.pk), reasons.get(line.pk)) for line in lines]


def state_words(rows: Sequence[OrderLineRow]) -> tuple[str, str]:
    """The order's state and its badge level, as far as the reader sees its lines."""
    words = order_state([row.progress.state for row in rows if row.progress is not None])
    return words, LEVELS[words]


def order_steps(scope: Scope, order: Order, rows: Sequence[OrderLineRow]) -> list[dict[str, Any]]:
    """The head's steps and those of the lines that the reader sees, oldest first.

    Steps that lines took together (one act on many) are told once, with their number.
    """
    heads = steps_of(scope, "order", order.order_no)
    keys = [row.line.pk for row in rows]
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    for step in steps_of(scope, LINE_MACHINE.name, *keys) if keys else []:
        same = (step["at"], step["who"], step["what"])
        held = told.setdefault(same, {**step, "count": 0})
        held["count"] += 1
    for step in told.values():
        step["what"] = f"{step['what']}（{step['count']} 行）"
    return sorted([*heads, *told.values()], key=lambda step: step["at"])


def may_cancel(scope: Scope, rows: Sequence[OrderLineRow]) -> Verdict:
    """Whether the reader may take back lines of it now, else why not."""
    held = [row.progress for row in rows if row.progress is not None]
    own = any(row.line.institution_id in scope.institution_ids for row in rows)
    if not own or not scope.has_role(*BUYERS):
        return Verdict(False, "撤单由下单的医疗机构经办人员办理")
    if not any(row.state == "sent" for row in held):
        return Verdict(False, "配送企业已答复，不能撤单；请与配送企业协商作废或关闭余量")
    return Verdict(True)
