"""How each distributor supplies one product in a month: the product's own figures by distributor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse

from catalog.models import Product
from catalog.queries.visible import visible_products
from contracts.queries.visible import visible_agreement_lines
from core.templatetags.formats import percent
from monitoring.models import IndicatorValue
from monitoring.queries.dashboard_cards import CardPlan
from monitoring.queries.dashboard_choice import Choice, read_choice
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_address import figure_url, with_query
from monitoring.queries.figure_distributors import Share, distributor_shares
from monitoring.queries.figure_judgement import Judgement, judge, parameters_of_judgement
from monitoring.queries.figure_page import with_province
from monitoring.queries.figure_terms import Terms, terms_for
from monitoring.queries.figure_words import label_of, part_short, ratio
from monitoring.queries.live import figures_in
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_organisations, visible_regions

SUPPLY = (
    CardPlan("response_rate", "month"),
    CardPlan("on_time_rate", "month"),
    CardPlan("fulfilment_rate", "month"),
)
NO_NAME = "未指明配送企业"
Key = tuple[int | None, str, int, str]
"""Distributor, batch, its year, province: each has a figure of its own."""


@dataclass(frozen=True)
class Rate:
    """One figure's part of one distributor, with the way to its lines."""

    text: str
    parts: str
    url: str
    judged: Judgement


@dataclass(frozen=True)
class SupplyRow:
    """One distributor, batch year and province; a rate is None where the month has no such line."""

    code: str
    name: str
    batch: str
    year: str
    institutions: int
    agreed: Decimal | None
    rates: tuple[Rate | None, ...]


def product_subject(scope: Scope, product: Product) -> Subject:
    """The product as the subject of its dashboard."""
    return Subject(
        "product", product.code, product.name, product.pk, enterprise_id=product.manufacturer_id,
        province_id=scope.province_id if scope.is_region_authority else None,
        province_code=scope.province_code if scope.is_region_authority else "",
    )  # fmt: skip


def product_supply_url(code: str, month: date, batch: str = "") -> str:
    query = {"month": f"{month:%Y-%m}", "batch": batch}
    path = reverse("dashboard-product-supply", args=[code])
    return with_query(path, {name: value for name, value in query.items() if value})


def product_supply(scope: Scope, code: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The page's context; None where the reader knows no such product.

    Raises MissingInput for a month that is none. Reads the lines of the product's visible figures
    of one month, three for each batch.
    """
    product = visible_products(scope).filter(code=code).select_related("group").first()
    if product is None:
        return None
    terms = terms_for(scope, parameters_of_judgement([plan.indicator for plan in SUPPLY]))
    choice = read_choice(scope, product_subject(scope, product), terms, given)
    base: dict[str, Any] = {
        "product": product, "choice": choice,
        "heads": [label_of(plan.indicator) for plan in SUPPLY],
    }  # fmt: skip
    if choice is None or not choice.has_figures:
        return base | {"rows": []}
    return base | {"rows": _rows(scope, product, choice, terms)}


def _rows(scope: Scope, product: Product, choice: Choice, terms: Terms) -> list[SupplyRow]:
    found = with_province(
        figures_in(scope, choice.month, choice.running).filter(
            subject_type="product", subject_code=product.code, window="month",
            indicator__in=[plan.indicator for plan in SUPPLY],
        )
    ).order_by("batch_code", "year_no")  # fmt: skip
    if choice.batch:
        found = found.filter(batch_code=choice.batch)
    figures = list(found)
    shares = [
        (figure, share) for figure in figures for share in distributor_shares(figure)
    ]  # fmt: skip
    names = {
        pk: (code, name)
        for pk, code, name in visible_organisations(scope)
        .filter(pk__in={share.distributor_id for _, share in shares})
        .values_list("pk", "code", "name")
    }
    agreed = _agreed(scope, product)
    unit = product.group.base_unit if product.group else ""
    made: dict[Key, dict[str, Rate | None]] = {}
    weight: dict[Key, int] = {}
    for figure, share in shares:
        province = str(getattr(figure, "province_code", ""))
        key = (share.distributor_id, figure.batch_code, figure.year_no or 0, province)
        code, _ = names.get(share.distributor_id or 0, ("", ""))
        made.setdefault(key, {})[figure.indicator] = _rate(figure, share, code, unit, terms)
        weight[key] = weight.get(key, 0) + share.counted
    provinces = {key[3] for key in made}
    places = dict(
        visible_regions(scope).filter(code__in=provinces, level="province").values_list("code", "name")
    ) if len(provinces) > 1 else {}  # fmt: skip
    rows = []
    for key in sorted(made, key=lambda key: (-weight[key], key[1:])):
        pk, batch, year_no, province = key
        code, name = names.get(pk or 0, ("", NO_NAME))
        institutions, packs = agreed.get((pk, batch, year_no), (0, None))
        year = " · ".join(filter(None, (f"第 {year_no} 年", places.get(province, ""))))
        rows.append(
            SupplyRow(
                code=code, name=name, batch=terms.batch_name(batch), year=year,
                institutions=institutions, agreed=packs, rates=tuple(made[key].get(plan.indicator) for plan in SUPPLY),
            )
        )  # fmt: skip
    return rows


def _rate(figure: IndicatorValue, share: Share, code: str, unit: str, terms: Terms) -> Rate | None:
    value = ratio(share.numerator, share.denominator)
    if value is None:
        return None
    judged = judge(
        figure.indicator, value, on=terms.last_day(figure.month), terms=terms,
        batch_code=figure.batch_code, province_code=str(getattr(figure, "province_code", "")),
    )  # fmt: skip
    parts = " / ".join(
        part_short(figure.indicator, part, unit) for part in (share.numerator, share.denominator)
    )
    url = figure_url(figure, distributor=code) if code else figure_url(figure)
    return Rate(text=percent(value), parts=parts, url=url, judged=judged)


def _agreed(
    scope: Scope, product: Product
) -> dict[tuple[int | None, str, int], tuple[int, Decimal]]:
    """Institutions and agreed quantity of each distributor and batch year, as far as one sees them."""
    sums = (
        visible_agreement_lines(scope)
        .filter(product=product)
        .order_by()
        .values("distributor_id", "batch__code", "year_no")
        .annotate(institutions=Count("institution", distinct=True), packs=Sum("agreed_qty"))
    )
    return {
        (row["distributor_id"], row["batch__code"], row["year_no"]): (
            row["institutions"],
            row["packs"],
        )
        for row in sums
    }
