"""The tables of a dashboard: groups over their limit, and an institution's own products and groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.queries.visible import visible_groups, visible_products
from core.templatetags.formats import percent
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_figures import Figure, choice_condition, figures, latest_years
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_address import figure_url
from monitoring.queries.figure_judgement import Judgement, judge
from monitoring.queries.figure_terms import Terms
from monitoring.queries.figure_words import label_of, part_short
from monitoring.queries.live import figures_in
from organisations.queries.scope import Scope

OWN_TABLES = (
    "completion_rate",
    "non_selected_share",
    "substitute_ratio",
    "unreported_share",
    "report_deviation",
)
SUPPLY_TABLES = ("response_rate", "on_time_rate", "fulfilment_rate")
TOP = 10


@dataclass(frozen=True)
class TableRow:
    """One figure of a table, in words and with the bar that shows it."""

    url: str
    name: str
    code: str
    batch: str
    value: Decimal | None
    text: str
    numerator: str
    denominator: str
    mark: Decimal | None
    judged: Judgement
    assessed: bool
    due_text: str = ""


def own_figures(
    scope: Scope, subject: Subject, choice: Choice, terms: Terms, indicators: Sequence[str]
) -> list[Figure]:
    """The subject's figures of the month by product or group, in one query."""
    rows = figures_in(scope, choice.month, choice.running).filter(
        choice_condition(choice, terms),
        subject_type=subject.type,
        subject_code=subject.code,
        indicator__in=list(indicators),
    )
    return latest_years(figures(rows))


def maker_figures(scope: Scope, subject: Subject, choice: Choice, terms: Terms) -> list[Figure]:
    """Supply figures of a manufacturer's products, batch by batch."""
    rows = figures_in(scope, choice.month, choice.running).filter(
        choice_condition(choice, terms),
        window="month",
        subject_type="product",
        enterprise_id=subject.pk,
        indicator__in=SUPPLY_TABLES,
    )
    if subject.province_id is not None:
        rows = rows.filter(province_id=subject.province_id)
    return latest_years(figures(rows))


def tables(
    scope: Scope, subject: Subject, found: list[Figure], choice: Choice, terms: Terms
) -> dict[str, list[TableRow]]:
    """Rows per indicator, the worst first; names in two queries whatever the number of rows."""
    groups = {group.code: group for group in _groups(scope, found)}
    products = {product.code: product for product in _products(scope, found)}
    rows: dict[str, list[tuple[Decimal, TableRow]]] = {}
    for figure in found:
        if figure.indicator == "non_selected_share" and figure.window != "ytd":
            continue
        group = groups.get(figure.group_code)
        product = products.get(figure.product_code or figure.subject_code)
        unit = group.base_unit if group else ""
        if product is not None and product.group is not None:
            unit = product.group.base_unit
        due = terms.progress(figure.batch_code, figure.year_no, figure.month)
        scheduled = figure.indicator == "completion_rate"
        judged = judge(
            figure.indicator,
            figure.value,
            on=terms.last_day(figure.month),
            terms=terms,
            batch_code=figure.batch_code,
            province_code=subject.province_code,
            due=due if scheduled else None,
            assessed=figure.assessed,
        )
        row = TableRow(
            url=figure_url(figure),
            name=_name(group, product, figure),
            code=figure.group_code or figure.product_code or figure.subject_code,
            batch=terms.batch_name(figure.batch_code),
            value=figure.value,
            text=percent(figure.value),
            numerator=part_short(figure.indicator, figure.numerator, unit),
            denominator=part_short(figure.indicator, figure.denominator, unit),
            mark=judged.limit,
            judged=judged,
            assessed=figure.assessed,
            due_text=percent(due) if scheduled else "",
        )
        rows.setdefault(figure.indicator, []).append((_badness(figure, due), row))
    return {
        indicator: [row for _, row in sorted(pairs, key=lambda pair: pair[0], reverse=True)]
        for indicator, pairs in rows.items()
    }


def _groups(scope: Scope, found: list[Figure]) -> list[Any]:
    codes = {figure.group_code for figure in found if figure.group_code}
    return list(visible_groups(scope).filter(code__in=codes)) if codes else []


def _products(scope: Scope, found: list[Figure]) -> list[Any]:
    codes = {f.product_code for f in found if f.product_code}
    codes |= {f.subject_code for f in found if f.subject_type == "product"}
    rows = visible_products(scope).filter(code__in=codes).select_related("group")
    return list(rows) if codes else []


def _name(group: Any, product: Any, figure: Figure) -> str:
    if product is not None:
        return str(product)
    return group.name if group is not None else figure.group_code or label_of(figure.indicator)


def _badness(figure: Figure, due: Decimal | None) -> Decimal:
    """What is furthest off stands first; rows that are not assessed or have no value stand last."""
    if figure.value is None:
        return Decimal(-10_000)
    worse = figure.value
    if figure.indicator == "completion_rate":
        worse = (due or Decimal(1)) - figure.value
    elif figure.indicator in SUPPLY_TABLES:
        worse = -figure.value
    elif figure.indicator == "report_deviation":
        worse = abs(figure.value)
    return worse if figure.assessed else worse - 5_000
