"""配送关系确认表: what the printed paper says of a list of relations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from contracts.models import DeliveryRelation
from contracts.rules.relation import stage_words
from contracts.tables.relations import place

MOST_PRINTED = 500
COLUMNS = (
    {"label": "序号", "width": 5, "align": "right"},
    {"label": "产品、国家医保编码", "width": 33},
    {"label": "配送企业", "width": 19},
    {"label": "配送地区", "width": 13},
    {"label": "生效", "width": 13},
    {"label": "终止", "width": 13},
    {"label": "状态", "width": 10},
)


def confirmation(rows: Sequence[DeliveryRelation], *, printed_for: str, on: date) -> dict[str, Any]:
    """Content of core/official; the rows are named already."""
    makers = list(dict.fromkeys(row.manufacturer.name for row in rows))
    return {
        "title": "配送关系确认表",
        "parties": [{"label": "出具单位", "name": printed_for}],
        "blocks": [
            {
                "kind": "text",
                "text": f"截至 {on:%Y年%m月%d日}，下列配送关系登记在平台：生产企业"
                f" {len(makers)} 家，共 {len(rows)} 条。终止日当天起不再配送。",
            },
            *(_of_maker(name, rows, on) for name in makers),
        ],
        "signatures": [
            {"name": "maker", "label": "生产企业", "organisation": makers[0] if makers else ""},
            {"name": "carrier", "label": "配送企业", "organisation": ""},
        ],
    }


def _of_maker(name: str, rows: Sequence[DeliveryRelation], on: date) -> dict[str, Any]:
    own = [row for row in rows if row.manufacturer.name == name]
    return {
        "kind": "table",
        "columns": list(COLUMNS),
        "rows": [
            [
                str(number), f"{row.product}\n{row.product.code}", row.distributor.name, place(row),
                f"{row.valid_from}", f"{row.valid_until}" if row.valid_until else "长期",
                stage_words(row.state, row.valid_from, row.valid_until, on),
            ]
            for number, row in enumerate(own, start=1)
        ],
    }  # fmt: skip
