"""The catalogue in the menu, by what one does there; each kind of reader has what it works with.

What the menu leaves out for a reader stays open by search and by links.
"""

from __future__ import annotations

from catalog.queries.applications import has_applications
from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope


def _hospital(scope: Scope) -> bool:
    return scope.is_business and scope.kind == "institution"


def _follows_hospitals(scope: Scope) -> bool:
    return scope.is_region_authority or scope.kind == "agency"


def _province_office(scope: Scope) -> bool:
    return scope.is_province_bureau


def _prices(scope: Scope) -> bool:
    """Who sets prices, and whose prices they are."""
    return scope.is_bureau or (scope.is_business and scope.is_manufacturer)


def _buys_or_prices(scope: Scope) -> bool:
    return _prices(scope) or _hospital(scope)


def _services(scope: Scope) -> bool:
    """Who keeps service prices, and who charges them."""
    return scope.is_bureau or scope.kind == "agency" or _hospital(scope)


def _regulator(scope: Scope) -> bool:
    return scope.is_business and scope.kind == "regulator"


def _follows_quality(scope: Scope) -> bool:
    return _regulator(scope) or scope.is_province_bureau


add(
    Entry(Group.CATALOG, 10, "产品检索", "product-search", "search"),
    Entry(Group.CATALOG, 20, "产品目录", "product-list", "pill"),
    Entry(Group.CATALOG, 30, "品种", "group-list", "list-check"),
    Entry(Group.CATALOG, 40, "院内目录", "hospital-item-list", "list-check", _hospital),
    Entry(Group.CATALOG, 40, "院内目录对照", "hospital-item-coverage", "list-check",
          _follows_hospitals),
    Entry(Group.LISTING, 10, "挂网申请", "application-list", "clipboard-list", has_applications,
          often=_prices),
    Entry(Group.LISTING, 20, "挂网公示", "publicity-list", "flag"),
    Entry(Group.LISTING, 30, "注册证", "registration-papers", "file-certificate"),
    Entry(Group.LISTING, 40, "挂网产品", "listing-list", "clipboard-check"),
    Entry(Group.LISTING, 50, "短缺清单", "shortage-list", "list-check", _buys_or_prices),
    Entry(Group.PRICES, 60, "最高挂网价", "maximum-price-list", "report-analytics", _prices),
    Entry(Group.PRICES, 70, "红黄标标准", "price-multiples", "alert-triangle", _prices),
    Entry(Group.PRICES, 80, "差比价计算", "price-ratio", "scale", _prices),
    Entry(Group.PRICES, 90, "价格函询", "inquiry-list", "message-report", _prices),
    Entry(Group.PRICES, 95, "医疗服务价格", "service-items", "scale", _services),
    Entry(Group.BATCHES, 10, "采购批次", "batch-list", "stack-2"),
    Entry(Group.BATCHES, 20, "批次编制", "batch-drafts", "edit", _province_office),
    Entry(Group.BATCHES, 30, "可替代药品与折算", "editions", "scale"),
    Entry(Group.QUALITY, 10, "质量报告", "quality-reports", "shield-check", often=_regulator),
    Entry(Group.QUALITY, 20, "监督检查", "inspections", "clipboard-check", _follows_quality,
          often=_regulator),
    Entry(Group.QUALITY, 30, "抽检结果", "samplings", "report-analytics", _follows_quality,
          often=_regulator),
    Entry(Group.QUALITY, 40, "暂停使用", "quality-holds", "alert-octagon"),
)  # fmt: skip
