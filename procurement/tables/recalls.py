"""Columns of recalls and of those who hold the lots."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.recall import HOLDER_LEVELS, RECALL_LEVELS


def _number(row: Any) -> Cell:
    return Cell(row.recall_no, url=reverse("recall", args=[row.recall_no]), nowrap=True)


def _state(levels: dict[str, str]) -> Any:
    return lambda row: Cell(row.get_state_display(), level=levels[row.state])


RECALL_COLUMNS = (
    Column("number", "编号", lambda r: r.recall_no, 24, fixed=True, shown=_number),
    Column("state", "状态", lambda r: r.get_state_display(), 10, shown=_state(RECALL_LEVELS)),
    Column("level", "级别", lambda r: r.get_level_display(), 8),
    Column("product", "产品", lambda r: str(r.product), 34,
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("lots", "批号", lambda r: "、".join(r.lots), 24),
    Column("opened_by", "发起单位", lambda r: r.opened_by.name, 28),
    Column("area", "范围", lambda r: r.area.name if r.area else "全部", 12),
    Column("opened", "发起时间", lambda r: r.opened_at, 20, sort=("opened_at",)),
    Column("due", "报告期限", lambda r: r.due_on, 14),
    Column("reason", "召回原因", lambda r: r.reason, 40, offered=False),
)  # fmt: skip

HOLDER_COLUMNS = (
    Column("institution", "医疗机构", lambda r: r.institution.name, 34, fixed=True,
           sort=("institution__name",),
           shown=lambda r: Cell(r.institution.name, sub=r.institution.code)),
    Column("code", "机构编码", lambda r: r.institution.code, 18, offered=False),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 14,
           sort=("county__code",)),
    Column("lot", "批号", lambda r: r.lot_no, 16, sort=("lot_no",)),
    Column("distributor", "配送企业", lambda r: r.distributor.name if r.distributor else "", 28),
    Column("state", "状态", lambda r: r.get_state_display(), 10, sort=("state",),
           shown=_state(HOLDER_LEVELS)),
    Column("received", "验收", lambda r: r.received_packs, 10, numeric=True, unit="包装"),
    Column("returned", "此前退货", lambda r: r.returned_packs, 10, numeric=True, unit="包装"),
    Column("held", "应处置", lambda r: r.held_packs, 10, numeric=True,
           unit="包装"),
    Column("unreceived", "已发未收", lambda r: r.unreceived_packs, 12, numeric=True, unit="包装"),
    Column("unclear", "批号不明的退货", lambda r: r.unclear_packs, 14, numeric=True, unit="包装",
           offered=False),
    Column("kept", "封存", lambda r: r.kept_packs, 10, numeric=True, unit="包装"),
    Column("sent", "退回", lambda r: r.sent_back_packs, 10, numeric=True, unit="包装"),
    Column("used", "已使用", lambda r: r.used_packs, 10, numeric=True, unit="包装"),
    Column("difference", "相差", lambda r: r.difference_packs, 10, numeric=True, unit="包装"),
    Column("why", "差异原因", lambda r: r.get_difference_kind_display(), 24),
    Column("note", "说明", lambda r: r.holder_note, 30),
    Column("reported", "报告时间", lambda r: r.reported_at, 20, offered=False),
)  # fmt: skip

LOT_SHEET = (
    ("医疗机构", 34), ("机构编码", 18), ("设区市", 12), ("县（市、区）", 14), ("批号", 16),
    ("配送企业", 30), ("验收包装数", 12), ("退货包装数", 12), ("现存包装数", 12),
    ("已发未收", 12), ("批号不明的退货", 14),
)  # fmt: skip


def _account_url(row: Any) -> str:
    line = row.line
    return reverse(
        "quantity-account",
        args=[line.institution.code, line.product.code, line.year_no, line.batch.code],
    )


def _level(row: Any) -> Cell:
    """Behind time progress is orange, over the agreed quantity blue; the words say it too."""
    share = f"{row.completion * 100:.1f}%" if row.completion is not None else ""
    behind = row.completion is not None and row.completion < row.time_progress
    words = f"低于序时 {row.time_progress * 100:.1f}%" if behind else ""
    return Cell(share, sub=words, late=behind)


def _under_way(row: Any) -> Cell:
    own = row.under_way
    late = own.get("late", 0) + own.get("unanswered", 0)
    query = urlencode({"institution": row.line.institution.code, "product": row.line.product.code})
    return Cell(
        f"{own.get('lines', 0)}", sub=f"{late} 行超时" if late else "", level="red" if late else "",
        url=f"{reverse('order-lines')}?{query}" if own else "",
    )  # fmt: skip


ACCOUNT_COLUMNS = (
    Column("product", "产品", lambda r: str(r.line.product), 34, fixed=True,
           shown=lambda r: Cell(str(r.line.product), url=_account_url(r), sub=r.line.product.code)),
    Column("code", "国家医保编码", lambda r: r.line.product.code, 28, offered=False),
    Column("institution", "医疗机构", lambda r: r.line.institution.name, 30,
           shown=lambda r: Cell(r.line.institution.name, sub=r.line.institution.code)),
    Column("county", "县（市、区）", lambda r: r.line.county.name if r.line.county else "", 14,
           offered=False),
    Column("batch", "批次", lambda r: r.line.batch.name, 24,
           shown=lambda r: Cell(r.line.batch.name, sub=f"第 {r.line.year_no} 年")),
    Column("year", "采购年度", lambda r: r.line.year_no, 8, numeric=True, offered=False),
    Column("unit", "单位",
           lambda r: r.line.product.group.base_unit if r.line.product.group else "", 8),
    Column("agreed", "约定", lambda r: r.agreed, 12, numeric=True),
    Column("ordered", "已下单", lambda r: r.ordered, 12, numeric=True),
    Column("released", "已释放", lambda r: r.released, 12, numeric=True, offered=False),
    Column("outstanding", "已订未收", lambda r: r.outstanding, 12, numeric=True),
    Column("accepted", "已验收", lambda r: r.accepted, 12, numeric=True),
    Column("adjusted", "备供折算", lambda r: r.adjusted, 12, numeric=True, offered=False),
    Column("remaining", "剩余", lambda r: r.remaining, 12, numeric=True),
    Column("completion", "完成率", lambda r: r.completion, 12, numeric=True, shown=_level),
    Column("under_way", "在办行", lambda r: r.under_way.get("lines", 0), 10, numeric=True,
           shown=_under_way),
    Column("unanswered", "超时未响应", lambda r: r.under_way.get("unanswered", 0), 10,
           numeric=True, offered=False),
    Column("late", "配送超时", lambda r: r.under_way.get("late", 0), 10, numeric=True,
           offered=False),
    Column("line", "建账次序", lambda r: r.line.pk, 12, numeric=True, sort=("id",), offered=False,
           in_file=False),
)  # fmt: skip
