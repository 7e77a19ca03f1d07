"""Who reviews which kind, whether it is published, and what it needs at each step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.transitions.verdict import ALLOWED, Verdict

LEVEL_WORDS = {"county": "县级", "city": "市级", "province": "省级"}
CLAUSE = "平台规则：挂网申请的受理、审核和公示"


@dataclass(frozen=True)
class Route:
    """Whether it is published; `why` says what is looked at. The levels: ROUTE_KEY and the kind."""

    publicity: bool
    why: str


ROUTES: dict[str, Route] = {
    "new_product": Route(True, "核对证件原件，决定是否挂网；价格和资质须公示"),
    "renewal": Route(True, "核对新证原件；关系能否交易，须公示"),
    "registration_change": Route(True, "核对变更批件；登记内容变化须公示"),
    "specification": Route(True, "规格包装影响比价，核对后公示"),
    "code": Route(False, "编码由国家统一赋予，核对编码库即可，不公示"),
    "withdrawal": Route(True, "核对在办订单和替代供应；公示让采购单位提出异议"),
    "price": Route(True, "核对价格依据；价格须公示"),
    "linked_price": Route(True, "统一核对外省价格；价格须公示"),
}

ROUTE_KEY = "application_route_"
"""With the kind behind it: the parameter that names the levels which review, as county/province."""

# Parameters of the province's policy; all of them 平台默认.
ACCEPT_DAYS = "application_accept_workdays"
REVIEW_DAYS = "application_review_workdays"
MEND_DAYS = "application_mend_workdays"
PUBLICITY_DAYS = "application_publicity_workdays"
OBJECTION_DAYS = "application_objection_workdays"


def may_conclude(*, on: date, publicity_to: date | None, open_count: int, upheld: int) -> Verdict:
    """May a published application be approved on that day?"""
    if publicity_to is not None and on <= publicity_to:
        return Verdict(False, f"公示至 {publicity_to:%Y-%m-%d}，期满后才能通过", CLAUSE)
    if open_count:
        return Verdict(False, f"还有 {open_count} 件异议没有裁定，请先裁定", CLAUSE)
    if upheld:
        return Verdict(False, f"有 {upheld} 件异议成立，请退回补正或不予通过", CLAUSE)
    return ALLOWED


def may_take_effect_on(effective_on: date, *, publicity_to: date | None, today: date) -> Verdict:
    """The old data hold until a day that is not over, and after the publicity's last one."""
    if effective_on < today:
        return Verdict(False, f"生效日期不能早于今天（{today:%Y-%m-%d}）", CLAUSE)
    if publicity_to is not None and effective_on <= publicity_to:
        return Verdict(
            False, f"生效日期须在公示期满（{publicity_to:%Y-%m-%d}）之后，请改晚", CLAUSE
        )
    return ALLOWED


def may_object(*, on: date, publicity_from: date | None, publicity_to: date | None) -> Verdict:
    """Objections are raised while it is published, both days included."""
    if publicity_from is None or publicity_to is None or not publicity_from <= on <= publicity_to:
        window = f"（{publicity_from} 至 {publicity_to}）" if publicity_from else ""
        return Verdict(False, f"只在公示期内{window}受理异议；期满后可通过问题直报反映", CLAUSE)
    return ALLOWED
