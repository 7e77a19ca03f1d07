"""Who may bring a dataset into the province."""

from __future__ import annotations

from core.transitions import ALLOWED, Verdict

IMPORTER_ROLE = "importer"


def brings_in(*, is_province_bureau: bool, has_role: bool) -> Verdict:
    """A dataset writes the whole province's masters and facts: its bureau's importer does it."""
    if not is_province_bureau:
        return Verdict(False, "数据集由省级医保局导入")
    if not has_role:
        return Verdict(False, "导入数据集需要省级医保局的数据导入角色，请联系本机构管理员")
    return ALLOWED
