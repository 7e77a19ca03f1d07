"""A product's page: agreed and bought by city and institution, its supply, and both over the months.

Everything is read from the figures: quantities of one product can be added, ratios never are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse

from catalog.models import Product
from catalog.queries.visible import visible_products
from contracts.queries.visible import visible_agreement_lines
from core.templatetags.formats import percent
from monitoring.models import IndicatorValue
from monitoring.queries.dashboard_cards import card, judged_total
from monitoring.queries.dashboard_choice import Choice, read_choice
from monitoring.queries.dashboard_figures import (
    Figure,
    chosen,
    figures,
    latest_years,
    subject_figures,
    total,
)
from monitoring.queries.figure_address import figure_url, with_query
from monitoring.queries.figure_judgement import Judgement, parameters_of_judgement
from monitoring.queries.figure_terms import Terms, terms_for
from monitoring.queries.figure_words import part_short
from monitoring.queries.live import figures_in
from monitoring.queries.product_demand import reported_demand
from monitoring.queries.product_supply import SUPPLY, product_subject, product_supply_url
from monitoring.queries.trend import completion_trend
from monitoring.queries.visible import visible_indicator_values
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations, visible_regions

SHOWN = 20


@dataclass(frozen=True)
class Bought:
    """How much of the agreed quantity was bought by one city, institution or all of them."""

    code: str
    name: str
    url: str
    institutions: int
    done: str
    agreed: str
    value: Decimal | None
    text: str
    mark: Decimal | None
    judged: Judgement


def product_page(scope: Scope, code: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The page's context; None where the reader knows no such product.

    Raises MissingInput for a month that is none.
    """
    rows = visible_products(scope).filter(code=code)
    product = rows.select_related("group", "manufacturer").first()
    if product is None:
        return None
    wanted = [plan.indicator for plan in SUPPLY]
    terms = terms_for(scope, parameters_of_judgement([*wanted, "completion_rate"]))
    subject = product_subject(scope, product)
    choice = read_choice(scope, subject, terms, given)
    base: dict[str, Any] = {
        "product": product, "subject": subject, "choice": choice,
        "demand": reported_demand(scope, product),
    }  # fmt: skip
    if choice is None or not choice.has_figures:
        return base
    supply = chosen(subject_figures(scope, subject, choice, wanted), choice, terms)
    own = _completion(scope, product, choice.month, choice)
    unit = product.group.base_unit if product.group else ""
    return base | {
        "batches": sorted({f.batch_code for f in [*own, *supply] if f.batch_code}),
        "whole": _bought("", "", "", own, len(own), unit, choice, terms),
        "supply_cards": [card(plan, subject, supply, choice, terms) for plan in SUPPLY],
        "cities": _cities(scope, product, choice, terms, unit),
        "institutions": _institutions(scope, own, choice, terms, unit)[:SHOWN],
        "institutions_total": len(own),
        "institutions_url": _all_url(product, choice),
        "distributors": _distributors(scope, product),
        "supply_url": product_supply_url(product.code, choice.month, choice.batch),
        "unit": unit,
        "trend": completion_trend(product.name, _by_month(scope, product, choice), choice, terms),
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
                {"value": batch, "label": terms.batch_name(batch)}
                for batch in sorted(terms.batches)
            ],
        },
    }


def _rows(scope: Scope, product: Product, month: date, choice: Choice) -> QuerySet[IndicatorValue]:
    rows = figures_in(scope, month, choice.running).filter(_of(product))
    return rows.filter(batch_code=choice.batch) if choice.batch else rows


def _of(product: Product) -> Q:
    return Q(indicator="completion_rate", subject_type="institution", product_code=product.code)


def _completion(scope: Scope, product: Product, month: date, choice: Choice) -> list[Figure]:
    """Completion figures of the product's units in a month, of each batch's latest year."""
    return latest_years(figures(_rows(scope, product, month, choice)))


