"""A person says that a doubtful mapping is right as it is, and why."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from catalog.models import HospitalItem, ItemMapping
from catalog.operations.hospital_items.put import OBJECT_TYPE, keeper_of
from catalog.operations.hospital_items.review import review_doubts
from catalog.rules.hospital_item import may_confirm
from catalog.states.hospital_item import Basis, Doubt, ItemStanding
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from organisations.models import User
from organisations.queries.scope import Scope

LEAST_NOTE = 2


@operation
def confirm_mapping(
    *,
    item: HospitalItem,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> HospitalItem:
    """The mapping ends and begins again today with the product as it now is, its doubts settled.

    What was ordered under it before keeps what it was. Raises NotYours, MissingInput, StaleVersion
    or TransitionRefused (a withdrawn product is not settled by a word).
    """
    if item.institution_id != keeper_of(scope, by).pk:
        raise NotYours("只能核对本机构的院内目录")
    if len(note.strip()) < LEAST_NOTE:
        raise MissingInput("note", "请写明核对的结论，如“同一规格，院内按片计”")
    row = HospitalItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion(f"{row.changed_by_name}刚刚改过这个项目，请刷新后再核对")
    mapping = (
        ItemMapping.objects.select_for_update(of=("self",))
        .select_related("product")
        .filter(item=row, valid_to__isnull=True)
        .first()
    )
    verdict = may_confirm(standing=row.standing, doubts=mapping.doubts if mapping else ())
    if not verdict:
        raise TransitionRefused(verdict.reason)
    assert mapping is not None
    settled = sorted({*mapping.confirmed, *mapping.doubts})
    _begin_again(mapping, settled, note.strip(), by, at)
    row.standing = ItemStanding.MAPPED
    row.changed_at, row.changed_by_id, row.changed_by_name = at, by.audit_id, by.audit_name
    row.row_version += 1
    row.save(
        update_fields=["standing", "changed_at", "changed_by_id", "changed_by_name", "row_version"]
    )
    review_doubts(institution_ids=[row.institution_id], product_ids=[mapping.product_id], at=at)
    row.refresh_from_db()
    record(
        by=by, at=at, action="hospital_item.confirm", object_type=OBJECT_TYPE,
        object_key=f"{by.organisation.code}/{row.his_code}", object_label=str(row), reason=note.strip(),
        detail={"doubts": [Doubt(each).label for each in mapping.doubts],
                "product": mapping.product.code},
    )  # fmt: skip
    return row


def _begin_again(
    mapping: ItemMapping, settled: list[str], note: str, by: User, at: datetime
) -> None:
    """From today, or from its own first day where that is still to come."""
    day = max(timezone.localdate(at), mapping.valid_from)
    ItemMapping.objects.filter(pk=mapping.pk).update(
        valid_to=day, ended_at=at, ended_by_name=by.audit_name
    )
    product = mapping.product
    ItemMapping.objects.create(
        item_id=mapping.item_id, product=product, units_per_pack=mapping.units_per_pack,
        valid_from=day, product_code=product.code, product_name=product.name,
        product_specification=product.specification,
        product_base_units=product.base_units_per_pack, basis=Basis.CONFIRMED, confirmed=settled,
        note=note[:200], set_at=at, set_by_id=by.audit_id, set_by_name=by.audit_name,
    )  # fmt: skip
