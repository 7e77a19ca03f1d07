"""Columns of service items, prices, consumables, candidates and eligibility."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from catalog.states.service_candidate import CANDIDATE_LEVELS
from core.lists.cell import Cell
from core.lists.columns import Column


def _item(row: Any) -> Cell:
    url = reverse("service-item", args=[row.item.code])
    return Cell(row.item.name, url=url, sub=row.item.code)


def _subject(row: Any) -> Cell:
    subject = row.product or row.group
    route = "product-detail" if row.product else "group-detail"
    return Cell(str(subject), sub=subject.code, url=reverse(route, args=[subject.code]))


def _dated() -> tuple[Column, ...]:
    return (
        Column("from", "自", lambda r: r.valid_from, 12, sort=("valid_from",)),
        Column("to", "至（不含）", lambda r: r.valid_to, 12, sort=("valid_to",)),
        Column("clause", "依据", lambda r: r.clause, 40),
        Column("who", "设定人", lambda r: r.set_by_name, 24, offered=False),
        Column("at", "设定时间", lambda r: r.set_at, 18, offered=False),
    )


def _of_item() -> tuple[Column, ...]:
    return (
        Column("item", "服务项目", lambda r: r.item.name, 34, fixed=True, shown=_item),
        Column("code", "项目编码", lambda r: r.item.code, 18, offered=False),
    )


def _below(row: Any) -> Cell:
    lower = [
        word
        for word, median in (("低于周边中位价", row.neighbours), ("低于全国中位价", row.national))
        if row.own_price is not None and median is not None and row.own_price < median
    ]
    return Cell(lower[0], level="yellow", sub="、".join(lower[1:])) if lower else Cell("—")


def _deferred(row: Any) -> str:
    if not row.held_back:
        return ""
    return f"自 {row.deferred_from:%Y-%m-%d} 起" if row.deferred_from else "暂缓，起始日未定"


def _unit(row: Any) -> str:
    group = row.group or row.product.group
    return str(group.base_unit) if group else ""


def urgency(row: Any) -> str:
    """What S2-9.1 and S2-9.3 make of it."""
    if row.ground == row.Ground.INCLUDED:
        return "动态调整"
    return "加快（低于中位价）" if row.accelerated else "优先纳入当年评估"


ITEM_COLUMNS = (
    Column("code", "项目编码", lambda r: r.code, 18, sort=("code",), fixed=True,
           shown=lambda r: Cell(r.code, url=reverse("service-item", args=[r.code]), nowrap=True)),
    Column("name", "项目名称", lambda r: r.name, 36, sort=("name",), fixed=True),
    Column("category", "类别", lambda r: r.get_category_display(), 12),
    Column("unit", "计价单位", lambda r: r.unit, 10),
    Column("price", "本地区现行价格", lambda r: r.own_price, 14, numeric=True, unit="元",
           sort=("own_price",)),
    Column("neighbours", "周边中位价", lambda r: r.neighbours, 12, numeric=True, unit="元"),
    Column("national", "全国中位价", lambda r: r.national, 12, numeric=True, unit="元"),
    Column("below", "价格情况", lambda r: _below(r).text, 16, shown=_below),
    Column("ties", "关联耗材", lambda r: r.tie_count, 10, numeric=True, unit="项"),
)  # fmt: skip

CHARGED_COLUMN = Column(
    "charged", "本机构执行价", lambda r: r.applied.price.price if r.applied else None, 14,
    numeric=True, unit="元",
    shown=lambda r: Cell(
        f"{r.applied.price.price:,.2f}" if r.applied else "—",
        sub=r.applied.words if r.applied else "",
    ),
)  # fmt: skip

PRICE_COLUMNS = (
    *_of_item(),
    Column("kind", "种类", lambda r: r.get_kind_display(), 12, sort=("kind",)),
    Column("region", "地区", lambda r: r.region.name, 14),
    Column("level", "机构等级", lambda r: r.get_level_display() if r.level else "不分等级", 10),
    Column("price", "价格", lambda r: r.price, 12, numeric=True, unit="元", sort=("price",)),
    Column("unit", "计价单位", lambda r: r.item.unit, 10),
    Column("deferred", "暂缓机构", _deferred, 18),
    *_dated(),
)


TIE_COLUMNS = (
    *_of_item(),
    Column("subject", "耗材", lambda r: str(r.product or r.group), 36, shown=_subject),
    Column("way", "收费方式", lambda r: r.get_way_display(), 16, sort=("way",)),
    Column("quantity", "每次用量", lambda r: r.quantity, 12, numeric=True),
    Column("unit", "计量单位", _unit, 10),
    *_dated(),
)


CANDIDATE_COLUMNS = (
    Column("number", "编号", lambda r: r.candidate_no, 24, fixed=True,
           shown=lambda r: Cell(r.candidate_no, nowrap=True,
                                url=reverse("service-candidate", args=[r.candidate_no]))),
    Column("item", "服务项目", lambda r: r.item.name, 34, fixed=True, shown=_item),
    Column("region", "地区", lambda r: r.region.name, 14),
    Column("year", "年度", lambda r: f"{r.year}", 8, sort=("year",)),
    Column("ground", "情形", lambda r: r.get_ground_display(), 24),
    Column("accelerated", "优先程度", urgency, 18,
           shown=lambda r: Cell(urgency(r), level="orange" if r.accelerated else "blue")),
    Column("state", "状态", lambda r: r.get_state_display(), 12, sort=("state",),
           shown=lambda r: Cell(r.get_state_display(), level=CANDIDATE_LEVELS[r.state])),
    Column("price", "列入时价格", lambda r: r.price.price, 12, numeric=True, unit="元"),
    Column("change", "耗材成本变化", lambda r: r.cost_after - r.cost_before, 14, numeric=True,
           unit="元/次"),
    Column("new", "新价格", lambda r: r.new_price.price if r.new_price else None, 12, numeric=True,
           unit="元"),
    Column("listed", "列入日期", lambda r: r.listed_on, 12, sort=("listed_on",)),
)  # fmt: skip


ELIGIBILITY_COLUMNS = (
    Column("institution", "医疗机构", lambda r: r.institution.name, 34, fixed=True,
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("code", "机构编码", lambda r: r.institution.code, 18, offered=False),
    Column("year", "考核年度", lambda r: f"{r.year}", 10, sort=("year",)),
    Column("verdict", "结论", lambda r: r.get_verdict_display(), 12, sort=("verdict",),
           shown=lambda r: Cell(r.get_verdict_display(),
                                level="green" if r.verdict == "first" else "orange")),
    Column("share", "考核值", lambda r: r.share, 10, numeric=True),
    Column("reason", "理由", lambda r: r.reason, 40),
    *_dated(),
)  # fmt: skip
