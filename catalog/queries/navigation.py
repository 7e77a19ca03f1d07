"""The catalogue in the menu."""

from __future__ import annotations

from catalog.queries.applications import has_applications
from organisations.queries.navigation import Entry, Group, add

add(
    Entry(Group.CATALOG, 10, "采购批次", "batch-list", "stack-2"),
    Entry(
        Group.CATALOG,
        15,
        "批次编制",
        "batch-drafts",
        "edit",
        shown_to=lambda scope: scope.is_province_bureau,
    ),
    Entry(Group.CATALOG, 20, "品种", "group-list", "list-check"),
    Entry(Group.CATALOG, 30, "产品目录", "product-list", "pill"),
    Entry(Group.CATALOG, 31, "产品检索", "product-search", "search"),
    Entry(
        Group.CATALOG,
        32,
        "院内目录",
        "hospital-item-list",
        "list-check",
        shown_to=lambda scope: scope.is_business and scope.kind == "institution",
    ),
    Entry(
        Group.CATALOG,
        32,
        "院内目录对照",
        "hospital-item-coverage",
        "list-check",
        shown_to=lambda scope: scope.is_region_authority or scope.kind == "agency",
    ),
)

add(
    Entry(Group.CATALOG, 40, "挂网申请", "application-list", "clipboard-list", has_applications),
    Entry(Group.CATALOG, 41, "挂网公示", "publicity-list", "flag"),
    Entry(Group.CATALOG, 42, "注册证", "registration-papers", "file-certificate"),
    Entry(Group.CATALOG, 32, "挂网产品", "listing-list", "clipboard-check"),
    Entry(Group.CATALOG, 33, "最高挂网价", "maximum-price-list", "report-analytics"),
    Entry(Group.CATALOG, 34, "红黄标标准", "price-multiples", "alert-triangle"),
    Entry(Group.CATALOG, 35, "短缺清单", "shortage-list", "list-check"),
    Entry(Group.CATALOG, 36, "差比价计算", "price-ratio", "scale"),
    Entry(Group.CATALOG, 37, "价格函询", "inquiry-list", "message-report"),
)
add(Entry(Group.CATALOG, 70, "质量与暂停使用", "quality-reports", "shield-check"))

add(Entry(Group.CATALOG, 35, "可替代药品与折算", "editions", "scale"))
