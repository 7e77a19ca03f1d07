"""Values of parameters as people read them."""

from __future__ import annotations

from decimal import Decimal

from policy.models import Parameter
from policy.queries.parse import parse_ratios
from policy.states import ValueType

NOT_IN_FORCE = "不在执行"

CHOICE_WORDS = {
    ("payment_mode", "fund"): "医保基金直接结算",
    ("payment_mode", "institution"): "医疗机构支付",
    ("prepay_recipient", "institution"): "医疗机构",
    ("prepay_recipient", "agency"): "统筹区医保经办机构",
    ("settlement_payee", "manufacturer"): "生产企业",
    ("settlement_payee", "distributor"): "配送企业",
    ("retention_basis", "min"): "以报量为基准、统筹考虑实际使用量",
    ("retention_basis", "reported"): "报量",
}
LEVEL_WORDS = {"county": "县级", "city": "市级", "province": "省级"}
"""The levels that review, of parameters whose choices are ways through them: county/province."""
ZERO_WORDS = {"max_distributors_per_pool": "不限", "ship_void_days": "不作废"}


def value_words(parameter: Parameter, value: Decimal | str | None) -> str:
    """The value with its unit: 0.30 of 比例 is 30%, 1 of 是否 is 是."""
    if value is None:
        return NOT_IN_FORCE
    if isinstance(value, Decimal):
        return _number_words(parameter, value)
    match parameter.value_type:
        case ValueType.RATIO_LIST:
            return _ratio_words(value)
        case ValueType.CHOICE:
            return choice_words(parameter.key, value)
        case _:
            return value.replace(",", "、")


def choice_words(key: str, value: str) -> str:
    """One choice of a parameter in words; a way through levels as 县级 → 省级."""
    levels = value.split("/")
    if key.startswith("application_route_") and LEVEL_WORDS.keys() >= set(levels):
        return " → ".join(LEVEL_WORDS[level] for level in levels)
    return CHOICE_WORDS.get((key, value), value)


def plain(value: Decimal, places: int = 4) -> str:
    """Thousands groups and as many decimals as there are."""
    text = f"{value.quantize(Decimal(1).scaleb(-places)):,f}"
    return text.rstrip("0").rstrip(".")


def percent_words(value: Decimal) -> str:
    """0.125 is 12.5%."""
    return f"{plain(value * 100, 2)}%"


def _number_words(parameter: Parameter, value: Decimal) -> str:
    if value == 0 and parameter.key in ZERO_WORDS:
        return ZERO_WORDS[parameter.key]
    match parameter.unit:
        case "比例":
            return percent_words(value)
        case "是否":
            return "否" if value == 0 else "是"
        case "第几个月":
            return f"第 {plain(value)} 个月"
        case "月" | "季度":
            return f"{plain(value)} 个{parameter.unit}"
        case "工作日":
            return f"{plain(value)} 个工作日"
        case "日":
            return f"{plain(value)} 天"
        case _:
            return f"{plain(value)} {parameter.unit}".strip()


def _ratio_words(text: str) -> str:
    """By number of selected enterprises; a single ratio holds for any number."""
    ratios = [percent_words(ratio) for ratio in parse_ratios(text)]
    if len(ratios) == 1:
        return ratios[0]
    return " / ".join(
        f"{number}{'家及以上' if number == len(ratios) else '家'} {ratio}"
        for number, ratio in enumerate(ratios, start=1)
    )
