"""What an e-invoice of deliveries has to be: numbers, sums, goods, and its manufacturer's invoice."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.transitions import ALLOWED, Verdict
from procurement.rules.packs import whole_as

CLAUSE = "赣医保字〔2024〕22号 八；公立医疗机构药品采购“两票制”"
OFFICERS = ("clerk", "reviewer", "leader")
NUMBER = re.compile(r"[0-9]{20}")
TAX_NO = re.compile(r"[0-9A-Z]{15}([0-9A-Z]{3}|[0-9A-Z]{5})?")
"""15, 18 or 20 characters."""
CENT = Decimal("0.01")


def registers_invoices(*, is_distributor: bool, has_role: bool) -> Verdict:
    if not is_distributor:
        return Verdict(False, "发票由配送企业登记", CLAUSE)
    if not has_role:
        return Verdict(False, "登记发票需要本企业的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def number_fits(number: str) -> Verdict:
    """数电票 numbers have 20 digits."""
    if NUMBER.fullmatch(number):
        return ALLOWED
    return Verdict(False, f"发票号码“{number[:30]}”不是 20 位数字，请照数电票票面填写", CLAUSE)


def tax_no_fits(number: str, label: str) -> Verdict:
    if TAX_NO.fullmatch(number):
        return ALLOWED
    return Verdict(
        False, f"{label}“{number[:30]}”应为 15、18 或 20 位数字或大写字母，请照票面填写", CLAUSE
    )


def sums_fit(*, net: Decimal, tax: Decimal, total: Decimal, red: bool) -> Verdict:
    """Net + tax = total, in whole cents, above zero; all below zero on a red invoice."""
    if any(value != value.quantize(CENT) for value in (net, tax, total)):
        return Verdict(False, "金额、税额和价税合计到分为止，请照票面填写", CLAUSE)
    if net + tax != total:
        return Verdict(
            False, f"金额 {net:f} 加税额 {tax:f} 不等于价税合计 {total:f}，请照票面核对", CLAUSE
        )
    if red and (total >= 0 or tax > 0):
        return Verdict(False, "红字发票的金额为负数，请照票面填写", CLAUSE)
    if not red and (total <= 0 or tax < 0):
        return Verdict(False, "价税合计应大于零；冲减请登记红字发票", CLAUSE)
    return ALLOWED


def amount_of(packs: Decimal, unit_price: Decimal) -> Decimal:
    """Yuan with tax of one row, in cents."""
    return (packs * unit_price).quantize(CENT, ROUND_HALF_UP)


def goods_fit(*, total: Decimal, goods: Decimal, rows: int) -> Verdict:
    """The invoice's total is that of its goods; each row may be rounded by a cent."""
    if abs(total - goods) <= CENT * rows:
        return ALLOWED
    return Verdict(
        False,
        f"票货不符：价税合计 {total:f} 元，按配送数量和单价应为 {goods:f} 元。"
        "请核对发票对应的配送单和数量",
        CLAUSE,
    )


def packs_fit(*, label: str, packs: Decimal, left: Decimal) -> Verdict:
    """At most what was delivered, not refused, and is on no other invoice."""
    if packs <= 0:
        return Verdict(False, f"配送 {label} 的开票数量应大于 0", CLAUSE)
    whole = whole_as(left, packs, act="开票", label=f"配送 {label} 的开票数量", clause=CLAUSE)
    if not whole:
        return whole
    if packs > left:
        return Verdict(
            False,
            f"配送 {label} 还可开票 {left.normalize():f} 包装（已扣除拒收和已开票），请减少数量",
            CLAUSE,
        )
    return ALLOWED


def issued_fits(*, issued_on: date, first_on: date | None, today: date) -> Verdict:
    """Not in the future; the manufacturer's invoice is not later than the distributor's."""
    if issued_on > today:
        return Verdict(False, "开票日期不能晚于今天", CLAUSE)
    if first_on is not None and first_on > issued_on:
        return Verdict(False, "第一票的开票日期不能晚于本票", CLAUSE)
    return ALLOWED
