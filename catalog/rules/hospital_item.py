"""Who keeps a hospital's own list, and what a person may settle by a word."""

from __future__ import annotations

from collections.abc import Collection

from catalog.states.hospital_item import LASTING_DOUBTS, Doubt, ItemStanding
from core.transitions import ALLOWED, Verdict

KEEPERS = ("clerk", "storekeeper")
"""Roles that keep the list: 经办 and 库管."""


def keeps_items(*, is_institution: bool, has_role: bool) -> Verdict:
    """The hospital's own clerk or storekeeper; leads and bureaus read."""
    if not is_institution:
        return Verdict(False, "院内目录由医疗机构自己维护，主管部门和企业不能代为填写")
    if not has_role:
        return Verdict(False, "院内目录由本机构的经办或库管维护，请联系本机构管理员授予角色")
    return ALLOWED


def may_confirm(*, standing: str, doubts: Collection[str]) -> Verdict:
    """A doubtful mapping is confirmed by a person's word, but not one to a withdrawn product."""
    if standing != ItemStanding.DOUBTFUL:
        return Verdict(False, "这条对照没有存疑，不需要核对")
    lasting = [Doubt(each).label for each in doubts if each in LASTING_DOUBTS]
    if lasting:
        return Verdict(False, f"{'、'.join(lasting)}：须改对照到在网产品，或在院内停用该项目")
    return ALLOWED
