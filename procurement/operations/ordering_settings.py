"""What an institution keeps for its ordering: receiving places, the amount for approval, templates."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import Cart, OrderingSetting, OrderTemplate, ReceivingPlace
from procurement.queries.ordering import may_order

PLACE_FIELDS = ("name", "address", "contact", "phone", "hours", "is_default", "is_open")
PLACE_WORDS = {
    field.name: str(field.verbose_name)
    for field in ReceivingPlace._meta.fields
    if field.name in PLACE_FIELDS
}
KEEPERS = ("clerk", "reviewer", "leader", "storekeeper", "admin")


def may_keep_places(scope: Scope) -> bool:
    return scope.is_business and scope.kind == "institution" and scope.has_role(*KEEPERS)


@operation
def save_place(
    *,
    place: ReceivingPlace | None,
    values: dict[str, Any],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ReceivingPlace:
    """Add a receiving place of the own institution, or change it; orders that were sent stay.

    The default one takes the place of the default before. Raises NotYours, StaleVersion,
    MissingInput for a name that is taken or a closed default.
    """
    if not may_keep_places(scope):
        raise NotYours("收货地点由本机构的经办、库管、审核人员或管理员维护")
    own = ReceivingPlace.objects.select_for_update().filter(institution=scope.organisation_id)
    held = {row.pk: row for row in own.order_by("pk")}
    if place is not None and place.pk not in held:
        raise NotYours("只能修改本机构的收货地点")
    row = held[place.pk] if place is not None else None
    if row is not None and seen_version is not None and row.row_version != seen_version:
        raise StaleVersion(f"收货地点已由{row.changed_by_name}修改，请刷新后再改")
    if any(o.name == values["name"] and o is not row for o in held.values()):
        raise MissingInput("name", "已有同名的收货地点，请换一个名称")
    if values["is_default"] and not values["is_open"]:
        raise MissingInput("is_open", "默认的收货地点不能停用：请先把别的设为默认")
    if row is None:
        stamps: dict[str, Any] = stamps_of(by.organisation)
        row = ReceivingPlace(**stamps, row_version=0)
    if values["is_default"]:
        own.exclude(pk=row.pk).filter(is_default=True).update(is_default=False)
    changed = [PLACE_WORDS[n] for n in PLACE_FIELDS if getattr(row, n) != values[n]]
    for name in PLACE_FIELDS:
        setattr(row, name, values[name])
    row.changed_at, row.changed_by_id, row.changed_by_name = at, by.audit_id, by.audit_name
    row.row_version += 1
    row.save()
    # The trail is kept for ever and read by the auditor: no name, phone or words of the place in it.
    record(
        by=by, at=at, action="receiving_place.save", object_type="receiving_place",
        object_key=row.pk, object_label=f"收货地点 {row.pk}",
        detail={
            "changed": changed, "is_default": values["is_default"], "is_open": values["is_open"],
            "version": row.row_version,
        },
    )  # fmt: skip
    return row


@operation
def set_approval(
    *, approval_over: Decimal | None, by: User, scope: Scope, at: datetime
) -> OrderingSetting:
    """The institution's 管理员 sets the amount over which somebody else approves; None: never."""
    if scope.kind != "institution" or not scope.has_role("admin"):
        raise NotYours("下单设置由本机构管理员修改")
    if approval_over is not None and approval_over < 0:
        raise MissingInput("approval_over", "金额不能小于 0")
    row, _ = OrderingSetting.objects.update_or_create(
        institution_id=scope.organisation_id,
        defaults={
            "approval_over": approval_over, "changed_at": at, "changed_by_id": by.audit_id,
            "changed_by_name": by.audit_name,
        },
    )  # fmt: skip
    record(
        by=by, at=at, action="ordering_setting.set", object_type="ordering_setting",
        object_key=row.pk, object_label=by.organisation.name,
        detail={"approval_over": None if approval_over is None else f"{approval_over:f}"},
    )  # fmt: skip
    return row


@operation
def save_template(*, cart: Cart, name: str, by: User, scope: Scope, at: datetime) -> OrderTemplate:
    """Keep the own lines of a cart as a template; one of the same name is replaced."""
    if not may_order(scope) or cart.institution_id != scope.organisation_id:
        raise NotYours("采购模板由本机构的经办、审核人员或负责人保存")
    words = name.strip()
    rows = [
        {"product": code, "packs": f"{packs.normalize():f}"}
        for code, packs in cart.lines.filter(institution=cart.institution_id).values_list(
            "product__code", "packs"
        )
    ]
    if not words or len(words) > 60:
        raise MissingInput("name", "请填写模板名称，至多 60 个字")
    if not rows:
        raise MissingInput("name", "采购车是空的，没有可保存的内容")
    stamps: dict[str, Any] = stamps_of(by.organisation)
    changed = {
        "rows": rows, "changed_at": at, "changed_by_id": by.audit_id,
        "changed_by_name": by.audit_name,
    }  # fmt: skip
    row, _ = OrderTemplate.objects.update_or_create(
        institution_id=scope.organisation_id, name=words, is_open=True,
        defaults=changed,
        create_defaults={
            **stamps, **changed, "name": words,
            "template_no": f"MB{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
        },
    )  # fmt: skip
    record(
        by=by, at=at, action="order_template.save", object_type="order_template",
        object_key=row.pk, object_label=row.name, detail={"rows": len(rows)},
    )  # fmt: skip
    return row


@operation
def change_template(
    *,
    template: OrderTemplate,
    by: User,
    scope: Scope,
    at: datetime,
    name: str | None = None,
    is_open: bool | None = None,
    seen_version: int | None = None,
) -> OrderTemplate:
    """Rename a template of the own institution, or close it (it stays readable); None leaves it.

    Raises NotYours, StaleVersion, MissingInput for a name that is empty, too long or taken.
    """
    if not may_order(scope) or template.institution_id != scope.organisation_id:
        raise NotYours("采购模板由本机构的经办、审核人员或负责人维护")
    row = OrderTemplate.objects.select_for_update().get(pk=template.pk)
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion(f"采购模板已由{row.changed_by_name}修改，请刷新后再改")
    words = row.name if name is None else name.strip()
    kept = row.is_open if is_open is None else is_open
    if not words or len(words) > 60:
        raise MissingInput("name", "请填写模板名称，至多 60 个字")
    others = OrderTemplate.objects.filter(institution=row.institution_id, name=words, is_open=True)
    if kept and others.exclude(pk=row.pk).exists():
        raise MissingInput("name", "已有同名的采购模板，请换一个名称")
    if (words, kept) == (row.name, row.is_open):
        return row
    was = row.name
    row.name, row.is_open = words, kept
    row.changed_at, row.changed_by_id, row.changed_by_name = at, by.audit_id, by.audit_name
    row.row_version += 1
    row.save(
        update_fields=[
            "name", "is_open", "changed_at", "changed_by_id", "changed_by_name", "row_version",
        ]
    )  # fmt: skip
    record(
        by=by, at=at, action="order_template.change", object_type="order_template",
        object_key=row.pk, object_label=row.name,
        detail={"was": was, "name": row.name, "is_open": row.is_open},
    )  # fmt: skip
    return row
