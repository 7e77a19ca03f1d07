"""The standard checklist of a 督导检查 by side, with its clauses, and what is found of an item."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckLine:
    matter: str
    clause: str


@dataclass(frozen=True)
class Found:
    """The result of one item; a problem says what and what is demanded."""

    result: str
    finding: str = ""
    demand: str = ""


OF_INSTITUTIONS = (
    CheckLine("中选产品及时进院，不以费用控制、药占比、品种规格数量限制等为由影响配备", "赣医保字〔2024〕22号 二"),
    CheckLine("按序时进度完成约定采购量，非中选产品采购占比不超标准", "赣医保字〔2024〕22号 五"),
    CheckLine("未报量和可替代产品的采购有临床理由", "赣医保字〔2024〕22号 五"),
    CheckLine("在平台采购，线下采购有认定的理由并登记", ""),
    CheckLine("及时收货、验收并在平台确认", ""),
    CheckLine("报量真实，与上年实际用量的偏差有说明", "赣医保字〔2024〕22号 十二"),
    CheckLine("结余留用资金分配到相关医务人员并备案", "赣医保字〔2024〕22号 八"),
)  # fmt: skip
OF_ENTERPRISES = (
    CheckLine("订单在规定时间内响应，不选择性配送", "赣医保字〔2024〕22号 三"),
    CheckLine("按规定时限送达，配送及时率达标", "赣医保字〔2024〕22号 三"),
    CheckLine("产能、库存与约定采购量相匹配，有供应保障方案", "赣医保字〔2024〕22号 三"),
    CheckLine("医疗机构反映的问题按期回复、按承诺解决", "赣医保字〔2024〕22号 四"),
    CheckLine("前次约谈、告诫要求的整改已完成", "赣医保字〔2024〕22号 三"),
)  # fmt: skip


def standard_checklist(side: str) -> tuple[CheckLine, ...]:
    """The lines for `institution` or `enterprise`."""
    return OF_INSTITUTIONS if side == "institution" else OF_ENTERPRISES
