"""Many listings at once: the province's offices suspend those that were chosen (S2-10.3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from catalog.forms.listings import ClosingForm, EndForm, EndShortageForm
from catalog.models import Product
from catalog.operations.listings import suspend_listing
from catalog.operations.maximum_prices import end_maximum_price
from catalog.operations.shortages import end_shortage
from catalog.queries.listing_page import listed_products
from catalog.queries.listings import is_listing_officer, listing_standings
from catalog.queries.price_checks import visible_maximum_prices, visible_shortages
from catalog.states.listing import LISTING_MACHINE
from core.transitions import Verdict
from organisations.models import User
from organisations.queries.bulk_acts import BulkAct, add
from organisations.queries.scope import Scope


def _rows(scope: Scope) -> QuerySet[Product]:
    return listed_products(scope, timezone.localdate())


def _verdict(scope: Scope, row: Any) -> Verdict:
    transition = LISTING_MACHINE.named("suspend")
    return LISTING_MACHINE.verdict(transition, row.listing, listing_standings(scope, row.listing))


def _suspend(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return suspend_listing(
        listing=row.listing, by=by, scope=scope, at=at, seen_version=version, **values
    )


def _end_maximum(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return end_maximum_price(row=row, by=by, scope=scope, at=at, **_day(values))


def _end_shortage(
    row: Any, by: User, scope: Scope, at: datetime, values: dict[str, Any], version: int
) -> object:
    return end_shortage(row=row, by=by, scope=scope, at=at, **_day(values))


def _day(values: dict[str, Any]) -> dict[str, Any]:
    """A run keeps its values as text."""
    return values | {"valid_to": date.fromisoformat(values["valid_to"])}


add(
    BulkAct(
        key="listing-suspend",
        page="listing-list",
        label="批量暂停采购",
        unit="个",
        offered=is_listing_officer,
        rows=_rows,
        name=lambda row: f"{row.listing.listing_no} {row}",
        verdict=_verdict,
        version=lambda row: row.listing.row_version,
        perform=_suspend,
        form=ClosingForm,
        note="暂停后不能下单，已发出的订单不受影响；生产企业收到通知，写明原因和恢复办法。",
    ),
    BulkAct(
        key="maximum-price-end",
        page="maximum-price-list",
        label="结束",
        unit="条",
        offered=is_listing_officer,
        rows=visible_maximum_prices,
        name=str,
        perform=_end_maximum,
        form=EndForm,
        note="自结束日起不再执行，已过去的日子不变。",
    ),
    BulkAct(
        key="shortage-end",
        page="shortage-list",
        label="移出清单",
        unit="条",
        offered=is_listing_officer,
        rows=visible_shortages,
        name=str,
        perform=_end_shortage,
        form=EndShortageForm,
        note="自移出日起不再按清单核对涨价。",
    ),
)
