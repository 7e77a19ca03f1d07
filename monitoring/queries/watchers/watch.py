"""Which cards, which ranking and which tables each kind of watcher gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitoring.queries.dashboard_cards import CardPlan, plans_for
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_terms import Terms
from monitoring.queries.watchers.finance import payments, payments_by_month
from monitoring.queries.watchers.health import not_entered, substitutes
from monitoring.queries.watchers.regulator import quality, weakest_suppliers
from monitoring.queries.watchers.table import WatchedTable
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class Watch:
    """What one kind of watcher is shown: its cards in order, what is ranked first, its tables."""

    plans: tuple[CardPlan, ...]
    ranked: str
    tables: tuple[Callable[[Scope, Subject, Choice, Terms], WatchedTable], ...]


def watch_for(scope: Scope, subject: Subject) -> Watch | None:
    """None for every other reader, and on pages of institutions and enterprises."""
    return WATCHES.get(scope.kind) if subject.is_region and scope.is_business else None


def shown_plans(scope: Scope, subject: Subject) -> tuple[CardPlan, ...]:
    """The cards of the page: a watcher's own where it is one."""
    watch = watch_for(scope, subject)
    return watch.plans if watch else plans_for(subject)


def watched_tables(
    scope: Scope, subject: Subject, choice: Choice, terms: Terms
) -> list[WatchedTable]:
    watch = watch_for(scope, subject)
    return [table(scope, subject, choice, terms) for table in watch.tables] if watch else []


_USE = (
    CardPlan("completion_amount_rate", "ytd", "约定采购完成率"),
    CardPlan("behind_schedule_rate", "ytd", "低于序时进度产品占比"),
    CardPlan("non_selected_share", "ytd", "非中选超限品种", counts_broken=True),
    CardPlan("selected_amount_share", "ytd", "集采金额占比"),
    CardPlan("receipt_overdue_rate", "month", "未及时收货率"),
    CardPlan("abnormal_order_rate", "month", "超常规订单占比"),
)
_PAYMENT = (
    CardPlan("payment_on_time_rate", "month"),
    CardPlan("receipt_overdue_rate", "month", "未及时收货率"),
    CardPlan("completion_amount_rate", "ytd", "约定采购完成率"),
    CardPlan("selected_amount_share", "ytd", "集采金额占比"),
)
_SUPPLIED = (
    CardPlan("response_rate", "month"),
    CardPlan("on_time_rate", "month"),
    CardPlan("fulfilment_rate", "month"),
    CardPlan("fulfilment_rate", "ytd", "供应配送率（年度累计）"),
    CardPlan("reply_on_time_rate", "month"),
    CardPlan("resolve_on_time_rate", "month"),
)
WATCHES = {
    "health_commission": Watch(_USE, "completion_amount_rate", (substitutes, not_entered)),
    "finance": Watch(_PAYMENT, "payment_on_time_rate", (payments, payments_by_month)),
    "regulator": Watch(_SUPPLIED, "fulfilment_rate", (weakest_suppliers, quality)),
}
