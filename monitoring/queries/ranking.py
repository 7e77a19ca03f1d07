"""The next level down by one indicator: a ranking, and the same rows for the map."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse

from core.templatetags.formats import percent
from monitoring.indicators.registry import BY_CODE
from monitoring.queries.dashboard_cards import judged_total
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_figures import (
    Figure,
    choice_condition,
    figures,
    latest_years,
    total,
)
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_address import with_query
from monitoring.queries.figure_terms import SCHEDULED, Terms
from monitoring.queries.figure_words import good_direction
from monitoring.queries.live import figures_in
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations, visible_regions

DEFAULT = "completion_amount_rate"
RANKED = (
    ("completion_amount_rate", "ytd", "约定采购完成率"),
    ("completion_capped_rate", "ytd", "完成率（封顶）"),
    ("behind_schedule_rate", "ytd", "低于序时进度产品占比"),
    ("selected_amount_share", "ytd", "集采金额占比"),
    ("signing_rate", "ytd", "协议签订率"),
    ("response_rate", "month", "订单响应率"),
    ("on_time_rate", "month", "配送及时率"),
    ("fulfilment_rate", "month", "供应配送率"),
    ("receipt_overdue_rate", "month", "未及时收货率"),
    ("abnormal_order_rate", "month", "超常规订单占比"),
    ("payment_on_time_rate", "month", "货款按时结清率"),
    ("reply_on_time_rate", "month", "诉求按时回复率"),
    ("resolve_on_time_rate", "month", "诉求按时解决率"),
)
"""Indicators whose region rows can be added over batches, with the window and the short name."""


@dataclass(frozen=True)
class Ranked:
    """One subject of the next level; `value` None where it has no figure."""

    code: str
    name: str
    url: str
    value: Decimal | None
    text: str
    level: str
    level_text: str
    rank: str


@dataclass(frozen=True)
class Ranking:
    """The best first; those without a figure last."""

    indicator: str
    label: str
    rows: list[Ranked]
    largest: Decimal
    mark: Decimal | None
    mark_label: str


def ranked_indicators(subject: Subject) -> list[tuple[str, str, str]]:
    """What the level below can be ranked by; not every indicator has rows of institutions."""
    return [one for one in RANKED if has_plain_rows(one[0], subject.below)]


def has_plain_rows(indicator: str, subject_type: str) -> bool:
    """Whether such subjects have rows that can be added: none of a single product or group."""
    return any(
        subject_type in subject.types and not {"product", "group"} & set(subject.keys)
        for subject in BY_CODE[indicator].subjects
    )


def ranked_indicator(subject: Subject, choice: Choice) -> tuple[str, str, str]:
    """The chosen one, or the first."""
    options = ranked_indicators(subject)
    return next((one for one in options if one[0] == choice.indicator), options[0])


def ranking(
    scope: Scope, subject: Subject, choice: Choice, terms: Terms, *, child_type: str = ""
) -> Ranking:
    """Every subject one level down (or of `child_type`) in three queries."""
    below = child_type or subject.below
    indicator, window, label = ranked_indicator(subject, choice)
    rows = figures_in(scope, choice.month, choice.running).filter(
        choice_condition(choice, terms),
        indicator=indicator,
        window=window,
        subject_type=below,
        **{subject.column: subject.pk},
    )
    if child_type:
        # Institutions of the city itself, which lie in none of its counties.
        rows = rows.filter(county__isnull=True)
    found: dict[str, list[Figure]] = {}
    for figure in latest_years(figures(rows)):
        found.setdefault(figure.subject_code, []).append(figure)
    query = choice.query()
    ranked = []
    for code, name in _names(scope, subject, below, set(found)).items():
        summed = total(found.get(code, ()), terms if indicator in SCHEDULED else None)
        judged = judged_total(indicator, summed, choice.month, subject.province_code, terms)
        ranked.append(
            Ranked(
                code=code,
                name=name,
                url=with_query(reverse("dashboard-subject", args=[below, code]), query),
                value=summed.value,
                text=percent(summed.value),
                level=judged.level,
                level_text=judged.text,
                rank="",
            )
        )
    everything = total(
        [figure for figures_of in found.values() for figure in figures_of],
        terms if indicator in SCHEDULED else None,
    )
    mark = judged_total(indicator, everything, choice.month, subject.province_code, terms)
    return Ranking(
        indicator=indicator,
        label=label,
        rows=_in_order(ranked, good_direction(indicator) == "up"),
        largest=_largest(ranked, mark.limit),
        mark=mark.limit,
        mark_label=mark.threshold,
    )


def _names(scope: Scope, subject: Subject, below: str, codes: set[str]) -> dict[str, str]:
    """All regions below, also those without figures; of institutions those that have one."""
    if below == "institution":
        units = visible_organisations(scope).filter(kind="institution", code__in=codes)
        return dict(units.order_by("code").values_list("code", "name"))
    regions = visible_regions(scope).filter(Q(parent_id=subject.pk), level=below)
    return dict(regions.order_by("code").values_list("code", "name"))


def _in_order(ranked: list[Ranked], high_first: bool) -> list[Ranked]:
    known = [row for row in ranked if row.value is not None]
    known.sort(key=lambda row: row.value or 0, reverse=high_first)
    numbered = [Ranked(**{**vars(row), "rank": str(no)}) for no, row in enumerate(known, start=1)]
    return numbered + [Ranked(**{**vars(r), "rank": "—"}) for r in ranked if r.value is None]


def _largest(ranked: list[Ranked], mark: Decimal | None) -> Decimal:
    """The full bar: 100% for shares near it, else the largest value, so that small rates show."""
    highest = max([row.value for row in ranked if row.value is not None], default=Decimal(1))
    highest = max(highest, mark or Decimal(0))
    if highest > Decimal("0.4"):
        return max(highest, Decimal(1))
    return highest or Decimal(1)
