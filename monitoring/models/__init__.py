"""管: indicators of each month, the warnings that they raise, and the answers to those."""

from monitoring.models.computed_month import ComputedMonth
from monitoring.models.indicator_value import IndicatorValue
from monitoring.models.warning import Warning, WarningMonth, WarningStep

__all__ = ["ComputedMonth", "IndicatorValue", "Warning", "WarningMonth", "WarningStep"]
