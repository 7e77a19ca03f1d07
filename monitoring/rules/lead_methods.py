"""How each kind of lead is looked for: thresholds, and the method in words as every lead states it.

The clause names no numbers (大量、短时激增 未量化): these are the platform's defaults.
"""

from __future__ import annotations

from decimal import Decimal

from monitoring.states.lead import LeadKind

MONTHS = 6
"""Months looked at, the last one included."""
MOST = 50
"""Leads of one kind that one search keeps, the largest amounts first."""
SHOWN_LINES = 200

LIMITS: dict[str, Decimal | int] = {
    "surge_multiple": Decimal("3"), "surge_peers": Decimal("2"), "surge_amount": 3_000,
    "share_min": Decimal("0.8"), "share_gap": Decimal("0.4"), "share_amount": 5_000,
    "share_neighbours": 3,
    "kit_orders": 3, "kit_multiple": Decimal("2"), "kit_share": Decimal("0.8"),
    "refused_lines": 3, "refused_multiple": Decimal("2"), "refused_rate": Decimal("0.3"),
    "selective_lines": 3, "selective_rate": Decimal("0.5"), "selective_others": Decimal("0.9"),
    "selective_other_lines": 10,
}  # fmt: skip

SCOPE_WORDS = (
    f"数据为本省截至期末月份的 {MONTHS} 个月内发送、未撤单的订单行；中选指期间内在本省任一供应地区"
    "中选或备供的产品，其余同品种产品和可替代药品目录内的产品为非中选或可替代产品；"
    f"每类按涉及金额（次数）从大到小最多保留 {MOST} 条。"
)
METHODS: dict[str, str] = {
    LeadKind.SURGE: (
        f"按医疗机构和品种，期末当月非中选、可替代产品订购量与此前 {MONTHS - 1} 个月的月均量相比。"
        f"此前有采购、当月不少于月均的 {LIMITS['surge_multiple']} 倍、当月金额不少于 "
        f"{LIMITS['surge_amount']} 元，且倍数不少于本省其他机构同品种同期倍数的 "
        f"{LIMITS['surge_peers']} 倍的，列为线索。"
    ),
    LeadKind.CONCENTRATION: (
        "按医疗机构和品种，一家生产企业占本机构非中选、可替代产品订购金额的比重，与同一设区市其他机构"
        f"（不少于 {LIMITS['share_neighbours']} 家）合计的比重相比。比重不低于 80%、高出同市其他机构"
        f"不少于 40 个百分点、金额不少于 {LIMITS['share_amount']} 元的，列为线索。"
    ),
    LeadKind.KIT: (
        "按医疗机构、中选耗材品种和非中选部件的生产企业，看同一订单内是否同时订购。同单不少于 "
        f"{LIMITS['kit_orders']} 次、占该企业非中选耗材在本机构订单的 80% 以上、同单的非中选部件金额"
        f"不少于中选部件的 {LIMITS['kit_multiple']} 倍的，列为线索。"
    ),
    LeadKind.REFUSAL: (
        "按配送企业和中选产品，以各机构本采购年度已订购未被拒绝的累计量达到约定采购量为界，比较前后的拒绝率"
        "（医疗机构下单有误、重复下单的拒绝不计）。约定量完成后被拒绝不少于 "
        f"{LIMITS['refused_lines']} 行、拒绝率不低于 30%，且不少于完成前的 "
        f"{LIMITS['refused_multiple']} 倍的，列为线索。"
    ),
    LeadKind.SELECTIVE: (
        "按配送企业和中选产品，到期订单行中已发货的比例在机构之间比较。对一家机构到期不少于 "
        f"{LIMITS['selective_lines']} 行、发货比例不高于 50%，而对其他机构到期不少于 "
        f"{LIMITS['selective_other_lines']} 行、发货比例不低于 90% 的，列为线索。"
    ),
}


def method_words(kind: str) -> str:
    """The method of a kind with what it looks at."""
    return METHODS[kind] + SCOPE_WORDS


def figure_words(kind: str, value: Decimal | None) -> str:
    """A measured figure as it is read: times for surges and kits, per cent for the others."""
    if value is None:
        return "—"
    if kind in (LeadKind.SURGE, LeadKind.KIT):
        return f"{value:.2f} 倍"
    return f"{value * 100:.1f}%"


def compared_words(kind: str, value: Decimal | None) -> str:
    """Of a kit the comparison is a share too."""
    if kind == LeadKind.KIT and value is not None:
        return f"{value * 100:.1f}%"
    return figure_words(kind, value)


COMPARED_LABELS: dict[str, str] = {
    LeadKind.SURGE: "其他机构同期", LeadKind.CONCENTRATION: "同市其他机构",
    LeadKind.KIT: "同单占该企业订单", LeadKind.REFUSAL: "约定量完成前",
    LeadKind.SELECTIVE: "对其他机构",
}  # fmt: skip
MEASURED_LABELS: dict[str, str] = {
    LeadKind.SURGE: "当月÷月均", LeadKind.CONCENTRATION: "占本机构比重",
    LeadKind.KIT: "非中选÷中选金额", LeadKind.REFUSAL: "约定量完成后拒绝率",
    LeadKind.SELECTIVE: "对该机构发货比例",
}  # fmt: skip
