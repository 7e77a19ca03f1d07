"""Everything that a subject's dashboard shows, gathered in a bounded number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from monitoring.queries.dashboard_cards import CardPlan, cards
from monitoring.queries.dashboard_choice import Choice, read_choice
from monitoring.queries.dashboard_figures import Figure, chosen, subject_figures
from monitoring.queries.dashboard_subject import (
    BELOW_LABELS,
    Subject,
    assessing_unit,
    visible_subject,
)
from monitoring.queries.dashboard_tables import (
    OWN_TABLES,
    SUPPLY_TABLES,
    TOP,
    maker_figures,
    own_figures,
    tables,
)
from monitoring.queries.dashboard_warnings import open_counts, warning_panel
from monitoring.queries.figure_address import with_query
from monitoring.queries.figure_judgement import parameters_of_judgement
from monitoring.queries.figure_terms import Terms, terms_for
from monitoring.queries.live import figures_in
from monitoring.queries.ranking import (
    RANKED,
    Ranking,
    has_plain_rows,
    ranked_indicator,
    ranked_indicators,
    ranking,
)
from monitoring.queries.trend import trend
from monitoring.queries.visible import visible_indicator_values
from monitoring.queries.watchers.watch import shown_plans, watch_for, watched_tables
from organisations.queries.scope import Scope

MAPPED_PROVINCE = "360000"
"""The province whose map is shipped."""

CATEGORY_OPTIONS = [
    {"value": "drug", "label": "药品"},
    {"value": "consumable", "label": "医用耗材"},
]
ENTERPRISE_TRENDS = (
    ("on_time_rate", "month", "配送及时率"),
    ("response_rate", "month", "订单响应率"),
    ("fulfilment_rate", "month", "供应配送率"),
    ("signing_rate", "ytd", "协议签订率"),
    ("reply_on_time_rate", "month", "诉求按时回复率"),
    ("resolve_on_time_rate", "month", "诉求按时解决率"),
)
SHORT_TABLE = 12


@dataclass(frozen=True)
class Opened:
    """A dashboard of one reader: whose it is, what was chosen, and the figures of its months."""

    subject: Subject
    choice: Choice
    provinces: list[dict[str, Any]]
    terms: Terms
    plans: Sequence[CardPlan]
    found: list[Figure]

    def cards(self) -> list[dict[str, Any]]:
        return cards(self.subject, self.found, self.choice, self.terms, self.plans)


def opened(
    scope: Scope, subject_type: str, code: str, given: Mapping[str, Any]
) -> Opened | Subject | None:
    """None where there is no such subject for this reader; the subject alone while no month has
    figures. Raises MissingInput for a month that is none.
    """
    subject = visible_subject(scope, subject_type, code)
    if subject is None:
        return None
    wanted = {indicator for indicator, _, _ in trend_options(subject)}
    plans = shown_plans(scope, subject)
    wanted |= {plan.indicator for plan in plans}
    terms = terms_for(scope, parameters_of_judgement({*wanted, *OWN_TABLES}))
    choice = read_choice(scope, subject, terms, given)
    if choice is None:
        return subject
    watch = watch_for(scope, subject)
    if watch is not None:
        choice = replace(
            choice, indicator=choice.indicator or watch.ranked, first_indicator=watch.ranked
        )
    provinces: list[dict[str, Any]] = []
    if subject.is_enterprise and subject.province_id is None:
        subject, provinces = _in_one_province(scope, subject, choice, given)
    found = subject_figures(scope, subject, choice, wanted)
    return Opened(subject, choice, provinces, terms, plans, found)


def dashboard_numbers(
    scope: Scope, subject_type: str, code: str, given: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The page's cards, ranking and counts of warnings alone, for a program (T6)."""
    board = opened(scope, subject_type, code, given)
    if not isinstance(board, Opened):
        return None if board is None else {"subject": board, "choice": None}
    ranked = bool(board.subject.below)
    return {
        "subject": board.subject,
        "choice": board.choice,
        "cards": board.cards(),
        "ranking": ranking(scope, board.subject, board.choice, board.terms) if ranked else None,
        "open_warnings": open_counts(scope, board.subject),
    }


