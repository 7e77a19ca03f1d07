"""The warning rules: those of the month's job, and those that a job applies every day."""

from monitoring.rules.codes import DUPLICATE_TRACE_CODE
from monitoring.rules.complaints import (
    COMPLAINT_CONCENTRATION,
    COMPLAINT_UNANSWERED,
    COMPLAINT_UNRESOLVED,
)
from monitoring.rules.offline import OFFLINE_PURCHASE
from monitoring.rules.prices import ABNORMAL_PRICE
from monitoring.rules.purchasing import ABNORMAL_ORDER, LATE_PAYMENT, LATE_RECEIPT
from monitoring.rules.registrations import REGISTRATION_EXPIRING
from monitoring.rules.reporting import REPORT_DROP, REPORT_RISE
from monitoring.rules.rule import Rule
from monitoring.rules.schedule import BEHIND_SCHEDULE, OVERRUN
from monitoring.rules.shares import (
    NON_SELECTED_SHARE,
    SELECTED_BELOW_NON_SELECTED,
    SUBSTITUTE_GROWTH,
    UNREPORTED_PURCHASE,
)
from monitoring.rules.signing import UNSIGNED_AGREEMENT
from monitoring.rules.supply import LATE_DELIVERY, LOW_FULFILMENT, LOW_RESPONSE
from monitoring.rules.unanswered import ORDER_UNANSWERED

MONTHLY_RULES: tuple[Rule, ...] = (
    REPORT_DROP,
    REPORT_RISE,
    UNSIGNED_AGREEMENT,
    BEHIND_SCHEDULE,
    OVERRUN,
    NON_SELECTED_SHARE,
    SELECTED_BELOW_NON_SELECTED,
    SUBSTITUTE_GROWTH,
    UNREPORTED_PURCHASE,
    LOW_RESPONSE,
    LATE_DELIVERY,
    LOW_FULFILMENT,
    LATE_RECEIPT,
    ABNORMAL_ORDER,
    LATE_PAYMENT,
)

DAILY_RULES: tuple[Rule, ...] = (
    REGISTRATION_EXPIRING,
    ABNORMAL_PRICE,
    DUPLICATE_TRACE_CODE,
    OFFLINE_PURCHASE,
    COMPLAINT_CONCENTRATION,
)
"""They open, escalate and end their own warnings; the month's job leaves those alone."""

HOURLY_RULES: tuple[Rule, ...] = (
    ORDER_UNANSWERED,
    COMPLAINT_UNANSWERED,
    COMPLAINT_UNRESOLVED,
)
"""As the daily ones, every hour: what they watch is measured in hours."""

ALL_RULES = MONTHLY_RULES + DAILY_RULES + HOURLY_RULES
RULES_BY_CODE = {rule.code: rule for rule in ALL_RULES}

__all__ = ["ALL_RULES", "DAILY_RULES", "HOURLY_RULES", "MONTHLY_RULES", "RULES_BY_CODE", "Rule"]
