"""All indicators, in the order of the definitions' table."""

from __future__ import annotations

from monitoring.indicators.abnormal_order_rate import ABNORMAL_ORDER_RATE
from monitoring.indicators.behind_schedule_rate import BEHIND_SCHEDULE_RATE
from monitoring.indicators.completion_amount_rate import COMPLETION_AMOUNT_RATE
from monitoring.indicators.completion_capped_rate import COMPLETION_CAPPED_RATE
from monitoring.indicators.completion_rate import COMPLETION_RATE
from monitoring.indicators.declaration import Indicator
from monitoring.indicators.fulfilment_rate import FULFILMENT_RATE
from monitoring.indicators.non_selected_share import NON_SELECTED_SHARE
from monitoring.indicators.on_time_rate import ON_TIME_RATE
from monitoring.indicators.payment_on_time_rate import PAYMENT_ON_TIME_RATE
from monitoring.indicators.receipt_overdue_rate import RECEIPT_OVERDUE_RATE
from monitoring.indicators.reply_on_time_rate import REPLY_ON_TIME_RATE
from monitoring.indicators.report_deviation import REPORT_DEVIATION
from monitoring.indicators.resolve_on_time_rate import RESOLVE_ON_TIME_RATE
from monitoring.indicators.response_rate import RESPONSE_RATE
from monitoring.indicators.selected_amount_share import SELECTED_AMOUNT_SHARE
from monitoring.indicators.signing_rate import SIGNING_RATE
from monitoring.indicators.substitute_ratio import SUBSTITUTE_RATIO
from monitoring.indicators.unreported_share import UNREPORTED_SHARE

INDICATORS: tuple[Indicator, ...] = (
    REPORT_DEVIATION,
    SIGNING_RATE,
    COMPLETION_RATE,
    COMPLETION_AMOUNT_RATE,
    COMPLETION_CAPPED_RATE,
    BEHIND_SCHEDULE_RATE,
    NON_SELECTED_SHARE,
    UNREPORTED_SHARE,
    SELECTED_AMOUNT_SHARE,
    SUBSTITUTE_RATIO,
    RESPONSE_RATE,
    ON_TIME_RATE,
    FULFILMENT_RATE,
    REPLY_ON_TIME_RATE,
    RESOLVE_ON_TIME_RATE,
    RECEIPT_OVERDUE_RATE,
    ABNORMAL_ORDER_RATE,
    PAYMENT_ON_TIME_RATE,
)
BY_CODE: dict[str, Indicator] = {indicator.code: indicator for indicator in INDICATORS}
