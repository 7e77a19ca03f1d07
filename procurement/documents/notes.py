"""配送单, 随货同行单 and 拣货单 as the content of official papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils import timezone

from core.workdays.deadlines import shanghai_day
from organisations.queries.changes import NamesOn
from procurement.models import Delivery, DeliveryNote, LineProgress
from procurement.queries.queue import left_to_ship

Content = dict[str, Any]
LINE, CODE = ("订单行", 39), ("国家医保编码", 52)
"""Widths in mm of 160: a number or a code is never broken, it would run into the next column."""


def delivery_paper(note: DeliveryNote, rows: Sequence[Delivery]) -> Content:
    """For the institution to sign: lines, packs, prices."""
    return _paper(
        "配送单", note,
        [
            _table(
                (("序号", 8, ""), (*LINE, ""), ("产品", 40, ""), ("批号", 22, ""),
                 ("包装数", 14, "right"), ("单价（元）", 17, "right"), ("金额（元）", 20, "right")),
                [
                    [str(place), _line(row), str(row.product), row.lot_no, _plain(row.packs),
                     f"{row.unit_price:,.2f}", f"{row.packs * row.unit_price:,.2f}"]
                    for place, row in enumerate(rows, start=1)
                ],
            ),
            _text(
                f"合计 {_plain(_sum(rows))} 包装，"
                f"{sum((row.packs * row.unit_price for row in rows), Decimal(0)):,.2f} 元。"
            ),
            _text("送货人签字：                    收货人签字：                    收货时间：      年   月   日   时"),
        ],
    )  # fmt: skip


def goods_paper(note: DeliveryNote, rows: Sequence[Delivery]) -> Content:
    """What travels with the goods: maker, lot, expiry and the record of the cold chain."""
    cold = [_text("本次配送不是冷链配送。")]
    if note.cold_chain:
        cold = [
            _text(
                f"冷链设备 {note.cold_device}；启运温度 {note.lowest_celsius} ℃ 至 "
                f"{note.highest_celsius} ℃；启运时间 {_moment(note.shipped_at)}。"
            ),
            _text("到货温度：            ℃      到货时间：            收货人核对签字："),
        ]
    named = NamesOn((row.manufacturer for row in rows), shanghai_day(note.shipped_at))
    return _paper(
        "随货同行单", note,
        [
            _table(
                (("序号", 8, ""), ("产品", 24, ""), (*CODE, ""), ("生产企业", 24, ""),
                 ("批号", 19, ""), ("有效期至", 21, ""), ("包装数", 13, "right")),
                [
                    [str(place), str(row.product), row.product.code,
                     named(row.manufacturer), row.lot_no,
                     str(row.expires_on or ""), _plain(row.packs)]
                    for place, row in enumerate(rows, start=1)
                ],
            ),
            {"kind": "section", "text": "冷链记录"}, *cold,
        ],
    )  # fmt: skip


def many_papers(title: str, papers: Sequence[Content]) -> Content:
    """Papers of one kind in one file for the printer, each with its own page numbers."""
    return {"title": f"{title} {len(papers)} 张", "papers": list(papers)}


def picking_paper(
    rows: Sequence[LineProgress], *, company: str, at: datetime, left_out: int = 0
) -> Content:
    """Lines to ship by route and place, each place a table; how many found no room on it."""
    blocks: list[Content] = []
    for (route, name, place), lines in groupby(rows, key=_stop):
        blocks.append({"kind": "section", "text": "　".join(filter(None, (route, name, place)))})
        blocks.append(
            _table(
                (("拣", 7, ""), ("产品", 46, ""), (*CODE, ""), (*LINE, ""), ("包装数", 15, "right")),
                [["□", str(row.product), row.product.code, str(row), _plain(left_to_ship(row))]
                 for row in lines],
            )
        )  # fmt: skip
    if not blocks:
        blocks.append(_text("没有待发货的订单行。"))
    if left_out:
        blocks.append(
            _text(f"另有 {left_out} 行没有列出：先按本单发货，再打印下一张，或在工作台筛选后导出。")
        )
    return {
        "title": "拣货单",
        "number": f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
        "parties": [{"label": "配送企业", "name": company, "code": "", "note": f"{len(rows)} 行"}],
        "blocks": blocks,
    }


def _line(row: Delivery) -> str:
    """The line's number, which `line_numbers` set."""
    return str(getattr(row, "line_label", ""))


def _stop(row: LineProgress) -> tuple[str, str, str]:
    route = " ".join(each.name for each in (row.city, row.county) if each is not None)
    return route, row.institution.name, row.order.receiving_place


def _paper(title: str, note: DeliveryNote, blocks: list[Content]) -> Content:
    carried = "；".join(
        filter(None, (
            f"企业单号 {note.own_no}" if note.own_no else "",
            f"发票号 {note.invoice_no}" if note.invoice_no else "",
            f"承运 {note.carrier}" if note.carrier else "",
            f"车牌 {note.plate_no}" if note.plate_no else "",
            f"送货 {note.driver}" if note.driver else "",
            f"预计到达 {_moment(note.planned_at)}" if note.planned_at else "",
        ))
    )  # fmt: skip
    sender = note.distributor
    # A note printed years later bears the names under which the goods went.
    named = NamesOn([sender, note.institution], shanghai_day(note.shipped_at))
    return {
        "title": title,
        "number": note.note_no,
        "parties": [
            {"label": "发货", "name": named(sender),
             "code": sender.code if sender else "", "note": _moment(note.shipped_at)},
            {"label": "收货", "name": named(note.institution), "code": note.institution.code,
             "note": note.receiving_place},
        ],
        "blocks": [*([_text(carried)] if carried else []), *blocks],
    }  # fmt: skip


def _table(columns: Sequence[tuple[str, int, str]], rows: list[list[str]]) -> Content:
    return {
        "kind": "table",
        "columns": [
            {"label": label, "width": width, **({"align": align} if align else {})}
            for label, width, align in columns
        ],
        "rows": rows,
    }


def _text(words: str) -> Content:
    return {"kind": "text", "text": words}


def _sum(rows: Sequence[Delivery]) -> Decimal:
    return sum((row.packs for row in rows), Decimal(0))


def _plain(value: Decimal) -> str:
    text = f"{value:,.4f}".rstrip("0")
    return text.rstrip(".")


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
