"""A person accepts suggested products for unmapped items, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.models import HospitalItem
from catalog.operations.hospital_items.put import Written, keeper_of, put_items
from catalog.operations.hospital_items.rows import RowProblem
from catalog.states.hospital_item import Basis, ItemStanding
from core.operations import operation
from core.transitions import MissingInput
from organisations.models import User
from organisations.queries.scope import Scope

MOST_ACCEPTED = 200


@dataclass(frozen=True)
class Chosen:
    """One row that the person ticked: which product, and the conversion as typed."""

    his_code: str
    product_code: str
    units_per_pack: str


@operation
def accept_suggestions(
    *, chosen: Sequence[Chosen], by: User, scope: Scope, at: datetime
) -> Written:
    """Map these items from today; what was mapped or stopped meanwhile is left and said so.

    Rows that are wrong (no conversion, a product that is gone) are given back, the others written.
    """
    if not chosen:
        raise MissingInput("chosen", "没有勾选任何一行，没有写入")
    if len(chosen) > MOST_ACCEPTED:
        raise MissingInput("chosen", f"一次最多采纳 {MOST_ACCEPTED} 行")
    institution = keeper_of(scope, by)
    items = {
        item.his_code: item
        for item in HospitalItem.objects.filter(
            institution=institution, his_code__in=[each.his_code for each in chosen]
        )
    }
    raws, left = [], []
    for place, each in enumerate(chosen, start=1):
        item = items.get(each.his_code)
        if item is None:
            left.append(RowProblem(place, "his_code", each.his_code, "没有这个院内编码"))
        elif item.standing != ItemStanding.UNMAPPED:
            said = f"已由{item.changed_by_name}办理（{item.get_standing_display()}），没有改动"
            left.append(RowProblem(place, "his_code", each.his_code, said))
        else:
            raws.append((place, _raw(item, each)))
    written = put_items(
        raws=raws, basis=Basis.SUGGESTION, all_or_nothing=False, by=by, scope=scope, at=at
    )
    return Written(written.rows, [*left, *written.problems], written.counts)


def _raw(item: HospitalItem, chosen: Chosen) -> dict[str, str]:
    return {
        "his_code": item.his_code, "name": item.name, "specification": item.specification,
        "unit": item.unit, "manufacturer_name": item.manufacturer_name,
        "product_code": chosen.product_code, "units_per_pack": chosen.units_per_pack,
    }  # fmt: skip
