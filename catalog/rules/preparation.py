"""落地准备: what each product of a batch needs before its first day, whose it is, and by when."""

from __future__ import annotations

from dataclasses import dataclass

DONE, MISSING, UNKNOWN = "done", "missing", "unknown"


@dataclass(frozen=True)
class Item:
    """`workdays` before the batch's first day is when it is due (平台默认); 0 is that day itself."""

    code: str
    label: str
    owner: str
    workdays: int
    clause: str = "平台默认"


ITEMS = (
    Item("listed", "挂网", "生产企业", 10),
    Item("price", "挂网价调为中选价", "省医保局", 0, "S2-10.1"),
    Item("registration", "注册证有效", "生产企业", 10),
    Item("relations", "配送关系", "生产企业", 5),
    Item("agreements", "三方协议", "医疗机构、生产企业、配送企业", 0),
    Item("stock", "备货", "生产企业", 5),
)
BY_CODE = {item.code: item for item in ITEMS}
MANUFACTURERS = frozenset({"listed", "registration"})
"""What a manufacturer can do itself on the platform today."""


@dataclass(frozen=True)
class Readiness:
    """How far one item of one product is; `unknown` is not recorded on the platform, never done."""

    state: str
    words: str

    @property
    def level(self) -> str:
        return {DONE: "green", MISSING: "orange", UNKNOWN: "grey"}[self.state]


NOT_RECORDED = Readiness(UNKNOWN, "平台尚未登记")
