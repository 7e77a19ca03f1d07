"""What each parameter does: which rules read it, and which figures it changes."""

from __future__ import annotations

import re

from monitoring.rules import MONTHLY_RULES
from monitoring.rules.rule import Rule

_KEY = re.compile(r"key = '([a-z_]+)'")

# Parameters that the figures themselves are made with: another value is another figure.
FIGURES_OF: dict[str, tuple[str, ...]] = {
    "response_hours": ("response_rate",),
    "delivery_hours": ("on_time_rate", "fulfilment_rate"),
    "urgent_delivery_hours": ("on_time_rate", "fulfilment_rate"),
    "payment_due": ("payment_on_time_rate",),
    "reply_workdays": ("reply_on_time_rate", "resolve_on_time_rate"),
    "promise_workdays": ("resolve_on_time_rate",),
    "receipt_workdays": ("receipt_overdue_rate",),
    "abnormal_multiple": ("abnormal_order_rate",),
}


def parameters_read_by(rule: Rule) -> frozenset[str]:
    """The keys that the rule's SQL compares with; on_time_quarters works by a table of its own."""
    found = set(_KEY.findall(rule.sql))
    if "rule_low_quarters" in rule.sql:
        found.add("on_time_quarters")
    return frozenset(found)


def rules_reading(key: str) -> tuple[Rule, ...]:
    """The monthly rules that another value of this parameter may make say something else.

    Empty where the parameter makes the figures (FIGURES_OF), or is read by no rule.
    """
    if key in FIGURES_OF:
        return ()
    return tuple(rule for rule in MONTHLY_RULES if key in parameters_read_by(rule))
