"""Who opens a surge, and which packs institutions may let each other have in one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.transitions import ALLOWED, Verdict
from procurement.rules.packs import whole_packs
from procurement.states.surge_case import CLAUSE

OFFICERS = ("clerk", "reviewer", "leader")
LONGEST_DAYS = 183
"""Of one case: half a year (platform default); what lasts longer is opened anew."""


def opens_surge(*, is_bureau: bool, level: str, has_role: bool) -> Verdict:
    """A city's or the province's bureau."""
    if not is_bureau or level == "county":
        return Verdict(False, "应急保障由设区市或省级医保局启动", CLAUSE)
    if not has_role:
        return Verdict(False, "启动应急保障需要本单位的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def days_fit(*, starts_on: date, ends_on: date, today: date) -> Verdict:
    """From today at the latest, for LONGEST_DAYS at most."""
    if starts_on > today:
        return Verdict(False, "启动日不能晚于今天", CLAUSE)
    if ends_on < today or ends_on < starts_on:
        return Verdict(False, "预计截止日不能早于今天", CLAUSE)
    if (ends_on - starts_on).days >= LONGEST_DAYS:
        return Verdict(False, f"一次应急保障不超过 {LONGEST_DAYS} 天", CLAUSE)
    return ALLOWED


def packs_fit(*, packs: Decimal, most: Decimal, label: str, of: str) -> Verdict:
    """Whole ones above zero, and not more than was said before."""
    if packs <= 0:
        return Verdict(False, f"{label}应大于零", CLAUSE)
    whole = whole_packs(packs, act="调剂", label=label, clause=CLAUSE)
    if not whole:
        return whole
    if packs > most:
        return Verdict(
            False, f"{label} {packs.normalize():f} 多于{of} {most.normalize():f}", CLAUSE
        )
    return ALLOWED


def received_fits(*, packs: Decimal, sent: Decimal, words: str) -> Verdict:
    """Whole ones, at most what was sent; less needs words."""
    if packs < 0 or packs > sent:
        return Verdict(
            False, f"收到 {packs.normalize():f} 应在 0 与调出 {sent.normalize():f} 之间", CLAUSE
        )
    whole = whole_packs(packs, act="调剂", label="收到数量", clause=CLAUSE)
    if not whole:
        return whole
    if packs != sent and not words.strip():
        return Verdict(False, "收到的与调出的数量不同，请说明", CLAUSE)
    return ALLOWED
