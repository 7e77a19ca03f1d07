"""May a product be ordered, by its 注册证 (批准文号)?"""

from __future__ import annotations

from datetime import date

from core.transitions.verdict import ALLOWED, Verdict

NOT_RECORDED = "not_recorded"
IN_FORCE = "in_force"
EXPIRED = "expired"
ENDED = "ended"

REGISTRATION_CLAUSE = "平台规则：注册证（批准文号）到期，自有效期截止日起暂停采购"


def registration_verdict(status: str, number: str, expires_on: date | None) -> Verdict:
    """The verdict of one status; without a recorded paper nothing is held against a product."""
    if status == EXPIRED and expires_on is not None:
        return Verdict(
            False,
            f"注册证 {number} 有效期至 {expires_on:%Y-%m-%d}，已到期，暂停采购："
            "由生产企业申报注册证延续，生效后自动恢复",
            REGISTRATION_CLAUSE,
        )
    if status == ENDED:
        return Verdict(
            False,
            "本产品登记过的注册证关联已终止，暂停采购：由生产企业申报新的注册证",
            REGISTRATION_CLAUSE,
        )
    return ALLOWED
