"""以报量为基准: the report, whatever was used. 山东 since 2023, 陕西 since 2024."""

from datetime import date
from decimal import Decimal

SINCE = date(2023, 3, 1)
CLAUSE = "赣2024 八"
TEXT = "报量"


def basis_quantity(reported: Decimal, used: Decimal) -> Decimal:
    """Base units of the group; `used` counts in the ratio only."""
    return reported
