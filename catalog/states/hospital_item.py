"""How far an item of a hospital's own list is mapped, and what may be doubtful about it."""

from __future__ import annotations

from django.db import models


class ItemStanding(models.TextChoices):
    MAPPED = "mapped", "已对照"
    DOUBTFUL = "doubtful", "存疑"
    UNMAPPED = "unmapped", "未对照"
    STOPPED = "stopped", "院内停用"


STANDING_LEVELS = {
    ItemStanding.MAPPED: "green",
    ItemStanding.DOUBTFUL: "orange",
    ItemStanding.UNMAPPED: "yellow",
    ItemStanding.STOPPED: "grey",
}


class Doubt(models.TextChoices):
    CODE_CHANGED = "code_changed", "医保编码已变更"
    WITHDRAWN = "withdrawn", "产品已撤网或未挂网"
    PRODUCT_CHANGED = "product_changed", "产品规格或包装已变更"
    SPECIFICATION = "specification", "规格与院内登记不一致"
    FACTOR = "factor", "同一产品的其他院内编码换算不同"
    SIMILAR = "similar", "院内名称与另一产品相同"


DOUBT_REMEDIES = {
    Doubt.CODE_CHANGED: "核对新编码后点“核对无误”，或改对照到另一产品",
    Doubt.WITHDRAWN: "改对照到同品种的在网产品，或在院内停用该项目",
    Doubt.PRODUCT_CHANGED: "按新的规格、包装核对换算，改正换算或点“核对无误”",
    Doubt.SPECIFICATION: "核对是否同一规格；确为同一规格的写明理由点“核对无误”",
    Doubt.FACTOR: "核对两个院内编码的单位与换算，改正不对的一个；确属单位不同的点“核对无误”",
    Doubt.SIMILAR: "核对是否应对照到同名的那个产品；不是的写明理由点“核对无误”",
}

LASTING_DOUBTS = frozenset({Doubt.WITHDRAWN})
"""What a person's word does not settle: the item has to be mapped otherwise or stopped."""


class Basis(models.TextChoices):
    PAGE = "page", "逐条维护"
    EXCEL = "excel", "Excel 导入"
    API = "api", "接口"
    SUGGESTION = "suggestion", "采纳建议"
    CONFIRMED = "confirmed", "核对存疑"
