"""Numbers by which a person is known or reached, taken out of what the platform logs (S-12)."""

from __future__ import annotations

import re
from typing import Any

_ALONE = r"(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
MOBILE = r"1[3-9]\d{9}"
IDENTITY_CARD = r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]"
BANK_CARD = r"62\d{14,17}"
NUMBERS = re.compile(_ALONE.format(f"(?:{MOBILE}|{IDENTITY_CARD}|{BANK_CARD})"))
_KEPT = 3


def masked(text: str) -> str:
    """The text with every mobile, identity card and bank card number but for its first digits."""
    return NUMBERS.sub(lambda found: f"{found[0][:_KEPT]}{'*' * (len(found[0]) - _KEPT)}", text)


def mask_line(logger: Any, name: str, line: str) -> str:
    """The last processor of a log line: whatever a message, a value or a traceback quoted."""
    return masked(line)
