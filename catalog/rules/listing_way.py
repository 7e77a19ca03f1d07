"""Which way a product may be listed: 直接, 直通, 递补 or 附条件 (S0-二(六)b)."""

from __future__ import annotations

from decimal import Decimal

from core.transitions.verdict import ALLOWED, Verdict

CLAUSE = "S0-二(六)b"
SELECTED_CLAUSE = "S2-10.1"


def way_fits(
    way: str,
    *,
    is_short: bool,
    is_selected: bool,
    rise: Decimal | None,
    multiple: Decimal,
    same_use: int,
) -> Verdict:
    """直通 is for a small rise, 递补 for products beside which others of the same use are listed.

    All three take the price that the enterprise asks on the market, which a selected product has
    not: it is listed at its selected price (S2-10.1), 直接, also where it stands on a shortage list.
    rise: today's price over that of twelve months ago, None where there was none. From `multiple`
    on the rise of a product on a shortage list is no small one. Without a listed product of the
    same use a high price is listed on a written condition only.
    """
    if way != "direct" and is_selected:
        return Verdict(
            False,
            "中选产品按中选价挂网，挂网方式只能是直接挂网：直通、递补、附条件按企业申报的价格挂网。"
            "供应紧张的，在“备供启动”或“中选结果变更”办理",
            SELECTED_CLAUSE,
        )
    if way == "through" and is_short and rise is not None and rise >= multiple:
        return Verdict(
            False,
            f"挂网价是十二个月前的 {rise:.2f} 倍，达到规定的 {multiple.normalize():f} 倍，"
            "不能按直通挂网：有同用途产品的按递补挂网，没有的按附条件挂网",
            CLAUSE,
        )
    if way == "filling" and same_use == 0:
        return Verdict(
            False,
            "没有其他同用途的在挂产品，不能按递补挂网：请由企业书面承诺，按附条件挂网",
            CLAUSE,
        )
    return ALLOWED
