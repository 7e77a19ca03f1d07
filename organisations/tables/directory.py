"""Columns of the directory of organisations."""

from __future__ import annotations

from core.lists.columns import Column
from organisations.models import Organisation


def kind_words(organisation: Organisation) -> str:
    """医疗机构, or of an enterprise what it is."""
    sides = [
        label
        for label, holds in (
            ("生产企业", organisation.is_manufacturer),
            ("配送企业", organisation.is_distributor),
        )
        if holds
    ]
    return "、".join(sides) or organisation.get_kind_display()


DIRECTORY_COLUMNS = (
    Column("name", "机构", lambda o: o.name, 36, sort=("name",), fixed=True),
    Column("code", "编码", lambda o: o.code, 20, sort=("code",)),
    Column("kind", "类别", kind_words, 20, sort=("kind", "code")),
    Column(
        "region",
        "所在地",
        lambda o: o.region.name if o.region else "",
        14,
        sort=("region__code", "code"),
    ),
    Column(
        "pool", "统筹区", lambda o: o.pool.name if o.pool else "", 18, sort=("pool__code", "code")
    ),
    Column("level", "等级", lambda o: o.get_level_display(), 8),
    Column("ownership", "性质", lambda o: o.get_ownership_display(), 8),
    Column("type", "机构类型", lambda o: o.get_institution_kind_display(), 16),
    Column("active", "状态", lambda o: "启用" if o.is_active else "停用", 8),
)
