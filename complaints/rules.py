"""Who may complain of what, what may be promised, and how long each step has."""

from __future__ import annotations

from datetime import date

from complaints.states import CLAUSE, PRICE_CLAUSE
from core.transitions import ALLOWED, Verdict

OFFICERS = ("clerk", "reviewer", "leader")

OF_ENTERPRISES = ("not_paid", "not_received", "abnormal_order", "other")
"""What an enterprise reports of an institution."""
OF_INSTITUTIONS = (
    "shortage", "late_delivery", "selective_delivery", "refused_after_agreed", "form_or_strength",
    "packaging", "unclear_lot", "quality", "pre_price_lower", "abnormal_price", "other",
)  # fmt: skip
PRE_PRICE_LOWER = "pre_price_lower"
QUALITY = "quality"

REPLY_DAYS = "reply_workdays"
PROMISE_DAYS = "promise_workdays"
CONFIRM_DAYS = "complaint_confirm_workdays"
CLOSE_DAYS = "complaint_close_workdays"
SUPERVISE_DAYS = "complaint_supervise_workdays"
LEVEL_DAYS = "complaint_level_workdays"

CONTACT_MONTHS = 12
"""联络人 are checked once a year (赣2026 四)."""
CONTACT_CLAUSE = "赣2026《实施意见》四：健全四方联络机制"


def files_complaints(*, kind: str, has_role: bool) -> Verdict:
    """Institutions of enterprises, enterprises of institutions; a bureau receives them."""
    if kind not in ("institution", "enterprise"):
        return Verdict(False, "问题直报由医疗机构或企业提出；主管部门在诉求页面督办", CLAUSE)
    if not has_role:
        return Verdict(False, "提出诉求需要本单位的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def fits_filer(category: str, *, by_enterprise: bool) -> Verdict:
    """Each side has its own categories."""
    if category in (OF_ENTERPRISES if by_enterprise else OF_INSTITUTIONS):
        return ALLOWED
    who = "企业" if by_enterprise else "医疗机构"
    return Verdict(False, f"{who}不能提出这一类别的诉求，请从列出的类别中选择", CLAUSE)


def promise_fits(promised: date, *, today: date, latest: date) -> Verdict:
    """A promise lies between today and the last day that the policy lets a reply name."""
    if promised < today:
        return Verdict(False, f"承诺解决日期不能早于今天（{today:%Y-%m-%d}）", CLAUSE)
    if promised > latest:
        return Verdict(
            False, f"承诺解决日期最晚为 {latest:%Y-%m-%d}（自今天起按工作日计），请提前", CLAUSE
        )
    return ALLOWED


def price_is_lower(category: str, *, prior: bool) -> Verdict:
    """A report of 集采前价格更低 says the price of before."""
    if (category == PRE_PRICE_LOWER) == prior:
        return ALLOWED
    if prior:
        return Verdict(False, "集采前价格只在“集采前价格更低”一类填写，请留空", PRICE_CLAUSE)
    return Verdict(False, "请填写集采前本机构的实际采购价", PRICE_CLAUSE)


def unchecked_since(on: date) -> date:
    """What was last checked on this day or before is due again."""
    year, month = on.year, on.month - CONTACT_MONTHS
    while month < 1:
        year, month = year - 1, month + 12
    day = on.day if (month, on.day) != (2, 29) or year % 4 == 0 else 28
    return date(year, month, day)
