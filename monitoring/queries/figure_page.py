"""Everything that a figure's page shows: words, parts, the figures below it, or its lines."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Sum

from catalog.queries.visible import visible_products
from core.lists.keyset import keyset_page
from core.transitions import MissingInput
from monitoring.indicators.cut import MonthCut
from monitoring.indicators.registry import BY_CODE
from monitoring.models import IndicatorValue, LiveValue
from monitoring.queries.figure_address import figure_url
from monitoring.queries.figure_judgement import Judgement, judge, parameters_of_judgement
from monitoring.queries.figure_line_rows import LineRow, line_rows
from monitoring.queries.figure_lines import FigureLines, figure_lines
from monitoring.queries.figure_parts import lower_figures, unit_figures
from monitoring.queries.figure_terms import SCHEDULED, Terms, terms_for
from monitoring.queries.figure_words import (
    CATEGORIES,
    part_short,
    part_text,
    ratio,
    value_text,
    window_text,
)
from monitoring.queries.live import live_of
from monitoring.queries.names import Names, names_of
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import subject_rows, within

SIDES = (
    ("all", "全部"),
    ("numerator", "计入分子"),
    ("denominator", "计入分母"),
    ("excluded", "剔除"),
)
LINES_PER_PAGE = 50


@dataclass(frozen=True)
class PartRow:
    """A figure that this one is the sum of, or one of the next level down."""

    figure: IndicatorValue
    url: str
    name: str
    value: str
    numerator: str
    denominator: str
    assessed: bool


@dataclass(frozen=True)
class Parts:
    """A page of parts with the totals of all; `exact` says that these are the figure itself."""

    rows: list[PartRow]
    newer: str
    older: str
    count: int
    numerator: str
    denominator: str
    exact: bool


@dataclass(frozen=True)
class Lines:
    """A page of lines with the totals of all; `of` names the distributor whose lines alone they are."""

    rows: list[LineRow]
    next: str
    counted: int
    excluded: int
    numerator: str
    denominator: str
    exact: bool
    of: str = ""


def named(scope: Scope, row: IndicatorValue) -> tuple[Names, str]:
    """Names of everything on the figure, and the base unit of its quantities."""
    names = names_of([row])
    unit = names.units.get(row.group_code, "")
    if not unit and row.product_code:
        unit = product_unit(scope, row.product_code)
    return names, unit


def product_unit(scope: Scope, code: str) -> str:
    """Base unit of the product's group; empty for a product without one."""
    found = visible_products(scope).filter(code=code).values_list("group__base_unit", flat=True)
    return found.first() or ""


def figure_facts(scope: Scope, row: IndicatorValue) -> dict[str, Any]:
    """Words, value and standing of the figure."""
    indicator = BY_CODE[row.indicator]
    names, unit = named(scope, row)
    terms = terms_for(scope, parameters_of_judgement([row.indicator]))
    province_code = str(getattr(row, "province_code", ""))
    judged = judged_row(row, terms, province_code)
    subject = names.subject(row)
    matter = [part for part in (names.group(row), names.product(row)) if part]
    if row.category:
        matter.append(CATEGORIES.get(row.category, row.category))
    return {
        "indicator": indicator,
        "live": live_of(scope) if isinstance(row, LiveValue) else None,
        "unit": unit,
        "judged": judged,
        "subject_name": subject,
        "matter": "、".join(matter),
        "batch": names.batch(row),
        "value": value_text(row.numerator, row.denominator),
        "window": _window(row, terms),
        "definition": {
            "title": indicator.label,
            "value": value_text(row.numerator, row.denominator),
            "numerator": indicator.numerator,
            "numerator_value": part_text(row.indicator, row.numerator, unit),
            "denominator": indicator.denominator,
            "denominator_value": part_text(row.indicator, row.denominator, unit),
            "window": _window(row, terms),
            "exclusions": "；".join(indicator.exclusions.values()),
            "clause": indicator.clause,
        },
    }


def judged_row(row: Any, terms: Terms, province_code: str) -> Judgement:
    """The figure against the limit of its batch, or of its province."""
    scheduled = row.indicator in SCHEDULED
    return judge(
        row.indicator,
        ratio(row.numerator, row.denominator),
        on=terms.last_day(row.month),
        terms=terms,
        batch_code=row.batch_code,
        province_code=province_code,
        due=terms.progress(row.batch_code, row.year_no, row.month) if scheduled else None,
        assessed=row.assessed,
    )


