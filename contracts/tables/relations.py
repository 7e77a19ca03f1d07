"""Columns of delivery relations."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from contracts.rules.relation import STAGE_LEVELS, stage_words
from core.lists.cell import Cell
from core.lists.columns import Column


def stage(row: Any) -> str:
    """What it is today."""
    return stage_words(row.state, row.valid_from, row.valid_until, timezone.localdate())


def _stage_cell(row: Any) -> Cell:
    words = stage(row)
    return Cell(words, level=STAGE_LEVELS[words], nowrap=True)


def place(row: Any) -> str:
    return f"{row.pool.name} {row.county.name}" if row.county else row.pool.name


def _number(row: Any) -> Cell:
    return Cell(row.relation_no, url=reverse("relation", args=[row.relation_no]), nowrap=True)


RELATION_COLUMNS = (
    Column("number", "编号", lambda r: r.relation_no, 24, fixed=True, shown=_number),
    Column("stage", "状态", stage, 16, shown=_stage_cell),
    Column("product", "产品", lambda r: str(r.product), 34,
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("manufacturer", "生产企业", lambda r: r.manufacturer.name, 28),
    Column("distributor", "配送企业", lambda r: r.distributor.name, 28),
    Column("distributor_code", "配送企业信用代码", lambda r: r.distributor.code, 22, offered=False),
    Column("place", "配送地区", place, 20),
    Column("batch", "批次", lambda r: r.batch.name if r.batch else "", 26, offered=False),
    Column("from", "生效日期", lambda r: r.valid_from, 12, sort=("valid_from",)),
    Column("until", "终止日期", lambda r: r.valid_until, 12, sort=("valid_until",)),
    Column("pointed", "点选时间", lambda r: r.pointed_at, 18, sort=("pointed_at",), offered=False),
    Column("reason", "拒绝或终止原因", lambda r: r.refusal_reason or r.ending_reason, 30,
           offered=False),
)  # fmt: skip
