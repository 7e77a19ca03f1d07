"""What people type as a number, read in one way by form, sheet and API; nothing is guessed."""

from __future__ import annotations

import re
from decimal import Decimal

PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")
GROUPED = re.compile(r"[+-]?[0-9]{1,3}([,，][0-9]{3})+(\.[0-9]*)?")


def typed_number(text: str) -> Decimal | None:
    """The number that stands there, with or without groups of three digits; None where it is none.

    Only plain digits are taken. 1,5 may be one and a half or fifteen; full-width digits, 1_000 and
    1e3 are what Decimal would read and nobody meant.
    """
    plain = text.strip()
    if not PLAIN.fullmatch(plain) and not GROUPED.fullmatch(plain):
        return None
    return Decimal(plain.replace(",", "").replace("，", ""))
