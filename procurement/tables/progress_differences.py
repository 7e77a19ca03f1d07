"""Columns of lines whose progress is not what their facts say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.models import LineProgress


def said(side: Mapping[str, str]) -> str:
    """One side of a difference in words: column and value."""
    states = dict(LineProgress.State.choices)
    return "，".join(
        f"{LineProgress._meta.get_field(name).verbose_name} {states.get(value, value)}"  # type: ignore[union-attr]
        for name, value in side.items()
    )


def _label(row: Any) -> Cell:
    return Cell(row.label, url=reverse("progress-difference", args=[row.pk]), nowrap=True)


DIFFERENCE_COLUMNS = (
    Column("label", "订单行", lambda r: r.label, 28, fixed=True, shown=_label),
    Column("state", "状态", lambda r: "已重建" if r.healed_at else "待重建", 10,
           shown=lambda r: Cell("已重建" if r.healed_at else "待重建",
                                level="green" if r.healed_at else "red")),
    Column("held", "登记的进度", lambda r: said(r.held), 40),
    Column("facts", "按记录应为", lambda r: said(r.facts), 40),
    Column("found", "发现时间", lambda r: r.found_at, 18, sort=("found_at",)),
    Column("healed", "重建时间", lambda r: r.healed_at, 18),
    Column("by", "重建人", lambda r: r.healed_by_name, 12),
)  # fmt: skip