def _by_month(scope: Scope, product: Product, choice: Choice) -> list[Figure]:
    """The same of all months of the choice, added up by batch and year in the database."""
    ended = [month for month in choice.months if month != choice.running]
    sources = [visible_indicator_values(scope).filter(_of(product), month__in=ended)]
    if choice.running in choice.months:
        sources.append(_rows(scope, product, choice.months[-1], choice))
    found = []
    for source in sources:
        kept = source.filter(batch_code=choice.batch) if choice.batch else source
        sums = kept.order_by().values("month", "batch_code", "year_no").annotate(
            done=Sum("numerator"), agreed=Sum("denominator")
        )  # fmt: skip
        found += [
            Figure(
                row["month"], "completion_rate", "ytd", "product", product.code, row["batch_code"],
                row["year_no"], "", product.code, "", row["done"], row["agreed"], True,
            )
            for row in sums
        ]  # fmt: skip
    return latest_years(found)


def _bought(
    code: str, name: str, url: str, found: list[Figure], count: int, unit: str,
    choice: Choice, terms: Terms,
) -> Bought:  # fmt: skip
    summed = total(found, terms)
    judged = judged_total("completion_rate", summed, choice.month, "", terms)
    return Bought(
        code=code, name=name, url=url, institutions=count,
        done=part_short("completion_rate", summed.numerator, unit),
        agreed=part_short("completion_rate", summed.denominator, unit),
        value=summed.value, text=percent(summed.value), mark=judged.limit, judged=judged,
    )  # fmt: skip


def _cities(
    scope: Scope, product: Product, choice: Choice, terms: Terms, unit: str
) -> list[Bought]:
    """By city, added up in the database; the lowest first."""
    sums = (
        _rows(scope, product, choice.month, choice)
        .filter(city__isnull=False)
        .order_by()
        .values("city_id", "batch_code", "year_no")
        .annotate(done=Sum("numerator"), agreed=Sum("denominator"), units=Count("subject_code"))
    )
    names = {
        pk: (code, name)
        for pk, code, name in visible_regions(scope).values_list("pk", "code", "name")
    }
    by_city: dict[int, list[tuple[Figure, int]]] = {}
    for row in sums:
        figure = Figure(
            choice.month, "completion_rate", "ytd", "city", "", row["batch_code"], row["year_no"],
            "", product.code, "", row["done"], row["agreed"], True,
        )  # fmt: skip
        by_city.setdefault(row["city_id"], []).append((figure, row["units"]))
    made = []
    for pk, pairs in by_city.items():
        code, name = names.get(pk, ("", "—"))
        kept = latest_years([figure for figure, _ in pairs])
        units = sum(count for figure, count in pairs if figure in kept)
        query = {"subject_type": "institution", "product": product.code, "city": code}
        made.append(_bought(code, name, _list_url(choice, query), kept, units, unit, choice, terms))
    return sorted(made, key=lambda row: (row.value is None, row.value or 0))


def _institutions(
    scope: Scope, own: list[Figure], choice: Choice, terms: Terms, unit: str
) -> list[Bought]:
    """By institution and batch, the lowest first; each opens to its figure."""
    ranked = sorted(own, key=lambda f: (f.value is None, f.value or 0, f.subject_code))[:SHOWN]
    codes = [figure.subject_code for figure in ranked]
    names = dict(visible_organisations(scope).filter(code__in=codes).values_list("code", "name"))
    return [
        _bought(
            figure.subject_code, names.get(figure.subject_code, figure.subject_code),
            figure_url(figure), [figure], 1, unit, choice, terms,
        )
        for figure in ranked
    ]  # fmt: skip


def _all_url(product: Product, choice: Choice) -> str:
    return _list_url(choice, {"subject_type": "institution", "product": product.code})


def _list_url(choice: Choice, query: dict[str, str]) -> str:
    kept = {"month": f"{choice.month:%Y-%m}", "batch": choice.batch, "sort": "value"} | query
    return with_query(
        reverse("indicator-detail", args=["completion_rate"]),
        {name: value for name, value in kept.items() if value},
    )


def _distributors(scope: Scope, product: Product) -> list[dict[str, Any]]:
    """Who supplies it by agreement, the most first."""
    agreed = (
        visible_agreement_lines(scope)
        .filter(product=product)
        .order_by()
        .values(code=F("distributor__code"), name=F("distributor__name"))
        .annotate(packs=Sum("agreed_qty"), institutions=Count("institution", distinct=True))
        .order_by("-packs", "code")[:SHOWN]
    )
    return [dict(row) for row in agreed]
