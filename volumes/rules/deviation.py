"""How far a figure is off last year's actual, when that asks for a reason, and what is proposed."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from core.transitions.verdict import ALLOWED, Verdict
from volumes.states.reasons import DeviationReason

LEAST_EXPLANATION = 4
"""Letters; a dot is no explanation."""
MOST_QTY = Decimal("99999999999999.9999")


def deviation(reported: Decimal, prior: Decimal) -> Decimal | None:
    """(reported − last year's actual) ÷ last year's actual; None without an actual."""
    return (reported - prior) / prior if prior else None


def beyond(
    reported: Decimal, prior: Decimal, *, drop_max: Decimal | None, rise_max: Decimal | None
) -> str:
    """'drop' or 'rise' where the deviation is over the limit, else empty. Exactly at it is within.

    Without last year's actual nothing is compared: a first report is no rise.
    """
    if prior <= 0:
        return ""
    if drop_max is not None and reported - prior < -drop_max * prior:
        return "drop"
    if rise_max is not None and reported - prior > rise_max * prior:
        return "rise"
    return ""


def explained(reason_code: str, explanation: str, clause: str) -> Verdict:
    """Beyond the limits: one of the coded reasons and words of one's own."""
    if not reason_code:
        return Verdict(False, "偏差超过限度，请选择原因", clause)
    if len(explanation.strip()) < LEAST_EXPLANATION:
        other = "（原因为“其他”的须写明）" if reason_code == DeviationReason.OTHER else ""
        return Verdict(
            False, f"偏差超过限度，请填写不少于 {LEAST_EXPLANATION} 个字的说明{other}", clause
        )
    return ALLOWED


def proposed(prior: Decimal, floor: Decimal = Decimal(0)) -> Decimal:
    """What is proposed: last year's actual, at least `floor`, rounded up to a whole base unit.

    `floor` is what a renewal may not fall below (renewal_min_ratio × last year's agreed quantity);
    0 where no such rule is in force.
    """
    return max(prior, floor).to_integral_value(rounding=ROUND_CEILING)


def limit_words(*, drop_max: Decimal | None, rise_max: Decimal | None) -> str:
    """From where a figure has to be explained: 减少超过 20%或增加超过 150%; empty without limits."""
    words = []
    if drop_max is not None:
        words.append(f"减少超过 {_percent(drop_max)}" if drop_max else "少于上年实际")
    if rise_max is not None:
        words.append(f"增加超过 {_percent(rise_max)}")
    return "或".join(words)


def _percent(share: Decimal) -> str:
    """As exact as the limit is: 0.125 → 12.5%."""
    return f"{(share * 100).normalize():f}%"


def share_words(value: Decimal | None) -> str:
    """A deviation as people read it: +12.5%, −20%."""
    if value is None:
        return "—"
    percent = (value * 100).quantize(Decimal("0.1"))
    text = (
        f"{abs(percent):f}".rstrip("0").rstrip(".")
        if "." in f"{percent:f}"
        else f"{abs(percent):f}"
    )
    sign = "+" if percent > 0 else "−" if percent < 0 else ""
    return f"{sign}{text}%"
