"""Text that PostgreSQL cannot hold, found before it gets there."""

from __future__ import annotations

import re
from typing import Any

_BAD = re.compile("[\x00\ud800-\udfff]")
REASON = "提交的内容含有不可用的字符（空字符或残缺字符），请删除后重新提交"


def unclean(value: Any) -> str:
    """Why a decoded value cannot be stored; empty when it can. Looks into lists and mappings."""
    if isinstance(value, str):
        return REASON if _BAD.search(value) else ""
    if isinstance(value, dict):
        return next(filter(None, map(unclean, [*value.keys(), *value.values()])), "")
    if isinstance(value, list | tuple):
        return next(filter(None, map(unclean, value)), "")
    return ""
