"""The words of a tripartite agreement: who, for which year, what, how much, at what price."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from contracts.models import Agreement, AgreementItem, Party
from core.templatetags.formats import number

WORDS = {
    Party.INSTITUTION: ("甲方（医疗机构）", "甲方"),
    Party.MANUFACTURER: ("乙方（中选生产企业）", "乙方"),
    Party.DISTRIBUTOR: ("丙方（配送企业）", "丙方"),
}
COLUMNS = (
    {"label": "序号", "width": 5, "align": "right"},
    {"label": "产品", "width": 26},
    {"label": "国家医保编码", "width": 31},
    {"label": "约定采购量", "width": 15, "align": "right"},
    {"label": "单位", "width": 7},
    {"label": "价格（元/包装）", "width": 13, "align": "right"},
)
TERMS = (
    "一、采购数量。甲方在采购年度内优先采购并完成下表约定采购量；完成后继续采购的，乙方仍按中选价供应，直至采购周期届满。",
    "二、供应与配送。乙方保证质量和供应，委托丙方配送；丙方按平台规定的时限响应订单、送达，不得选择性配送，不得因约定量完成而停止配送。",
    "三、验收与货款。甲方按平台规定的时限验收，货款按批次适用政策规定的付款方式和期限结清。",
    "四、变更。更换配送企业或调整约定采购量，由三方重新签署新版本；新版本签齐前，本协议继续有效。",
    "五、违约。任何一方不履行本协议的，由医疗保障部门按医药价格和招采信用评价、定点医药机构协议管理等规定处理。",
    "六、本协议由三方负责人以本单位数字证书电子签名，签齐后生效；文件任何一个字节的改动都能被核验发现。",
)


def agreement_content(
    agreement: Agreement, items: Sequence[AgreementItem], agents: dict[str, str]
) -> dict[str, Any]:
    """Content of core/official; `agents` names whoever signs for the institution, by party."""
    version = "" if agreement.version == 1 else f"　第 {agreement.version} 版"
    return {
        "title": "药品（医用耗材）集中带量采购三方购销协议",
        "number": f"{agreement.agreement_no}{version}",
        "digest": agreement.text_digest,
        "parties": [
            {
                "label": label, "name": getattr(agreement, party).name,
                "code": getattr(agreement, party).code, "note": agents.get(party, ""),
            }
            for party, (label, _) in WORDS.items()
        ],
        "blocks": [
            {
                "kind": "text",
                "text": f"根据{agreement.batch.name}中选结果，三方就第 {agreement.year_no} 采购年度"
                f"（{agreement.starts_on:%Y年%m月%d日}至{agreement.ends_on:%Y年%m月%d日}）"
                "的采购、供应和配送约定如下。",
            },
            *_changed(agreement),
            *({"kind": "text", "text": words} for words in TERMS),
            {
                "kind": "table",
                "columns": list(COLUMNS),
                "rows": [
                    [
                        str(item.line_no), str(item.product), item.product.code,
                        number(item.agreed_qty), item.product.group.base_unit if item.product.group else "", _price(item.price),
                    ]
                    for item in items
                ],
            },
        ],
        "signatures": [
            {"name": party, "label": label, "organisation": getattr(agreement, party).name}
            for party, (_, label) in WORDS.items()
        ],
    }  # fmt: skip


def _changed(agreement: Agreement) -> list[dict[str, str]]:
    if not agreement.change_reason:
        return []
    words = f"本版替代第 {agreement.version - 1} 版，变更原因：{agreement.change_reason}"
    return [{"kind": "text", "text": words}]


def _price(price: Decimal) -> str:
    return f"{price.normalize():f}"
