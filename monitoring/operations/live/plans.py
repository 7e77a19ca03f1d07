"""How each indicator is folded: by the lines that changed, or by the keys that they touched."""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.indicators.abnormal_order_rate import ABNORMAL_ORDER_RATE
from monitoring.indicators.behind_schedule_rate import BEHIND_SCHEDULE_RATE
from monitoring.indicators.completion_amount_rate import COMPLETION_AMOUNT_RATE
from monitoring.indicators.completion_capped_rate import COMPLETION_CAPPED_RATE
from monitoring.indicators.completion_rate import COMPLETION_RATE
from monitoring.indicators.declaration import Indicator
from monitoring.indicators.fulfilment_rate import FULFILMENT_RATE
from monitoring.indicators.non_selected_share import NON_SELECTED_SHARE
from monitoring.indicators.on_time_rate import ON_TIME_RATE
from monitoring.indicators.receipt_overdue_rate import RECEIPT_OVERDUE_RATE
from monitoring.indicators.reply_on_time_rate import REPLY_ON_TIME_RATE
from monitoring.indicators.report_deviation import REPORT_DEVIATION
from monitoring.indicators.resolve_on_time_rate import RESOLVE_ON_TIME_RATE
from monitoring.indicators.response_rate import RESPONSE_RATE
from monitoring.indicators.selected_amount_share import SELECTED_AMOUNT_SHARE
from monitoring.indicators.signing_rate import SIGNING_RATE
from monitoring.indicators.substitute_ratio import SUBSTITUTE_RATIO
from monitoring.indicators.unreported_share import UNREPORTED_SHARE

BY_LINES = (
    RESPONSE_RATE,
    ON_TIME_RATE,
    FULFILMENT_RATE,
    SELECTED_AMOUNT_SHARE,
    RECEIPT_OVERDUE_RATE,
    ABNORMAL_ORDER_RATE,
)
"""Sums over order lines of whole numbers, or of packs × price, which 8 decimals hold exactly. So
the difference that a line makes is the difference of the figure, without knowing the other lines."""

BY_DAY = (RECEIPT_OVERDUE_RATE.code,)


@dataclass(frozen=True)
class Keyed:
    """An indicator whose unit rows are kept and replaced by key.

    bucket: what decides the key beside the unit: `group` or `product` (a product's group, or the
    product itself where it has none), or `unit` for a unit's rows altogether. pieces: unit rows are
    sums over products of quotients, rounded once; the pieces are kept unrounded.
    """

    indicator: Indicator
    bucket: str
    pieces: bool = False


BY_KEYS = (
    Keyed(REPORT_DEVIATION, "group"),
    Keyed(COMPLETION_RATE, "product"),
    Keyed(NON_SELECTED_SHARE, "group"),
    Keyed(UNREPORTED_SHARE, "group"),
    Keyed(SUBSTITUTE_RATIO, "group"),
    Keyed(COMPLETION_AMOUNT_RATE, "product", pieces=True),
    Keyed(COMPLETION_CAPPED_RATE, "product", pieces=True),
    Keyed(BEHIND_SCHEDULE_RATE, "product", pieces=True),
)
OF_AGREEMENTS = (Keyed(SIGNING_RATE, "unit"),)
OF_COMPLAINTS = (Keyed(REPLY_ON_TIME_RATE, "unit"), Keyed(RESOLVE_ON_TIME_RATE, "unit"))
ALL_KEYED = (*BY_KEYS, *OF_AGREEMENTS, *OF_COMPLAINTS)

PIECES = tuple(plan.indicator.code for plan in ALL_KEYED if plan.pieces)
# payment_on_time_rate has no rows before its month is over: all its due dates are the last day.
