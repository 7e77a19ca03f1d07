"""The cards at the top of a dashboard: one figure each, with its change, limit and last months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from core.templatetags.formats import rounded
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_figures import Figure, Total, chosen, total
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_address import figure_url, with_query
from monitoring.queries.figure_judgement import Judgement, judge
from monitoring.queries.figure_terms import SCHEDULED, Terms
from monitoring.queries.figure_words import good_direction, label_of

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class CardPlan:
    """Which figures a card shows: a ratio, or how many of its groups are over their limit."""

    indicator: str
    window: str
    label: str = ""
    counts_broken: bool = False

    @property
    def title(self) -> str:
        return self.label or label_of(self.indicator)


_COMPLETION = (
    CardPlan("completion_amount_rate", "ytd", "约定采购完成率"),
    CardPlan("completion_capped_rate", "ytd", "完成率（封顶）"),
    CardPlan("behind_schedule_rate", "ytd", "低于序时进度产品占比"),
    CardPlan("non_selected_share", "ytd", "非中选超限品种", counts_broken=True),
    CardPlan("selected_amount_share", "ytd", "集采金额占比"),
    CardPlan("signing_rate", "ytd"),
)
_RECEIVING = (
    CardPlan("receipt_overdue_rate", "month", "未及时收货率"),
    CardPlan("payment_on_time_rate", "month"),
)
_SUPPLY = (
    CardPlan("response_rate", "month"),
    CardPlan("on_time_rate", "month"),
    CardPlan("fulfilment_rate", "month"),
)
REGION_CARDS = (
    *_COMPLETION,
    *_SUPPLY,
    *_RECEIVING,
    CardPlan("resolve_on_time_rate", "month"),
)
INSTITUTION_CARDS = (*_COMPLETION, *_RECEIVING)
ENTERPRISE_CARDS = (
    *_SUPPLY,
    CardPlan("fulfilment_rate", "ytd", "供应配送率（年度累计）"),
    CardPlan("signing_rate", "ytd"),
    CardPlan("reply_on_time_rate", "month"),
    CardPlan("resolve_on_time_rate", "month"),
)


def plans_for(subject: Subject) -> tuple[CardPlan, ...]:
    if subject.is_enterprise:
        return ENTERPRISE_CARDS
    return INSTITUTION_CARDS if subject.type == "institution" else REGION_CARDS


def cards(
    subject: Subject,
    found: Sequence[Figure],
    choice: Choice,
    terms: Terms,
    plans: Sequence[CardPlan],
) -> list[dict[str, Any]]:
    """Inputs of components/stat.html, one per plan, from figures that were read already."""
    shown = chosen(found, choice, terms)
    return [card(plan, subject, shown, choice, terms) for plan in plans]


def card(
    plan: CardPlan, subject: Subject, shown: list[Figure], choice: Choice, terms: Terms
) -> dict[str, Any]:
    """One card from figures of the choice's batch and category."""
    of_plan = [f for f in shown if (f.indicator, f.window) == (plan.indicator, plan.window)]
    by_month = {month: [f for f in of_plan if f.month == month] for month in choice.months}
    now = by_month.get(choice.month, [])
    if plan.counts_broken:
        return _count_card(plan, subject, by_month, choice, terms)
    totals = {
        month: total(rows, terms if plan.indicator in SCHEDULED else None)
        for month, rows in by_month.items()
    }
    current = totals.get(choice.month, total(()))
    judged = judged_total(plan.indicator, current, choice.month, subject.province_code, terms)
    before = totals[choice.previous].value if choice.previous in totals else None
    return {
        "label": plan.title,
        "value": _digits(current.value),
        "unit": "%" if current.value is not None else "",
        **_change(current.value, before),
        "good": good_direction(plan.indicator),
        "level": judged.level,
        "level_text": judged.text,
        "threshold": judged.threshold,
        "series": [totals[month].value for month in choice.months],
        "url": _url(plan, subject, now, choice),
        "note": "" if now else _missing(plan, choice),
    }


def _missing(plan: CardPlan, choice: Choice) -> str:
    due_at_end = choice.live is not None and plan.indicator == "payment_on_time_rate"
    return "本月应付款月末到期" if due_at_end else "本月没有数据"


def judged_total(
    indicator: str, current: Total, month: date, province_code: str, terms: Terms
) -> Judgement:
    """A sum against its limit: its batch's where it is of one, else the province's own."""
    batches = {figure.batch_code for figure in current.figures}
    return judge(
        indicator,
        current.value,
        on=terms.last_day(month),
        terms=terms,
        batch_code=next(iter(batches)) if len(batches) == 1 else "",
        province_code=province_code,
        due=current.due_share,
    )


def _count_card(
    plan: CardPlan,
    subject: Subject,
    by_month: dict[date, list[Figure]],
    choice: Choice,
    terms: Terms,
) -> dict[str, Any]:
    """Groups are counted, because their base units cannot be added."""
    broken = {month: _broken(rows, month, terms) for month, rows in by_month.items()}
    now = by_month.get(choice.month, [])
    count = len(broken.get(choice.month, []))
    worst = any(level == "red" for level in broken.get(choice.month, []))
    change: dict[str, Any] = {"direction": "none"}
    if choice.previous in broken and now:
        difference = count - len(broken[choice.previous])
        change = {
            "direction": "up" if difference > 0 else "down" if difference else "same",
            "change": f"{abs(difference)} 个",
        }
    return {
        "label": plan.title,
        "value": str(count) if now else "—",
        "unit": f"/ {len(now)} 个" if now else "",
        **change,
        "good": "down",
        "level": ("red" if worst else "orange") if count else "",
        "level_text": "超过一半" if worst else "超过上限",
        "threshold": "应为 0" if now else "",
        "series": [len(broken[month]) for month in choice.months],
        "url": _url(plan, subject, now, choice),
        "note": "" if now else "本月没有数据",
    }


def _broken(rows: list[Figure], month: date, terms: Terms) -> list[str]:
    """Levels of the rows that are over their batch's limit."""
    on = terms.last_day(month)
    judged = (
        judge(
            row.indicator,
            row.value,
            on=on,
            terms=terms,
            batch_code=row.batch_code,
            assessed=row.assessed,
        )
        for row in rows
    )
    return [one.level for one in judged if one.level]


def _digits(value: Decimal | None) -> str:
    return "—" if value is None else f"{rounded(value * 100, 1):,f}"


def _change(value: Decimal | None, before: Decimal | None) -> dict[str, Any]:
    """The difference to the month before, in percentage points."""
    if value is None or before is None:
        return {"direction": "none"}
    difference = rounded((value - before) * 100, 1)
    if abs(difference) < TENTH:
        return {"direction": "same"}
    direction = "up" if difference > 0 else "down"
    return {"direction": direction, "change": f"{abs(difference):,f} 个百分点"}


def _url(plan: CardPlan, subject: Subject, now: list[Figure], choice: Choice) -> str:
    """The figure itself where the card is one figure, else the rows that it adds."""
    if len(now) == 1 and not subject.is_enterprise:
        return figure_url(now[0])
    if not now:
        return ""
    query = {
        "month": f"{choice.month:%Y-%m}",
        "window": plan.window,
        "subject_type": subject.type,
        "subject_code": subject.code,
        "batch": choice.batch,
        "sort": "value" if plan.counts_broken else "",
    }
    return with_query(
        reverse("indicator-detail", args=[plan.indicator]),
        {name: value for name, value in query.items() if value},
    )
