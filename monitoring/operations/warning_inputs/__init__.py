"""Everything that the rules' SQL reads beside the month's figures."""

from __future__ import annotations

from datetime import date

from monitoring.indicators.cut import MonthCut
from monitoring.operations.warning_inputs.abnormal_orders import make_abnormal_orders
from monitoring.operations.warning_inputs.low_quarters import make_low_quarters
from monitoring.operations.warning_inputs.tables import make_rule_inputs


def make_warning_inputs(month: date, figures: str) -> None:
    """Make the temporary tables; the stages and figures of the month are there already."""
    make_rule_inputs(month, figures)
    make_low_quarters(MonthCut(month))
    make_abnormal_orders(MonthCut(month))
