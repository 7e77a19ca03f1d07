"""Running numbers of documents, taken from a sequence of the database."""

from __future__ import annotations

from django.db import models
from django.db.models import Func

LONGEST = 19
"""Digits of the greatest number that a sequence gives."""


def next_serial(sequence: str, digits: int) -> str:
    """SQL of the sequence's next number with at least `digits` digits, and with more when it has more.

    Not `lpad`, which cuts the millionth number of six digits down to one that is given already.
    """
    mask = "9" * (LONGEST - digits) + "0" * digits
    return f"to_char(nextval('{sequence}'::regclass), 'FM{mask}')"


class NextNumber(Func):
    """A column's default: the next number of a sequence, so that nobody gives the same one twice.

    A table's own subclass says by its `template` which letters and which sequence.
    """

    output_field = models.CharField()
    allowed_default = True
