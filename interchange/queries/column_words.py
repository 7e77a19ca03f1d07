"""The dataset's columns in words, for templates of uploads and for previews."""

from __future__ import annotations

from core.datasets import Column, DatasetFile, Sign
from core.datasets.column import Kind

LABELS: dict[str, str] = {
    "accepted_packs": "验收包装数", "agreed_qty": "约定采购量（计价单位）",
    "agreement_no": "协议编号", "amount": "金额（元）", "base_unit": "计价单位",
    "base_units_per_pack": "每包装计价单位数", "baseline_price": "基准价（元/计价单位）",
    "batch_code": "批次代码", "cancelled_at": "撤销时间", "category": "类别", "clause": "依据条款",
    "client_no": "医院自有订单号", "code": "代码", "complaint_no": "诉求编号",
    "consortium_code": "医共体代码", "delivered_at": "送达时间", "delivery_no": "配送号",
    "distributor_signed_at": "配送企业签订时间", "distributor_uscc": "配送企业统一社会信用代码",
    "effective_on": "执行日期", "ends_on": "截止日期", "enterprise_uscc": "企业统一社会信用代码",
    "exemption_no": "豁免编号", "expires_on": "有效期至", "explanation": "情况说明",
    "filed_at": "提出时间", "filed_by": "提出方", "from_on": "自", "fund_share": "基金支付比例",
    "fund_share_before": "集采前基金支付比例", "group_code": "品种代码",
    "institution_code": "医疗机构代码", "institution_signed_at": "医疗机构签订时间",
    "insured_share": "参保人员用量占比", "invoice_no": "发票号", "is_distributor": "是否配送企业",
    "is_manufacturer": "是否生产企业", "issued_on": "公布日期", "kind": "类型",
    "lead_institution_code": "牵头医疗机构代码", "level": "级别", "line_no": "行号",
    "listed_price": "挂网价（元/包装）", "lot_no": "批号",
    "manufacturer_signed_at": "生产企业签订时间",
    "manufacturer_uscc": "生产企业统一社会信用代码", "month": "月份", "name": "名称",
    "note_no": "配送单号", "order_no": "订单号", "organizer": "组织方", "ownership": "举办性质",
    "pack_unit": "包装单位", "packs": "包装数", "paid_on": "付款日期", "parameter": "参数",
    "parent_code": "上级代码", "payer": "付款方", "payment_no": "支付编号",
    "policy_code": "政策代码", "pool_code": "统筹区代码", "price": "中选价（元/包装）",
    "prior_year_qty": "上年实际量（计价单位）", "product_code": "国家医保编码",
    "promised_on": "承诺解决日期", "reason": "事由", "receipt_no": "收货序号",
    "received_at": "收货时间", "receiving_place": "收货地点", "refused_packs": "拒收包装数",
    "region_code": "行政区划代码", "reject_reason": "拒单原因", "replied_at": "答复时间",
    "reported_qty": "报量（计价单位）", "resolved_at": "解决时间", "responded_at": "响应时间",
    "response": "响应", "return_no": "退货号", "returned_at": "退货时间", "role": "中选或备供",
    "sent_at": "发送时间", "shipped_at": "发货时间", "specification": "规格",
    "starts_on": "起始日期", "status": "状态", "submitted_at": "提交时间", "tags": "标记",
    "to_on": "至", "unit_price": "单价（元/包装）", "urgent": "是否急救",
    "uscc": "统一社会信用代码", "valid_from": "有效自", "valid_to": "有效至", "value": "取值",
    "year_no": "年度序号",
}  # fmt: skip

KINDS: dict[Kind, str] = {
    Kind.WHOLE: "整数",
    Kind.FLAG: "1 是，0 否",
    Kind.DAY: "日期，如 2026-03-01",
    Kind.MONTH: "月份，如 2026-03",
    Kind.INSTANT: "时间，如 2026-03-01T08:30（北京时间）",
}
SIGNS: dict[Sign, str] = {
    Sign.POSITIVE: "数字，大于 0",
    Sign.NOT_NEGATIVE: "数字，不为负",
    Sign.SHARE: "0 至 1 之间的数",
    Sign.ANY: "数字，可为负",
}


def column_label(name: str) -> str:
    """The column's name in Chinese. KeyError for a column that no file has."""
    return LABELS[name]


def column_form(column: Column) -> str:
    """What may be written in the column."""
    match column.kind:
        case Kind.TEXT:
            if column.pattern_says:
                return column.pattern_says
            return f"文字，至多 {column.max_length} 个字符" if column.max_length else "代码或文字"
        case Kind.CHOICE:
            return "可选：" + "、".join(column.choices)
        case Kind.TAGS:
            return "以“;”分隔，可用：" + "、".join(column.choices)
        case Kind.NUMBER:
            return SIGNS[column.sign]
        case kind:
            return KINDS[kind]


def explained(file: DatasetFile) -> list[tuple[str, ...]]:
    """(file, its name, column, its name, needed, key, form) for each column of a file."""
    return [
        (
            file.file_name,
            file.label,
            column.name,
            column_label(column.name),
            "可空" if column.optional else "必填",
            "是" if column.key else "",
            column_form(column),
        )
        for column in file.columns
    ]
