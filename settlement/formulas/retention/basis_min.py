"""以报量为基准，统筹考虑实际使用量 (赣2024 八): the smaller of report and use. 江西, since 2019."""

from datetime import date
from decimal import Decimal

SINCE = date(2019, 12, 1)
CLAUSE = "赣2024 八"
TEXT = "报量与实际使用量中较小的"


def basis_quantity(reported: Decimal, used: Decimal) -> Decimal:
    """Base units of the group."""
    return min(reported, used)
