"""The fields that each kind of application changes, and how each is read from what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.numbers.plain import typed_number

TEXT, LONG, DAY, NUMBER, CHOICE = "text", "long", "day", "number", "choice"
CATEGORIES = {"drug": "药品", "consumable": "耗材"}
DRUG_CODE = re.compile(r"X[0-9A-Z]{22}|Z[0-9A-Z]{19}")
CONSUMABLE_CODE = re.compile(r"C[0-9A-Z]{19}([0-9A-Z]{7})?")
DRUG_NUMBER = re.compile(r"国药准字[HZSJTFB]\d{8}")
DEVICE_NUMBER = re.compile(
    r"(国|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])械注(准|进|许)\d{8,11}"
)
LARGEST = Decimal("9999999999.9999")


class WrongValue(ValueError):
    """What was typed cannot be taken; the text says why and how to write it."""


def _as_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Field:
    """One item: `check` raises WrongValue, and gives the text as it is kept."""

    code: str
    label: str
    type: str = TEXT
    required: bool = True
    help: str = ""
    limit: int = 200
    unit: str = ""
    check: Callable[[str], str] = _as_is

    def read(self, raw: object) -> str:
        """The kept form of what was typed: text, YYYY-MM-DD, or a plain number."""
        text = _flat(raw)
        if not text:
            if self.required:
                raise WrongValue(f"请填写{self.label}")
            return ""
        if len(text) > self.limit:
            raise WrongValue(f"{self.label}不超过 {self.limit} 个字符，现为 {len(text)} 个")
        if self.type == DAY:
            text = _day(text, self.label)
        elif self.type == NUMBER:
            text = _number(text, self.label)
        elif self.type == CHOICE:
            text = _choice(text, self.label)
        return self.check(text)


def _flat(raw: object) -> str:
    if raw is None:
        return ""
    if isinstance(raw, datetime):
        return f"{raw:%Y-%m-%d}"
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()


def _day(text: str, label: str) -> str:
    try:
        return date.fromisoformat(text.replace("/", "-")).isoformat()
    except ValueError:
        raise WrongValue(f"{label}“{text[:20]}”不是日期，请写成 2026-01-31") from None


def _number(text: str, label: str) -> str:
    value = typed_number(text)
    if value is None:
        raise WrongValue(f"{label}“{text[:20]}”不是数字，请只写数字，如 1,234.5")
    if value <= 0 or value > LARGEST:
        raise WrongValue(f"{label}应大于 0，且不超过 100 亿")
    if value != value.quantize(Decimal("0.0001")):
        raise WrongValue(f"{label}最多四位小数")
    return format(value.quantize(Decimal("0.0001")), "f")


def _choice(text: str, label: str) -> str:
    for key, words in CATEGORIES.items():
        if text in (key, words):
            return key
    raise WrongValue(f"{label}请选择{'或'.join(CATEGORIES.values())}")


def _code(text: str) -> str:
    if DRUG_CODE.fullmatch(text) or CONSUMABLE_CODE.fullmatch(text):
        return text
    raise WrongValue(
        "不是国家医保编码：药品 X 加 22 位或 Z 加 19 位，耗材 C 加 19 位或 26 位大写字母或数字"
    )


def _number_of_paper(text: str) -> str:
    flat = text.replace(" ", "")
    if DRUG_NUMBER.fullmatch(flat) or DEVICE_NUMBER.fullmatch(flat):
        return flat
    raise WrongValue(
        "不是注册证号：药品如“国药准字H20230001”，医疗器械如“国械注准20233010001”，请照证件填写"
    )


def _link(text: str) -> str:
    if text.startswith(("http://", "https://")) or "号" in text or "文" in text:
        return text
    raise WrongValue("请填写公布页面的网址（以 http 开头）或文件文号")


CODE = Field("code", "国家医保编码", check=_code, limit=27, help="以国家医保信息业务编码库为准")
NAME = Field("name", "产品名称")
CATEGORY = Field("category", "类别", CHOICE)
GROUP = Field("group", "品种代码", required=False, limit=40, help="同通用名品种的代码；不清楚可以不填，由审核归入")  # fmt: skip
SPECIFICATION = Field("specification", "规格型号")
PACK_UNIT = Field("pack_unit", "包装单位", limit=20, help="如 盒、支、套")
PER_PACK = Field("base_units_per_pack", "每包装计量单位数", NUMBER, help="如每盒 24 片填 24")
PAPER_NO = Field("registration_number", "注册证号（批准文号）", check=_number_of_paper, limit=60)
HOLDER = Field("holder", "注册人/持有人")
ISSUED = Field("issued_on", "批准日期", DAY)
EXPIRES = Field("expires_on", "有效期至", DAY)
SCOPE = Field("scope", "适用范围及登记内容", LONG, required=False, limit=2000)
PRICE = Field("price", "挂网价", NUMBER, unit="元/包装")
LINKED_PROVINCE = Field("linked_province", "联动省份", limit=20)
LINKED_PRICE = Field(
    "linked_price", "该省挂网价", NUMBER, unit="元/包装", help="与本产品同包装的价格"
)
LINKED_ON = Field("linked_on", "该省价格执行日期", DAY)
LINKED_SOURCE = Field("linked_source", "该省价格的网址或文号", check=_link, limit=300)
STOP_ON = Field("stop_supply_on", "最后供货日期", DAY)

PAPER_FIELDS = (HOLDER, ISSUED, EXPIRES, SCOPE)

FIELDS: dict[str, tuple[Field, ...]] = {
    "new_product": (
        CODE, NAME, CATEGORY, GROUP, SPECIFICATION, PACK_UNIT, PER_PACK, PAPER_NO, *PAPER_FIELDS,
        PRICE,
    ),
    "renewal": (PAPER_NO, *PAPER_FIELDS),
    "registration_change": PAPER_FIELDS,
    "specification": (NAME, SPECIFICATION, PACK_UNIT),
    "code": (CODE,),
    "withdrawal": (STOP_ON,),
    "price": (PRICE,),
    "linked_price": (PRICE, LINKED_PROVINCE, LINKED_PRICE, LINKED_ON, LINKED_SOURCE),
}  # fmt: skip

FIELDS_BY_CODE = {field.code: field for fields in FIELDS.values() for field in fields}


def shown(code: str, text: str) -> str:
    """An item as people read it."""
    field = FIELDS_BY_CODE.get(code)
    if field is None or not text:
        return text
    if field.type == CHOICE:
        return CATEGORIES.get(text, text)
    if field.type == NUMBER:
        value = Decimal(text)
        whole = value.quantize(Decimal("0.01"))
        return f"{whole if whole == value else value.normalize():,f}"
    return text
