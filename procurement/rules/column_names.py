"""Which uploads take an organisation's own layout, and what its headings may be."""

from __future__ import annotations

from collections.abc import Mapping

CLAUSE = "赣医保字〔2024〕22号 十六"
FIELDS: dict[str, dict[str, str]] = {
    "orders": {"product_code": "国家医保编码", "packs": "订购包装数", "reason": "临床理由"},
    "receipts": {
        "order_no": "订单号", "line_no": "行号", "delivery_no": "配送号", "product": "产品",
        "packs": "配送包装数", "accepted": "验收", "refused": "拒收", "reason": "拒收原因",
        "words": "说明", "lot_no": "实物批号", "expires_on": "实物有效期至",
    },
    "shipments": {
        "order_no": "订单号", "line_no": "行号", "institution": "医疗机构", "product": "产品",
        "packs": "本次发货", "lot_no": "批号", "expires_on": "有效期至", "own_no": "企业单号",
        "invoice_no": "发票号", "codes": "追溯码", "carrier": "承运单位", "plate_no": "车牌号",
        "cold_device": "冷链设备编号", "lowest_celsius": "启运最低温", "highest_celsius": "启运最高温",
    },
    "plans": {
        "plan_no": "计划编号", "product_code": "国家医保编码", "stock": "库存包装数",
        "packs": "计划包装数", "reason": "临床理由",
    },
    "returns": {
        "order_no": "订单号", "line_no": "行号", "delivery_no": "配送号", "kind": "方式",
        "packs": "数量", "reason": "原因", "words": "说明",
    },
    "invoices": {
        "note_no": "配送单号", "invoice_no": "发票号码", "issued_on": "开票日期",
        "buyer_tax_no": "购买方识别号", "net": "金额（不含税）", "tax": "税额",
        "total": "价税合计", "first_no": "第一票发票号码", "first_on": "第一票开票日期",
        "first_seller_tax_no": "第一票销售方识别号",
    },
    "codes": {"delivery_no": "配送号", "code": "追溯码", "case": "箱码"},
}  # fmt: skip
"""Our fields with the headings of our templates, by kind of file."""
NATIONAL: dict[str, dict[str, str]] = {
    "orders": {"packs": "purcCnt"},
    "receipts": {
        "order_no": "ordCode", "delivery_no": "shpId", "packs": "shpCnt", "accepted": "shppCnt",
        "lot_no": "manuLotnum",
    },
    "shipments": {"order_no": "ordCode", "packs": "shpCnt", "lot_no": "manuLotnum"},
    "plans": {"packs": "purcCnt"},
    "returns": {"order_no": "ordCode", "delivery_no": "shpId"},
    "invoices": {},
    "codes": {"delivery_no": "shpId"},
}  # fmt: skip
"""What the national 招采子系统 calls them, as far as its published codes tell; the rest is typed.

Its purcPlanCode and ordDetlId are numbers of that system alone: no plan or line here bears them.
"""
LABELS = {
    "orders": "采购车导入", "plans": "采购计划导入", "receipts": "收货导入",
    "returns": "退换货导入", "shipments": "发货导入", "codes": "追溯码导入", "invoices": "发票导入",
}  # fmt: skip
LONGEST = 60


def kinds_of(*, kind: str, distributes: bool) -> tuple[str, ...]:
    """What an organisation of this kind uploads: a hospital what it asks for, a distributor what it sends."""
    if kind == "institution":
        return ("orders", "plans", "receipts", "returns")
    return ("shipments", "codes", "invoices") if distributes else ()


def names_fault(kind: str, names: Mapping[str, str]) -> str:
    """Why these headings cannot be told apart; empty when they can. Empty names are left out."""
    known = FIELDS[kind]
    unknown = sorted(set(names) - set(known))
    if unknown:
        return f"没有字段 {unknown[0]}"
    if any(len(name) > LONGEST for name in names.values()):
        return f"列名至多 {LONGEST} 个字"
    used = [names.get(field) or heading for field, heading in known.items()]
    twice = sorted({name for name in used if used.count(name) > 1})
    return f"列名“{twice[0]}”用了两次，每列对应一个字段" if twice else ""
