"""Products under the two limits of supply (赣2024 三), with their makers, in the newest month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from catalog.queries.visible import visible_products
from core.templatetags.formats import percent
from monitoring.models import IndicatorValue
from monitoring.queries.actions import may_propose
from monitoring.queries.figure_address import figure_url
from monitoring.queries.figure_terms import LIMITS, terms_for
from monitoring.queries.figure_words import ratio
from monitoring.queries.names import names_of
from monitoring.queries.visible import visible_computed_months, visible_indicator_values
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING

SUPPLY = ("response_rate", "on_time_rate")
MIN_LINES = "min_lines"
WORDS = {"response_rate": "订单响应率", "on_time_rate": "配送及时率"}


@dataclass(frozen=True)
class ShortRow:
    """One product, batch and rate; `act_url` drafts a 提醒 against its maker, empty for others."""

    figure: IndicatorValue
    product: str
    maker: str
    maker_code: str
    rate: str
    batch: str
    value: str
    limit: str
    lines: str
    url: str
    act_url: str


def newest_month(scope: Scope) -> date | None:
    """Of those that were computed; the running month is not judged yet."""
    newest = visible_computed_months(scope).order_by("-month").first()
    return newest.month if newest else None


def short_products(scope: Scope) -> QuerySet[IndicatorValue]:
    """Products' rates under the limit of their batch, with at least min_lines order lines."""
    rows = visible_indicator_values(scope)
    month = newest_month(scope)
    if month is None:
        return rows.filter(NOTHING)
    terms = terms_for(scope, [*(LIMITS[each] for each in SUPPLY), MIN_LINES])
    last_day = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    short = NOTHING
    for batch in terms.batches:
        few = terms.limit(MIN_LINES, last_day, batch_code=batch, province_code="")
        for indicator in SUPPLY:
            limit = terms.limit(LIMITS[indicator], last_day, batch_code=batch, province_code="")
            if limit is None or few is None:
                continue
            short |= Q(
                indicator=indicator, batch_code=batch, denominator__gte=few.number,
                numerator__lt=F("denominator") * limit.number,
            )  # fmt: skip
    return rows.filter(short, month=month, subject_type="product", window="month")


def short_rows(scope: Scope, found: Iterable[IndicatorValue]) -> list[ShortRow]:
    """Named in as many queries for fifty as for one."""
    listed = list(found)
    names = names_of(listed)
    makers = {
        product.code: product.manufacturer
        for product in visible_products(scope)
        .filter(code__in={row.subject_code for row in listed})
        .select_related("manufacturer")
    }
    terms = terms_for(scope, [LIMITS[each] for each in SUPPLY])
    acts = may_propose(scope)
    rows = []
    for row in listed:
        last_day = (row.month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        limit = terms.limit(
            LIMITS[row.indicator], last_day, batch_code=row.batch_code, province_code=""
        )
        maker = makers.get(row.subject_code)
        query = urlencode({"subject": maker.code, "kind": "remind"}) if maker and acts else ""
        rows.append(
            ShortRow(
                figure=row, product=names.subject(row), maker=maker.name if maker else "",
                maker_code=maker.code if maker else "", rate=WORDS[row.indicator],
                batch=names.batch(row), value=percent(ratio(row.numerator, row.denominator), 2),
                limit=percent(limit.number, 0) if limit else "",
                lines=f"{row.denominator.normalize():f}", url=figure_url(row),
                act_url=f"{reverse('action-new')}?{query}" if query else "",
            )
        )  # fmt: skip
    return rows
