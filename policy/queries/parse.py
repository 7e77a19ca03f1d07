"""What a parameter's value may look like, for the dataset and for pages alike."""

from __future__ import annotations

import re
from decimal import Decimal

from policy.queries.shipped import ShippedParameter, shipped_parameters
from policy.states import ValueType

NUMBER = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
MAX_RATIOS = 4
MAX_TEXT = 60


class InvalidParameterValue(ValueError):
    """The value cannot be read; the message says in Chinese what is expected."""


def known_parameter(key: str) -> ShippedParameter:
    """The parameter's definition. Raises InvalidParameterValue for an unknown key."""
    found = shipped_parameters().get(key)
    if found is None:
        raise InvalidParameterValue(f"没有“{key}”这个政策参数，请对照政策参数页的参数名")
    return found


def parse_value(key: str, text: str) -> Decimal | str:
    """The value of `text` for parameter `key`: Decimal for numbers, the text otherwise."""
    parameter = known_parameter(key)
    match parameter.value_type:
        case ValueType.NUMBER:
            return _limited(parameter, _number(text))
        case ValueType.RATIO_LIST:
            for ratio in parse_ratios(text):
                _limited(parameter, ratio)
            return text
        case ValueType.CHOICE:
            if text not in parameter.choices:
                raise InvalidParameterValue(
                    f"{parameter.label}须为 {' 或 '.join(parameter.choices)}"
                )
            return text
        case _:
            if not text or len(text) > MAX_TEXT:
                raise InvalidParameterValue(f"{parameter.label}须为 1 至 {MAX_TEXT} 字的文本")
            return text


def _limited(parameter: ShippedParameter, value: Decimal) -> Decimal:
    if parameter.at_most is not None and value > parameter.at_most:
        raise InvalidParameterValue(
            f"{parameter.label}不能超过 {(parameter.at_most * 100).normalize():f}%，请核对是否多写了位数"
        )
    return value


def parse_ratios(text: str) -> tuple[Decimal, ...]:
    """One to four ratios separated by '/', by number of selected enterprises (1/2/3/4+)."""
    parts = text.split("/")
    if len(parts) > MAX_RATIOS:
        raise InvalidParameterValue(f"比例最多 {MAX_RATIOS} 个，以“/”分隔")
    return tuple(_number(part) for part in parts)


def ratio_for(text: str, enterprises: int) -> Decimal:
    """The ratio that applies to a group with this many selected enterprises (at least 1)."""
    ratios = parse_ratios(text)
    return ratios[min(max(enterprises, 1), len(ratios)) - 1]


def _number(text: str) -> Decimal:
    if not NUMBER.fullmatch(text):
        raise InvalidParameterValue(
            "须为数字：整数部分最多 14 位，小数最多 4 位，不带加号、空格、千分位和指数"
        )
    value = Decimal(text)
    if value < 0:
        raise InvalidParameterValue("不能为负数")
    return abs(value)
