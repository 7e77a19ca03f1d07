"""What a distributor may ship: who, how many packs, which lot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.transitions import ALLOWED, Verdict
from procurement.rules.packs import whole_as
from procurement.states.order_line import RESPONSE_CLAUSE, SUPPLY_CLAUSE

DISPATCHERS = ("clerk", "reviewer", "leader", "storekeeper")
"""Roles of a distributor that answer and ship."""

MOST_LINES = 500
"""Lines of one act: a page's worth and more, still one short transaction."""

UNSHIPPED_DAYS = 7
"""Confirmed and not shipped for so many days: flagged in the queue."""

COLDEST, WARMEST = Decimal(-90), Decimal(60)


def may_dispatch(*, is_distributor: bool, has_role: bool) -> Verdict:
    if is_distributor and has_role:
        return ALLOWED
    return Verdict(
        False, "订单的响应和发货由配送企业的经办、审核、负责人或库管办理", RESPONSE_CLAUSE
    )


def packs_fit(*, packs: Decimal, ordered: Decimal, shipped: Decimal, tolerance: Decimal) -> Verdict:
    """Packs above zero that stay within the order and its tolerance (a share of the order).

    Whole ones where whole ones were ordered; a loaded order may have parts of a pack.
    """
    if packs <= 0:
        return Verdict(False, "发货包装数应大于 0", SUPPLY_CLAUSE)
    whole = whole_as(ordered, packs, act="发货", label="发货包装数", clause=SUPPLY_CLAUSE)
    if not whole:
        return whole
    most = ordered * (1 + tolerance)
    if shipped + packs > most:
        left = max(most - shipped, Decimal(0))
        return Verdict(
            False,
            f"本次发货 {_plain(packs)} 包装，最多还可发 {_plain(left)} 包装"
            f"（订购 {_plain(ordered)}，已发 {_plain(shipped)}），请改小包装数；"
            "多送的须由医疗机构另行下单",
            SUPPLY_CLAUSE,
        )
    return ALLOWED


def lot_fits(*, lot_no: str, expires_on: date | None, on: date, recalled: bool) -> Verdict:
    """A lot with its expiry, not expired on the day of shipping and not under recall."""
    if not lot_no.strip():
        return Verdict(False, "没有批号，请照包装填写批号", SUPPLY_CLAUSE)
    if expires_on is None:
        return Verdict(False, f"批号 {lot_no} 没有有效期，请照包装填写有效期至", SUPPLY_CLAUSE)
    if expires_on < on:
        return Verdict(
            False, f"批号 {lot_no} 有效期至 {expires_on}，已过期，请换批号发货", SUPPLY_CLAUSE
        )
    if recalled:
        return Verdict(False, f"批号 {lot_no} 正在召回，不能发货，请换批号", SUPPLY_CLAUSE)
    return ALLOWED


def cold_chain_fits(
    *, cold_chain: bool, device: str, lowest: Decimal | None, highest: Decimal | None
) -> Verdict:
    """Goods of the cold chain leave with their device and temperatures (°C) on record."""
    if not cold_chain:
        return ALLOWED
    if not device.strip() or lowest is None or highest is None:
        return Verdict(False, "冷链配送请填写设备编号和启运时的最低、最高温度", SUPPLY_CLAUSE)
    if not COLDEST <= lowest <= highest <= WARMEST:
        return Verdict(
            False, f"温度应在 {COLDEST} 至 {WARMEST} ℃，且最低不高于最高，请核对", SUPPLY_CLAUSE
        )
    return ALLOWED


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
