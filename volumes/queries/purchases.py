"""The purchases that a figure of last year's actual is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from catalog.models import Group, Product
from organisations.models import Organisation
from procurement.queries.prior_year import purchases_of_group
from volumes.models import VolumeReport
from volumes.queries.figures import institutions_of, prior_year

MOST_LINES = 500
SOURCES = {"receipt": "收货", "return": "退货", "history": "平台启用前的采购"}


@dataclass(frozen=True)
class PurchaseLine:
    """One receipt, return or month of history with its names."""

    at: datetime
    source: str
    institution: str
    product: Product
    packs: Decimal
    quantity: Decimal


@dataclass(frozen=True)
class PurchasePage:
    """A group's sum and the newest lines of it; `more` says that there are others."""

    group: Group
    total: Decimal
    lines: list[PurchaseLine]
    more: bool


def purchase_page(report: VolumeReport, group_code: str) -> PurchasePage | None:
    """None for a group that the task does not ask for."""
    asked = report.task.task_groups.select_related("group").filter(group__code=group_code).first()
    if asked is None:
        return None
    institutions = institutions_of(report)
    total = prior_year(report.task, institutions, [asked.group_id])[asked.group_id]
    found = purchases_of_group(
        institutions, asked.group_id, since=report.task.prior_from, to=report.task.prior_to,
        most=MOST_LINES + 1,
    )  # fmt: skip
    products = Product.objects.in_bulk({each.product_id for each in found})
    names = dict(Organisation.objects.filter(pk__in=institutions).values_list("pk", "name"))
    lines = [
        PurchaseLine(
            each.at, SOURCES[each.source], names[each.institution_id], products[each.product_id],
            each.packs, each.quantity,
        )
        for each in found[:MOST_LINES]
    ]  # fmt: skip
    return PurchasePage(asked.group, total, lines, len(found) > MOST_LINES)
