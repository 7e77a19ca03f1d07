"""Read what a scanner typed: a drug's 追溯码 of 20 digits, or a device's UDI as GS1 elements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.transitions import ALLOWED, Verdict

DRUG_DIGITS = 20
MARK_DIGITS = 7
GS = "\x1d"
SYMBOLS = re.compile(r"^\][A-Za-z]\d")
"""What scanners put before a GS1 symbol: ]d2, ]C1, ]Q3."""
LINE_END = re.compile(r"\r\n|\r|\n")
"""Not str.splitlines, which would cut a UDI at its FNC1 (GS)."""


class UnreadableCode(ValueError):
    """Said in Chinese, with what to do."""


@dataclass(frozen=True)
class ReadCode:
    """`code` is the one way in which this code is written here; `mark` stands for the product."""

    kind: str
    code: str
    mark: str
    lot_no: str = ""
    expires_on: date | None = None


def read_code(typed: str) -> ReadCode:
    """The code in a scan or a typed line. Raises UnreadableCode with what is wrong."""
    text = typed.strip(" \t\r\n")
    if not text:
        raise UnreadableCode("没有扫到内容，请重新扫码")
    if len(text) > 200:
        raise UnreadableCode("内容太长，不是追溯码；请一次只扫一个码")
    if text.isascii() and text.isdigit() and len(text) == DRUG_DIGITS:
        return ReadCode("drug", text, text[:MARK_DIGITS])
    if text.isascii() and text.isdigit() and len(text) == 13:
        raise UnreadableCode(f"{text} 是 13 位商品条码，不是追溯码；请扫包装上 20 位的药品追溯码")
    if text.startswith(("(", "01", f"{GS}01")) or SYMBOLS.match(text):
        return _udi(text)
    if text.isascii() and text.isdigit():
        raise UnreadableCode(f"药品追溯码是 20 位数字，这里是 {len(text)} 位；请重新扫码")
    raise UnreadableCode(f"“{text[:40]}”不是药品追溯码，也不是医疗器械唯一标识；请重新扫码")


def code_lines(text: str) -> list[str]:
    """What was typed or scanned, a code a line, empty ones left out."""
    return [line for line in LINE_END.split(text) if line.strip()]


def _udi(text: str) -> ReadCode:
    """Element strings with or without brackets; lengths that vary end with FNC1 (GS)."""
    # Deferred: its table of prefixes takes every process a quarter of a second.
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        if text.startswith("("):
            message = GS1Message.parse_hri(text)
        else:
            message = GS1Message.parse(SYMBOLS.sub("", text).lstrip(GS))
    except (ParseError, ValueError) as problem:
        raise UnreadableCode(
            "医疗器械唯一标识读不懂：各段的长度、校验位或分隔符（FNC1）不对，请检查扫码枪设置后重扫"
        ) from problem
    found = {element.ai.ai: element for element in message.element_strings}
    if "01" not in found:
        raise UnreadableCode("医疗器械唯一标识缺少产品标识 (01)")
    product = found["01"]
    if product.gtin is None or not _checks(product.value):
        raise UnreadableCode(f"产品标识 (01){product.value} 的校验位不对，请重新扫码")
    if "21" not in found:
        raise UnreadableCode(
            "这个医疗器械唯一标识没有序列号 (21)，不能逐件追溯；请核对批号后直接填数量"
        )
    lot = found["10"].value if "10" in found else ""
    code = f"(01){product.value}" + (f"(10){lot}" if lot else "") + f"(21){found['21'].value}"
    expires = found["17"].date if "17" in found else None
    return ReadCode("udi", code, product.value, lot, expires)


def _checks(gtin: str) -> bool:
    from biip import ParseError
    from biip.gtin import Gtin

    try:
        return bool(Gtin.parse(gtin))
    except (ParseError, ValueError):
        return False


def marks_product(kind: str, mark: str) -> Verdict:
    """Whether this can be the mark of a product: seven digits, or a GTIN with its check digit."""
    if not (mark.isascii() and mark.isdigit()):
        return Verdict(False, "标识只能是数字")
    if kind == "drug":
        fits = len(mark) == MARK_DIGITS
        return ALLOWED if fits else Verdict(False, "药品标识是追溯码的前 7 位数字")
    if len(mark) != 14 or not _checks(mark):
        return Verdict(False, "医疗器械的产品标识是 14 位 GTIN，校验位应正确")
    return ALLOWED
