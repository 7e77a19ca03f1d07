"""What is typed about supply; one file per noun."""

from procurement.forms.recalls import (
    AskAgainForm,
    HoldingRowForm,
    HoldingsForm,
    LotForm,
    RecallForm,
    RecallStepForm,
    split_lots,
)

__all__ = [
    "AskAgainForm",
    "HoldingRowForm",
    "HoldingsForm",
    "LotForm",
    "RecallForm",
    "RecallStepForm",
    "split_lots",
]
