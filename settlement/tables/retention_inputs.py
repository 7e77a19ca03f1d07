"""Columns of the prices and shares that 结余留用 is computed with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column


def _group(row: Any) -> Cell:
    named = urlencode({
        "batch_code": row.batch.code, "year_no": row.year_no, "pool_code": row.pool.code,
        "group_code": row.group.code,
    })  # fmt: skip
    url = f"{reverse('retention-input-edit')}?{named}" if row.may_edit else ""
    return Cell(row.group.name, url=url, sub=row.group.code)


INPUT_COLUMNS = (
    Column("group", "品种", lambda r: r.group.name, 30, fixed=True, shown=_group),
    Column("group_code", "品种代码", lambda r: r.group.code, 14, offered=False),
    Column("batch", "批次年度", lambda r: f"{r.batch.name} 第 {r.year_no} 年", 36),
    Column("batch_code", "批次代码", lambda r: r.batch.code, 18, offered=False),
    Column("year_no", "年度", lambda r: r.year_no, 8, offered=False),
    Column("pool", "统筹区", lambda r: r.pool.name, 14),
    Column("price", "集采前均价", lambda r: r.baseline_price, 12, numeric=True, unit="元"),
    Column("before", "上年支付比例", lambda r: r.fund_share_before, 12, numeric=True),
    Column("share", "当年支付比例", lambda r: r.fund_share, 12, numeric=True),
    Column("insured", "参保使用占比", lambda r: r.insured_share, 12, numeric=True),
    Column("source", "数据来源", lambda r: r.source, 30),
    Column("by", "录入人", lambda r: r.entered_by_name, 14, offered=False),
    Column("at", "录入时间", lambda r: r.entered_at, 18),
)
