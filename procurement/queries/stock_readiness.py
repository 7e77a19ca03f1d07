"""What the latest 库存产能报告 says about a batch's 落地准备, product by product, as far as one sees it."""

from __future__ import annotations

from collections.abc import Collection

from catalog.models import Batch
from catalog.queries.preparation import answer_item
from catalog.rules.preparation import DONE, MISSING, Readiness
from organisations.queries.scope import Scope
from policy.queries.words import plain
from procurement.models import StockReport
from procurement.queries.stock_reports import stock_reports, with_cover


def reported_stock(scope: Scope, batch: Batch, ids: Collection[int]) -> dict[int, Readiness]:
    """Stock and reserve in packs at the end of the last month told of; a product without is left out.

    Nothing in stock, or less than lasts for the days of the shortage list, is not ready.
    """
    newest = stock_reports(scope).filter(product__in=ids).order_by("product_id", "-month")
    return {
        row.product_id: _readiness(row) for row in with_cover(scope, newest.distinct("product_id"))
    }


def _readiness(row: StockReport) -> Readiness:
    packs = row.stock_packs + row.reserve_packs
    words = f"{row.month:%Y-%m} 月末 {plain(packs)} 包装"
    days = row.days  # type: ignore[attr-defined]
    if days is not None:
        words += f"，可供 {days:.0f} 天"
    missing = packs <= 0 or row.short  # type: ignore[attr-defined]
    return Readiness(MISSING if missing else DONE, words)


answer_item("stock", reported_stock)
