"""How much of a product a plan suggests; the method stands on the page in these words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

USE_DAYS = 90
DELIVERY_SPAN_DAYS = 365
SHORTEST_COVER, LONGEST_COVER = 1, 365
USUAL_COVER = 30
PLAN_LINES = 500
METHOD = (
    f"日均用量取近 {USE_DAYS} 天日均验收（减退货）与上年同月日均验收中的较大者；"
    "建议量 = 日均用量 ×（备货天数 + 平常配送天数）− 库存 − 已订未收，向上取整包装，不小于 0。"
    f"平常配送天数是本机构近 {DELIVERY_SPAN_DAYS} 天该产品各次配送从下单到送达的中位数；没有配送过的按配送时限。"
    "平台不掌握院内消耗，库存由本机构填写，未填的按 0 计算并标明。"
)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Need:
    """Packs and days of one product, as of the plan's day; `last_year` is of the whole month."""

    daily: Decimal
    last_year: Decimal
    month_days: int
    under_way: Decimal
    delivery_days: Decimal
    stock: Decimal | None

    @property
    def use(self) -> Decimal:
        """Packs a day that the plan reckons with."""
        return max(self.daily, self.last_year / self.month_days, ZERO)

    @property
    def cover_left(self) -> Decimal | None:
        """Days for which stock and what is under way last; None without use or stock."""
        if self.stock is None or not self.use:
            return None
        return (self.stock + self.under_way) / self.use


def suggested(need: Need, cover_days: int) -> Decimal:
    """Whole packs that bring the stock to `cover_days` after delivery; never negative."""
    wanted = need.use * (cover_days + need.delivery_days)
    missing = wanted - (need.stock or ZERO) - need.under_way
    return max(missing, ZERO).to_integral_value(ROUND_CEILING)
