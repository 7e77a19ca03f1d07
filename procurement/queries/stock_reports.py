"""Stock reports beside the demand: days of cover by product and by pool, and who has not reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from catalog.models import Product, Selection
from catalog.queries.in_force import holds_on
from catalog.queries.visible import visible_products
from core.transitions import Verdict
from core.workdays.deadlines import day_end
from organisations.models import Pool
from organisations.queries.scope import Scope
from procurement.models import StockReport
from procurement.queries.supply_side import visible_stock_reports
from procurement.rules.stock_report import (
    DEMAND_DAYS,
    OFFICERS,
    cover_days,
    is_short,
    reports_stock,
)

NAMED = ("product", "manufacturer")
DEMAND = """
SELECT l.product_id, l.pool_id, sum(l.packs)
FROM procurement_orderline l
WHERE l.product_id = ANY (%(products)s) AND l.cancelled_at IS NULL
  AND l.ordered_at >= %(since)s AND l.ordered_at < %(until)s
  AND (%(province)s::bigint IS NULL OR l.province_id = %(province)s)
GROUP BY l.product_id, l.pool_id
"""
AGREED = """
SELECT a.pool_id, sum(a.agreed_qty)
FROM contracts_agreementline a
JOIN catalog_agreementyear y ON y.batch_id = a.batch_id AND y.year_no = a.year_no
WHERE a.product_id = %(product)s AND y.starts_on <= %(on)s AND y.ends_on >= %(on)s
  AND a.institution_signed_at IS NOT NULL AND a.manufacturer_signed_at IS NOT NULL
  AND a.distributor_signed_at IS NOT NULL
  AND (%(province)s::bigint IS NULL OR a.province_id = %(province)s)
GROUP BY a.pool_id
"""


@dataclass(frozen=True)
class PoolCover:
    """One pool's part of the stock, shared out by agreed quantity, beside its own demand. Packs."""

    name: str
    demand: Decimal
    share: Decimal
    days: Decimal | None

    @property
    def short(self) -> bool:
        return is_short(self.days)


def may_report_stock(scope: Scope) -> Verdict:
    return reports_stock(
        is_manufacturer=scope.is_business and scope.kind == "enterprise" and scope.is_manufacturer,
        has_role=scope.has_role(*OFFICERS),
    )


def stock_reports(scope: Scope) -> QuerySet[StockReport]:
    return visible_stock_reports(scope).select_related(*NAMED)


def with_cover(scope: Scope, rows: Iterable[StockReport]) -> list[StockReport]:
    """The reports with `demand`, `days` and `short`; one query for any number."""
    found = list(rows)
    by_month: dict[date, list[StockReport]] = {}
    for row in found:
        by_month.setdefault(row.month, []).append(row)
    for month, own in by_month.items():
        demand = _demand(scope, {row.product_id for row in own}, _end(month))
        for row in own:
            packs = sum(demand.get(row.product_id, {}).values(), Decimal(0))
            days = cover_days(stock=row.stock_packs + row.reserve_packs, demand=packs)
            row.demand, row.days, row.short = packs, days, is_short(days)  # type: ignore[attr-defined]
    return found


def pool_covers(scope: Scope, report: StockReport) -> list[PoolCover]:
    """By pool, shortest cover first: the stock is shared out by what is agreed with each."""
    end = _end(report.month)
    demand = _demand(scope, {report.product_id}, end).get(report.product_id, {})
    last = (end - timedelta(seconds=1)).date()
    with connection.cursor() as cursor:
        cursor.execute(
            AGREED, {"product": report.product_id, "on": last, "province": _province(scope)}
        )
        agreed: dict[int | None, Decimal] = dict(cursor.fetchall())
    whole = sum(agreed.values(), Decimal(0))
    stock = report.stock_packs + report.reserve_packs
    names = _pool_names([pk for pk in {*demand, *agreed} if pk is not None])
    covers = []
    for pk in {*demand, *agreed}:
        share = stock * agreed.get(pk, Decimal(0)) / whole if whole else Decimal(0)
        needs = demand.get(pk, Decimal(0))
        covers.append(
            PoolCover(names.get(pk or 0, "无统筹区"), needs, share,
                      cover_days(stock=share, demand=needs) if whole else None)
        )  # fmt: skip
    return sorted(covers, key=lambda each: (each.days is None, each.days or 0, each.name))


def short_products(scope: Scope, month: date) -> list[StockReport]:
    """The shortage risk list of a month: cover under SHORT_DAYS, shortest first."""
    rows = with_cover(scope, stock_reports(scope).filter(month=month))
    short: list[Any] = [row for row in rows if row.short]  # type: ignore[attr-defined]
    return sorted(short, key=lambda row: (row.days, row.product.code))


def not_reported(scope: Scope, month: date) -> QuerySet[Product]:
    """Products selected on the month's last day, whose manufacturer has not reported on them.

    A manufacturer's own; to a bureau those of its province; to nobody else.
    """
    on = (_end(month) - timedelta(seconds=1)).date()
    held = Selection.objects.filter(holds_on(on), role=Selection.Role.SELECTED)
    rows = visible_products(scope)
    if scope.kind == "enterprise" and scope.is_manufacturer:
        rows = rows.filter(manufacturer=scope.organisation_id)
    elif scope.is_bureau and scope.province_id is not None:
        held = held.filter(Q(region=scope.province_id) | Q(region__parent=scope.province_id))
    else:
        return rows.none()
    told = StockReport.objects.filter(product=OuterRef("pk"), month=month)
    return rows.filter(~Exists(told), pk__in=held.values("product")).select_related("manufacturer")


def missing_by_maker(month: date) -> dict[int, int]:
    """How many selected products each manufacturer has not reported on; for the clock."""
    on = (_end(month) - timedelta(seconds=1)).date()
    held = Selection.objects.filter(holds_on(on), role=Selection.Role.SELECTED)
    told = StockReport.objects.filter(product=OuterRef("pk"), month=month)
    rows = Product.objects.filter(~Exists(told), pk__in=held.values("product"))
    found: dict[int, int] = {}
    for maker in rows.values_list("manufacturer_id", flat=True):
        found[maker] = found.get(maker, 0) + 1
    return found


def _demand(
    scope: Scope, products: Collection[int], until: datetime
) -> dict[int, dict[int | None, Decimal]]:
    """Packs ordered in the DEMAND_DAYS before `until` by product and pool: of the reader's province;
    of everywhere for a manufacturer, whose stock is for everywhere."""
    found: dict[int, dict[int | None, Decimal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            DEMAND,
            {"products": sorted(products), "since": until - timedelta(days=DEMAND_DAYS),
             "until": until, "province": _province(scope)},
        )  # fmt: skip
        for product, pool, packs in cursor.fetchall():
            found.setdefault(product, {})[pool] = packs
    return found


def _province(scope: Scope) -> int | None:
    return None if scope.kind == "enterprise" else scope.province_id


def _end(month: date) -> datetime:
    """The first instant after the month."""
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day_end(after - timedelta(days=1))


def _pool_names(ids: Sequence[int]) -> dict[int, str]:
    return dict(Pool.objects.filter(pk__in=ids).values_list("pk", "name"))


def own_products(scope: Scope, codes: Collection[str]) -> dict[str, Product]:
    """The manufacturer's own products of these codes, by code."""
    rows = visible_products(scope).filter(manufacturer=scope.organisation_id, code__in=codes)
    return {row.code: row for row in rows}
