"""Who receives, and what may be written down as received, corrected or sent back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from core.transitions import ALLOWED, Verdict
from procurement.rules.packs import whole_as

RECEIPT_CLAUSE = "鲁 指标七"
RETURN_CLAUSE = "赣医保字〔2024〕22号 三、十八"
CODE_CLAUSE = "赣2026 质量监管：应采尽采、依码结算、依码支付"

RECEIVERS = ("storekeeper", "clerk")
"""Roles of an institution that take goods in, correct and send back."""
ANSWERERS = ("clerk", "reviewer", "leader")
"""Roles of a distributor that answer requests and register codes."""
NOT_RECEIVERS = "由收货医疗机构的库管或经办办理"


def adds_up(*, packs: Decimal, accepted: Decimal, refused: Decimal) -> Verdict:
    """Accepted + refused is what was delivered: no more, no less, neither negative nor in parts."""
    if accepted < 0 or refused < 0:
        return Verdict(False, "验收数和拒收数不能为负", RECEIPT_CLAUSE)
    for each in (accepted, refused):
        whole = whole_as(packs, each, act="收货", label="验收数和拒收数", clause=RECEIPT_CLAUSE)
        if not whole:
            return whole
    total = accepted + refused
    if total > packs:
        return Verdict(
            False,
            f"验收与拒收合计 {total.normalize():f} 包装，多于配送的 {packs.normalize():f} 包装。"
            "实到多于配送单的，请配送企业补开配送单后再收",
            RECEIPT_CLAUSE,
        )
    if total < packs:
        return Verdict(
            False,
            f"验收与拒收合计 {total.normalize():f} 包装，少于配送的 {packs.normalize():f} 包装。"
            "没有到的包装请填入拒收，原因选“数量不符”",
            RECEIPT_CLAUSE,
        )
    return ALLOWED


def lot_fits(
    *, accepted: Decimal, noted_lot: str, noted_expiry: date | None, seen_lot: str,
    seen_expiry: date | None, on: date,
) -> Verdict:  # fmt: skip
    """What is accepted bears the note's lot and expiry and has not expired; `on` is today."""
    if accepted <= 0:
        return ALLOWED
    if seen_lot and noted_lot and seen_lot != noted_lot:
        return Verdict(
            False,
            f"实物批号 {seen_lot} 与配送单批号 {noted_lot} 不符。请全部拒收，原因选“批号不符”，"
            "由配送企业更正配送单后重新配送",
            RECEIPT_CLAUSE,
        )
    if seen_expiry and noted_expiry and seen_expiry != noted_expiry:
        return Verdict(
            False,
            f"实物有效期 {seen_expiry} 与配送单 {noted_expiry} 不符。请全部拒收，原因选“批号不符”，"
            "由配送企业更正配送单后重新配送",
            RECEIPT_CLAUSE,
        )
    expiry = seen_expiry or noted_expiry
    if expiry is not None and expiry < on:
        return Verdict(
            False,
            f"有效期至 {expiry}，已过期，不能验收。请全部拒收，原因选“近效期”",
            RECEIPT_CLAUSE,
        )
    return ALLOWED


def reason_given(*, refused: Decimal, reason: str, words: str, known: Collection[str]) -> Verdict:
    """Refused packs have a coded reason; 其他 has words."""
    if refused <= 0:
        return ALLOWED
    if reason not in known:
        return Verdict(False, "有拒收的，请选择拒收原因", RECEIPT_CLAUSE)
    if reason == "other" and not words.strip():
        return Verdict(False, "拒收原因为“其他”的，请写明说明", RECEIPT_CLAUSE)
    return ALLOWED


def correction_fits(
    *, packs: Decimal, accepted: Decimal, refused: Decimal, sent_back: Decimal,
    new_accepted: Decimal, new_refused: Decimal,
) -> Verdict:  # fmt: skip
    """The figures after a correction: whole again, changed, and not below what went back.

    `sent_back` counts packs returned, and those that open requests name.
    """
    whole = adds_up(packs=packs, accepted=new_accepted, refused=new_refused)
    if not whole:
        return whole
    if (new_accepted, new_refused) == (accepted, refused):
        return Verdict(False, "更正后的数量与现在相同，不需要更正", RECEIPT_CLAUSE)
    if new_accepted < sent_back:
        return Verdict(
            False,
            f"已退货或正在申请退换 {sent_back.normalize():f} 包装，验收数不能更正到少于它。"
            "请先撤回退换货申请",
            RECEIPT_CLAUSE,
        )
    return ALLOWED


def return_fits(*, packs: Decimal, accepted: Decimal, gone: Decimal) -> Verdict:
    """Packs asked for are at most what was accepted and neither went back nor is spoken for."""
    if packs <= 0:
        return Verdict(False, "退货数量应大于 0", RETURN_CLAUSE)
    whole = whole_as(accepted, packs, act="退换货", label="退货数量", clause=RETURN_CLAUSE)
    if not whole:
        return whole
    left = accepted - gone
    if packs > left:
        return Verdict(
            False,
            f"可退 {left.normalize():f} 包装（验收 {accepted.normalize():f}，"
            f"已退或正在申请 {gone.normalize():f}），请减少退货数量",
            RETURN_CLAUSE,
        )
    return ALLOWED
