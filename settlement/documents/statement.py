"""结算单 as the content of an official paper."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.workdays.deadlines import shanghai_day
from organisations.queries.changes import NamesOn
from settlement.models import Statement


def statement_paper(row: Statement, lines: Sequence[Any], total: Decimal) -> dict[str, Any]:
    """With the lines that the reader sees; `total` in yuan is the reader's.

    Everybody is named as on the day of approval, before it as on that of the draft.
    """
    live = [line for line in lines if line.state == "live"]
    struck = [line for line in lines if line.state != "live"]
    payer = row.institution
    named = NamesOn(
        [row.payee, payer, *(line.institution for line in lines)],
        row.approved_on or shanghai_day(row.drafted_at),
    )
    blocks: list[dict[str, Any]] = [_table(live, named)]
    blocks.append(
        _text(f"合计 {total:,.2f} 元，付款期限 {row.due_on:%Y-%m-%d}。每行金额四舍五入到分后相加。")
    )
    if struck:
        blocks += [_text("以下各行未计入本单："), _table(struck, named, why=True)]
    people = "；".join(
        f"{label}：{name}"
        for label, name in (
            ("审核", row.reviewed_by_name), ("批准", row.first_by_name),
            ("第二批准", row.second_by_name),
        )
        if name
    )  # fmt: skip
    blocks.append(_text(people or "尚未审核批准。"))
    return {
        "title": f"集采药品货款结算单（{row.month:%Y年%m月}）",
        "number": row.statement_no,
        "parties": [
            {"label": "收款", "name": named(row.payee), "code": row.payee.code, "note": ""},
            {"label": "付款", "name": named(payer) if payer else f"{row.pool.name}医保基金",
             "code": payer.code if payer else row.pool.code, "note": row.get_mode_display()},
        ],
        "blocks": blocks,
    }  # fmt: skip


def _table(lines: Sequence[Any], named: NamesOn, *, why: bool = False) -> dict[str, Any]:
    last = ("原因", 6) if why else ("发票号", 4)
    heads = (("序号", 1), ("订单行", 4), ("医疗机构", 5), ("产品", 5), ("包装数", 2),
             ("单价（元）", 2), ("金额（元）", 3), last)  # fmt: skip
    right = {"包装数", "单价（元）", "金额（元）"}
    return {
        "kind": "table",
        "columns": [
            {"label": label, "width": width, **({"align": "right"} if label in right else {})}
            for label, width in heads
        ],
        "rows": [
            [str(line.place), f"{line.order_no}-{line.line_no}", named(line.institution),
             str(line.product), f"{line.packs.normalize():f}", f"{line.unit_price:,.2f}",
             f"{line.amount:,.2f}", line.reason if why else line.invoice_no]
            for line in lines
        ],
    }  # fmt: skip


def _text(words: str) -> dict[str, Any]:
    return {"kind": "text", "text": words}