def _window(row: IndicatorValue, terms: Terms) -> str:
    month, last_day = MonthCut(row.month), terms.last_day(row.month)
    text = window_text(row.indicator, row.window)
    year = terms.years.get((row.batch_code, row.year_no or 0))
    if year is None:
        first = month.first if row.window == "month" else month.first.replace(month=1)
        return f"{text}：{first:%Y-%m-%d} 至 {last_day:%Y-%m-%d}"
    first = max(month.first, year.starts_on) if row.window == "month" else year.starts_on
    last = min(last_day, year.ends_on)
    return f"{text}：{first:%Y-%m-%d} 至 {last:%Y-%m-%d}（第 {year.year_no} 采购年度）"


def units_page(scope: Scope, row: IndicatorValue, unit: str, cursor: str) -> Parts | None:
    """The unit rows that a region's figure adds; None where its lines are listed themselves."""
    rows = _visible(scope, unit_figures(row))
    totals = rows.aggregate(n=Sum("numerator"), d=Sum("denominator"))
    count = rows.count()
    if not count:
        return None
    page = keyset_page(rows, order=("denominator", "id"), cursor=cursor)
    numerator, denominator = totals["n"], totals["d"]
    return Parts(
        rows=_part_rows(page.rows, unit),
        newer=page.newer,
        older=page.older,
        count=count,
        numerator=part_text(row.indicator, numerator, unit),
        denominator=part_text(row.indicator, denominator, unit),
        exact=(numerator, denominator) == (row.numerator, row.denominator),
    )


def lower_rows(scope: Scope, row: IndicatorValue, unit: str) -> list[PartRow]:
    """The regions one level down, by code."""
    return _part_rows(list(_visible(scope, lower_figures(row)).order_by("subject_code")), unit)


def _visible(scope: Scope, rows: QuerySet[IndicatorValue]) -> QuerySet[IndicatorValue]:
    return within(scope, rows, subject_rows(scope))


def _part_rows(rows: list[IndicatorValue], unit: str) -> list[PartRow]:
    names = names_of(rows)
    return [
        PartRow(
            figure=one,
            url=figure_url(one),
            name=names.subject(one),
            value=value_text(one.numerator, one.denominator),
            numerator=part_short(one.indicator, one.numerator, unit),
            denominator=part_short(one.indicator, one.denominator, unit),
            assessed=one.assessed,
        )
        for one in rows
    ]


def lines_page(
    scope: Scope,
    row: IndicatorValue,
    unit: str,
    *,
    side: str,
    after: str,
    size: int = LINES_PER_PAGE,
    distributor: Organisation | None = None,
) -> Lines:
    """A page of the figure's lines, of one distributor where that is named.

    Raises MissingInput for a side or a mark that is none.
    """
    if side not in dict(SIDES):
        raise MissingInput("side", "明细只能按“全部、计入分子、计入分母、剔除”查看")
    found = figure_lines(
        row, side=side, after=_read(after), limit=size,
        distributor_id=distributor.pk if distributor else None,
    )  # fmt: skip
    return Lines(
        rows=line_rows(scope, row, found.lines),
        next=_write(found) if found.has_more else "",
        counted=found.counted,
        excluded=found.excluded,
        numerator=part_text(row.indicator, found.numerator, unit),
        denominator=part_text(row.indicator, found.denominator, unit),
        exact=found.sums_to(row),
        of=distributor.name if distributor else "",
    )


def _write(found: FigureLines) -> str:
    text = json.dumps(found.lines[-1].cursor)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(text: str) -> tuple[str, str, int] | None:
    if not text:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        at, source, source_id = json.loads(base64.urlsafe_b64decode(padded).decode())
        if at:
            datetime.fromisoformat(at)
        return str(at), str(source), int(source_id)
    except (binascii.Error, UnicodeDecodeError, ValueError, TypeError) as error:
        raise MissingInput("after", "翻页标记无效，请从第一页重新打开") from error


def with_province(rows: QuerySet[IndicatorValue]) -> QuerySet[IndicatorValue]:
    """Rows that know their province's code, as judging and addresses need it."""
    return rows.annotate(province_code=F("province__code"))
