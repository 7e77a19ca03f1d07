"""Columns of listings, maximum prices, shortage lists and 函询; their Excel files have the same."""

from __future__ import annotations

from django.urls import reverse

from catalog.states.listing_case import INQUIRY_LEVELS
from core.lists.cell import Cell
from core.lists.columns import Column

LISTING_COLUMNS = (
    Column(
        "number", "挂网ID", lambda r: r.listing.listing_no, 16, sort=("listing__listing_no",),
        fixed=True, shown=lambda r: Cell(
            r.listing.listing_no, url=reverse("listing-detail", args=[r.listing.listing_no]),
            nowrap=True,
        ),
    ),
    Column(
        "product", "产品", lambda r: r.product.name, 30, sort=("name",), fixed=True,
        shown=lambda r: Cell(r.product.name, sub=r.product.specification),
    ),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, sort=("code",), offered=False),
    Column(
        "manufacturer", "生产企业", lambda r: r.product.manufacturer.name, 32,
        sort=("manufacturer__name",),
    ),
    Column(
        "state", "状态", lambda r: r.state, 10, sort=("listing__state",),
        shown=lambda r: Cell(r.state, level=r.level),
    ),
    Column("way", "挂网方式", lambda r: r.listing.get_way_display(), 12, offered=False),
    Column("office", "关闭单位", lambda r: r.office, 24),
    Column(
        "reason", "原因", lambda r: r.listing.reason if r.listing.reason_code else "", 40,
        shown=lambda r: Cell(
            r.listing.get_reason_code_display() if r.listing.reason_code else "—",
            full=r.listing.reason,
        ),
    ),
    Column("restore", "恢复办法", lambda r: r.listing.how_to_restore, 40, offered=False),
    Column("since", "现状态自", lambda r: r.listing.since, 12, sort=("listing__since",)),
    Column(
        "price", "挂网价", lambda r: r.product.listed_price, 12, numeric=True, unit="元/包装",
        sort=("listed_price",),
    ),
    Column(
        "maximum", "最高挂网价", lambda r: r.maximum_price, 12, numeric=True, unit="元/包装",
        offered=False,
    ),
    Column(
        "selected", "中选价", lambda r: r.selected_price, 12, numeric=True, unit="元/包装",
        offered=False,
    ),
    Column(
        "checks", "价格情况", lambda r: r.check_words, 20,
        shown=lambda r: Cell(
            r.checks[0][0] if r.checks else "—", level=r.checks[0][1] if r.checks else "",
            plain=False, sub="、".join(words for words, _ in r.checks[1:]),
        ),
    ),
)  # fmt: skip


def _subject_column() -> Column:
    return Column(
        "subject", "品种或产品", lambda r: str(r.product or r.group), 36, fixed=True,
        shown=lambda r: Cell(
            str(r.product or r.group), sub=(r.product or r.group).code,
            url=reverse("product-detail" if r.product else "group-detail",
                        args=[(r.product or r.group).code]),
        ),
    )  # fmt: skip


def _dated() -> tuple[Column, ...]:
    return (
        Column("from", "自", lambda r: r.valid_from, 12, sort=("valid_from",)),
        Column("to", "至（不含）", lambda r: r.valid_to, 12, sort=("valid_to",)),
        Column("clause", "依据", lambda r: r.clause, 40),
        Column("who", "设定人", lambda r: r.set_by_name, 24, offered=False),
        Column("at", "设定时间", lambda r: r.set_at, 18, offered=False),
    )


MAXIMUM_COLUMNS = (
    _subject_column(),
    Column("price", "最高挂网价", lambda r: r.price, 14, numeric=True, unit="元", sort=("price",)),
    Column(
        "unit", "计价单位",
        lambda r: (r.product.pack_unit or "包装") if r.product else r.group.base_unit, 10,
    ),
    Column("suspends", "超过即暂停", lambda r: r.suspends, 12),
    *_dated(),
)  # fmt: skip

SHORTAGE_COLUMNS = (
    _subject_column(),
    Column("kind", "清单", lambda r: r.get_kind_display(), 10, sort=("kind",)),
    Column("source", "来源", lambda r: r.get_source_display(), 12, sort=("source",)),
    *_dated(),
)

INQUIRY_COLUMNS = (
    Column(
        "number", "函询编号", lambda r: r.inquiry_no, 20, fixed=True,
        shown=lambda r: Cell(
            r.inquiry_no, url=reverse("inquiry-detail", args=[r.inquiry_no]), nowrap=True
        ),
    ),
    Column("product", "产品", lambda r: r.product.name, 30, sort=("product__name",)),
    Column("enterprise", "企业", lambda r: r.enterprise.name, 32, sort=("enterprise__name",)),
    Column("subject", "事由", lambda r: r.get_subject_display(), 16),
    Column(
        "state", "状态", lambda r: r.get_state_display(), 12, sort=("state",),
        shown=lambda r: Cell(r.get_state_display(), level=INQUIRY_LEVELS[r.state]),
    ),
    Column("due", "答复期限", lambda r: r.due_on, 12, sort=("due_on",)),
    Column("sent", "发出时间", lambda r: r.sent_at, 18, sort=("sent_at",)),
    Column("answered", "答复时间", lambda r: r.answered_at, 18, offered=False),
    Column("office", "函询单位", lambda r: r.office.name, 24, offered=False),
)  # fmt: skip