def dashboard_page(
    scope: Scope, subject_type: str, code: str, given: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The page's context; None where there is no such subject for this reader.

    Raises MissingInput for a month that is none.
    """
    board = opened(scope, subject_type, code, given)
    if not isinstance(board, Opened):
        return None if board is None else {"subject": board, "choice": None}
    subject, choice, terms = board.subject, board.choice, board.terms
    found, provinces = board.found, board.provinces
    picked = _picked(subject, choice)
    here = reverse("dashboard-subject", args=[subject.type, subject.code])
    kept = {"province": subject.province_code} if provinces else {}
    return {
        "subject": subject,
        "choice": choice,
        "provinces": provinces,
        "unit": assessing_unit(scope, subject, terms.last_day(choice.month)),
        "cards": board.cards(),
        "watched": watched_tables(scope, subject, choice, terms) if choice.has_figures else [],
        "picked": picked,
        "picked_options": [
            {
                "value": indicator,
                "label": label,
                "url": with_query(here, choice.query(indicator=indicator) | kept),
            }
            for indicator, _, label in trend_options(subject)
        ],
        "trend": trend(subject, found, picked, choice, terms),
        "warnings": warning_panel(scope, subject),
        "options": {
            "month": [
                {
                    "value": f"{month:%Y-%m}",
                    "label": f"{month.year}年{month.month}月"
                    + ("（实时）" if month == choice.running else ""),
                }
                for month in choice.options
            ],
            "batch": [
                {"value": code, "label": batch.name}
                for code, batch in terms.batches.items()
                if not choice.category or batch.category == choice.category
            ],
            "category": CATEGORY_OPTIONS,
        },
        **_list_urls(subject, choice, picked),
        **_rankings(scope, subject, choice, terms),
        **_tables(scope, subject, found, choice, terms),
    }


def trend_options(subject: Subject) -> list[tuple[str, str, str]]:
    """Indicators that the trend chart and, above institutions, the ranking can show."""
    if subject.is_enterprise:
        return list(ENTERPRISE_TRENDS)
    if subject.below:
        return ranked_indicators(subject)
    return [
        (indicator, window, label)
        for indicator, window, label in RANKED
        if has_plain_rows(indicator, "institution")
    ]


def _picked(subject: Subject, choice: Choice) -> tuple[str, str, str]:
    if subject.below:
        return ranked_indicator(subject, choice)
    options = trend_options(subject)
    return next((one for one in options if one[0] == choice.indicator), options[0])


def _in_one_province(
    scope: Scope, subject: Subject, choice: Choice, given: Mapping[str, Any]
) -> tuple[Subject, list[dict[str, Any]]]:
    """An enterprise reads its figures province by province, as they are judged."""
    sources = [visible_indicator_values(scope).filter(month__in=choice.months)]
    if choice.running is not None and choice.running in choice.months:
        sources.append(figures_in(scope, choice.running, choice.running))
    rows = sorted(
        {
            row
            for source in sources
            for row in source.filter(subject_type=subject.type, subject_code=subject.code)
            .values_list("province_id", "province__code", "province__name")
            .distinct()
        },
        key=lambda row: row[1],
    )
    if not rows:
        return subject, []
    pk, code, _ = next((row for row in rows if row[1] == given.get("province")), rows[0])
    tabs = [
        {
            "label": row[2],
            "url": with_query("", choice.query(province=row[1])),
            "active": row[1] == code,
        }
        for row in rows
    ]
    return replace(subject, province_id=pk, province_code=code), tabs if len(tabs) > 1 else []


def _rankings(scope: Scope, subject: Subject, choice: Choice, terms: Terms) -> dict[str, Any]:
    if not subject.below:
        return {}
    first = ranking(scope, subject, choice, terms)
    found: dict[str, Any] = {
        "ranking": first,
        "ranking_total": len(first.rows),
        "ranking_shown": first.rows[:SHORT_TABLE],
        "below_label": BELOW_LABELS[subject.below],
    }
    if subject.type == "city":
        found["direct"] = ranking(scope, subject, choice, terms, child_type="institution")
    if subject.type == "province" and subject.code == MAPPED_PROVINCE:
        found |= _map(first)
    return found


def _list_urls(subject: Subject, choice: Choice, picked: tuple[str, str, str]) -> dict[str, Any]:
    """Where the tables go on: the month's rows of an indicator, filtered to this subject."""

    def rows_of(indicator: str, **more: str) -> str:
        query = {"month": f"{choice.month:%Y-%m}", "batch": choice.batch} | more
        filled = {name: value for name, value in query.items() if value}
        return with_query(reverse("indicator-detail", args=[indicator]), filled)

    own = {"subject_type": subject.type, "subject_code": subject.code}
    below = {"subject_type": subject.below, subject.type: subject.code, "window": picked[1]}
    return {
        "ranking_all_url": rows_of(picked[0], sort="value", **below) if subject.below else "",
        "groups_all_url": rows_of("non_selected_share", window="ytd", sort="value", **own),
        "own_urls": {indicator: rows_of(indicator, **own) for indicator in OWN_TABLES},
    }


def _map(shown: Ranking) -> dict[str, Any]:
    known = [row for row in shown.rows if row.value is not None]
    words = f"没有{shown.label}数据"
    if known:
        words = (
            f"各设区市{shown.label}：{known[0].name} {known[0].text} 至 "
            f"{known[-1].name} {known[-1].text}，数据同右侧排名"
        )
    return {
        "map": {
            "kind": "map",
            "region": MAPPED_PROVINCE,
            "label": shown.label,
            "percent": True,
            "rows": [
                {
                    "code": row.code,
                    "name": row.name,
                    "value": None if row.value is None else float(row.value),
                    "text": row.text,
                    "level": row.level,
                    "level_text": row.level_text,
                    "url": row.url,
                }
                for row in shown.rows
            ],
        },
        "map_summary": words,
    }


def _tables(
    scope: Scope, subject: Subject, found: list[Figure], choice: Choice, terms: Terms
) -> dict[str, Any]:
    if subject.type == "institution":
        own = own_figures(scope, subject, choice, terms, OWN_TABLES)
        return {"tables": tables(scope, subject, own, choice, terms)}
    if subject.type == "manufacturer":
        own = maker_figures(scope, subject, choice, terms)
        made = tables(scope, subject, own, choice, terms)
        return {"supply": _by_product(made)}
    if subject.is_enterprise:
        return {}
    groups = [
        figure
        for figure in chosen(found, choice, terms)
        if figure.indicator == "non_selected_share" and figure.month == choice.month
    ]
    shown = tables(scope, subject, groups, choice, terms).get("non_selected_share", [])
    return {"groups": shown[:TOP], "groups_total": len(shown)}


def _by_product(made: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """One line per product and batch with its three supply rates."""
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for indicator in SUPPLY_TABLES:
        for row in made.get(indicator, []):
            line = lines.setdefault((row.code, row.batch), {"row": row})
            line[indicator] = row
    return list(lines.values())
