"""From where a figure has to be explained, in words as exact as the limit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from volumes.rules.deviation import limit_words


@pytest.mark.parametrize(
    ("drop_max", "rise_max", "words"),
    [
        ("0.2", "1.5", "减少超过 20%或增加超过 150%"),
        ("0.1250", None, "减少超过 12.5%"),
        ("0", "2", "少于上年实际或增加超过 200%"),
        (None, None, ""),
    ],
)
def test_limits_in_words(drop_max: str | None, rise_max: str | None, words: str) -> None:
    drop, rise = (Decimal(each) if each else None for each in (drop_max, rise_max))
    assert limit_words(drop_max=drop, rise_max=rise) == words
