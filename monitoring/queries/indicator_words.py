"""An indicator's definition as its page and the API give it."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.templatetags.formats import number
from monitoring.indicators.declaration import Indicator
from monitoring.models import IndicatorValue
from monitoring.queries.figure_judgement import parameters_of_judgement, short_percent
from monitoring.queries.figure_terms import GAPS, Terms
from monitoring.queries.figure_words import part_unit, window_text
from monitoring.rules import MONTHLY_RULES
from monitoring.rules.rule import Rule
from organisations.queries.scope import Scope
from policy.queries.read import PolicyValue
from policy.queries.visible import visible_parameters

COMPUTED_WITH = {
    "response_rate": ("response_hours",),
    "on_time_rate": ("delivery_hours", "urgent_delivery_hours"),
    "fulfilment_rate": ("delivery_hours", "urgent_delivery_hours"),
    "reply_on_time_rate": ("reply_workdays",),
    "resolve_on_time_rate": ("reply_workdays", "promise_workdays"),
    "receipt_overdue_rate": ("receipt_workdays",),
    "abnormal_order_rate": ("abnormal_multiple",),
    "payment_on_time_rate": ("payment_due", "payment_mode"),
}
"""Parameters that the figure itself is computed with, beside those that it is held against."""

KEY_LABELS = {"batch": "批次 × 采购年度", "group": "品种", "product": "产品", "category": "类别"}


def rules_on(indicator: str) -> list[Rule]:
    """The warning rules that read this indicator."""
    return [rule for rule in MONTHLY_RULES if rule.indicator == indicator]


def parameters_of(indicator: str) -> list[str]:
    """Keys of all policy parameters that bear on the indicator."""
    keys = set(COMPUTED_WITH.get(indicator, ())) | parameters_of_judgement([indicator])
    keys |= {rule.parameter for rule in rules_on(indicator)}
    return sorted(keys, key=lambda key: (key in GAPS, key))


def subjects_text(indicator: Indicator) -> list[str]:
    """One line per kind of row: whose it is, and by what it is broken down."""
    lines = []
    for subject in indicator.subjects:
        kinds = "、".join(str(IndicatorValue.Subject(kind).label) for kind in subject.types)
        keys = "".join(f" × {KEY_LABELS[key]}" for key in subject.keys)
        lines.append(f"{kinds}{keys}")
    return lines


def definition(indicator: Indicator) -> dict[str, Any]:
    """The words of the definition, complete, for page and API."""
    return {
        "code": indicator.code,
        "label": indicator.label,
        "clause": indicator.clause,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "unit": part_unit(indicator.code),
        "windows": [window_text(indicator.code, window) for window in indicator.windows],
        "subjects": subjects_text(indicator),
        "exclusions": list(indicator.exclusions.values()),
        "assessed_note": indicator.assessed_note,
    }


def parameters_in_force(
    scope: Scope, indicator: str, terms: Terms, on: date, province_code: str
) -> list[dict[str, str]]:
    """Each parameter with its value and clause: the province's, then where a batch differs."""
    keys = parameters_of(indicator)
    known = {row.key: row for row in visible_parameters(scope).filter(key__in=keys)}
    lines = []
    for key in keys:
        parameter = known.get(key)
        if parameter is None:
            continue
        own = terms.limit(key, on, province_code=province_code)
        lines.append(_line(parameter, "本省政策" if province_code else "", own))
        for code, batch in terms.batches.items():
            value = terms.limit(key, on, batch_code=code)
            if _differs(value, own):
                lines.append(_line(parameter, batch.name, value))
    return [line for line in lines if line["where"]]


def _differs(value: PolicyValue | None, own: PolicyValue | None) -> bool:
    return (value.value if value else None) != (own.value if own else None)


def _line(parameter: Any, where: str, value: PolicyValue | None) -> dict[str, str]:
    return {
        "key": parameter.key,
        "label": parameter.label,
        "where": where,
        "value": _written(parameter, value),
        "clause": value.clause if value else "",
    }


def _written(parameter: Any, value: PolicyValue | None) -> str:
    if value is None or value.value is None:
        return "不在执行"
    if isinstance(value.value, str):
        return {"institution": "医疗机构", "fund": "医保基金"}.get(value.value, value.value)
    if parameter.unit == "是否":
        return "是" if value.value else "否"
    if parameter.unit == "比例":
        return short_percent(value.value)
    unit = f" {parameter.unit}" if parameter.unit else ""
    return f"{number(value.value)}{unit}"
