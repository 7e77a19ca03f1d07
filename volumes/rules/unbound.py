"""不限厂牌: institutions whose agreed quantity is bound to a group and to no product of it."""

from __future__ import annotations

from collections.abc import Collection

from core.transitions.verdict import ALLOWED, Verdict

RULE = (
    "不限厂牌的机构只约定品种的总量，不分到产品：不用选择产品，不生成三方协议，没有签署待办；"
    "本供应地区的任一中选产品都可以采购，按中选价结算；这部分约定量没有协议，"
    "不计入签约率和按协议计算的完成率"
)


def bound_to_products(level: str, unbound_levels: Collection[str], clause: str) -> Verdict:
    """Whether an institution of this level gets its quantity by product; `clause` is the batch's."""
    if level in unbound_levels:
        return Verdict(False, RULE, clause)
    return ALLOWED
