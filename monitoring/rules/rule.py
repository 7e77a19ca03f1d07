"""What a warning rule declares, and the shape of the breaks that its SQL finds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """One warning rule of the month or of the day.

    `sql` selects broken rows as (severity, value row columns, measured, threshold, clause) from the
    month's figures `v` and the temporary tables of monitoring/operations/warning_inputs/. `parameter`
    is the policy value that it rests on; where that is not in force the rule is silent, unless
    `always` says that the rule holds in every policy. `unit` is how measures are read: share,
    multiple, days, lines, yuan, codes, cases or institutions. A rule of the day has no indicator and no figures: its SQL reads the
    stages' own tables, and `rule_day`.day for the day. `tells_buyers`: whoever bought the product in the last 12 months
    is told too, without having to answer.
    """

    code: str
    label: str
    indicator: str
    parameter: str
    meaning: str
    answered_by: str
    sql: str = field(repr=False)
    always: bool = False
    unit: str = "share"
    tells_buyers: bool = False


# The columns that identify a broken row and say who sees it, taken from the figure.
KEYS = """
    v.subject_type, v.subject_code, v.batch_code, v.year_no, v.group_code, v.product_code,
    v.institution_id, v.enterprise_id, v.county_id, v.city_id, v.pool_id, v.province_id
"""

# A figure's value; empty where the denominator is 0. The wide scale keeps the sixth decimal right.
VALUE = "(v.numerator::numeric(60, 30) / NULLIF(v.denominator, 0))"

# The value in force for the figure's subject: of its batch, or of its province's own policy.
IN_FORCE = """
    JOIN rule_value p ON p.key = '{key}' AND p.batch_code = v.batch_code
     AND (v.batch_code <> '' OR p.province_id = v.province_id) AND p.in_force
"""


def in_force(key: str, alias: str = "p") -> str:
    """The join that gives `alias`.value, .text and .clause of a parameter in force."""
    return IN_FORCE.format(key=key).replace("p.", f"{alias}.").replace(" p ON", f" {alias} ON")


def over(threshold: str) -> str:
    """Condition: the exact value is over `threshold`, whatever the denominator's sign."""
    return f"sign(v.denominator) * (v.numerator - ({threshold}) * v.denominator) > 0"


def under(threshold: str) -> str:
    """Condition: the exact value is under `threshold`, whatever the denominator's sign."""
    return f"sign(v.denominator) * (v.numerator - ({threshold}) * v.denominator) < 0"
