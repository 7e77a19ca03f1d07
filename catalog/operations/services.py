"""Keep service items, their prices and medians by region, and the consumables that go with them (S2-9)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from catalog.models import Group, Product, ServiceConsumable, ServiceItem, ServicePrice
from catalog.models.group import Category
from catalog.operations.dated_rows import make_room
from catalog.operations.prices import check_price
from catalog.queries.services import may_keep_items, may_price
from catalog.rules.service_price import may_hold_back
from catalog.states.service_candidate import ELIGIBILITY_CLAUSE, SEPARATE_CLAUSE
from core.audit.record import Actor, record
from core.operations import operation
from core.pinyin.spell import spell
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused, Verdict
from organisations.queries.scope import Scope


@operation
def save_service_item(
    *,
    code: str,
    name: str,
    unit: str,
    category: str,
    content: str = "",
    by: Actor,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ServiceItem:
    """Enter an item under its national code, or change what is said of it.

    Without `seen_version` an item of that code is taken as the newer word of the list.
    Raises NotYours, MissingInput, StaleVersion.
    """
    require(may_keep_items(scope))
    for field, text, words in (("name", name, "项目名称"), ("unit", unit, "计价单位")):
        if not text.strip():
            raise MissingInput(field, f"请填写{words}", SEPARATE_CLAUSE)
    if category not in ServiceItem.Category.values:
        raise MissingInput("category", "请选择类别", SEPARATE_CLAUSE)
    held = ServiceItem.objects.select_for_update().filter(code=code).first()
    if held is not None and seen_version is not None and held.row_version != seen_version:
        raise StaleVersion(f"该项目已由{held.set_by_name}更新，请刷新后再修改")
    spelled = spell(name.strip())
    values = {
        "name": name.strip(), "unit": unit.strip(), "category": category,
        "content": content.strip(), "pinyin": spelled.pinyin, "initials": spelled.initials,
        "set_at": at, "set_by_name": by.audit_name,
    }  # fmt: skip
    if held is None:
        held = ServiceItem.objects.create(code=code, **values)
    else:
        for field, value in values.items():
            setattr(held, field, value)
        held.row_version += 1
        held.save(update_fields=[*values, "row_version"])
    record(
        by=by, at=at, action="service_item.save", object_type="service_item", object_key=held.code,
        object_label=held.name, clause=SEPARATE_CLAUSE,
        detail={"unit": held.unit, "category": held.category},
    )  # fmt: skip
    return held


@operation
def set_service_price(
    *,
    item: ServiceItem,
    kind: str,
    price: Decimal,
    valid_from: date,
    clause: str,
    by: Actor,
    scope: Scope,
    at: datetime,
    level: str = "",
    held_back: bool = False,
    deferred_from: date | None = None,
) -> ServicePrice:
    """A price of the own region from a day on, or a median as it was published.

    A price that is already in force is followed from today on at the earliest; the first one may
    begin in the past. Raises NotYours or MissingInput naming the field.
    """
    require(may_price(scope))
    if kind not in ServicePrice.Kind.values:
        raise MissingInput("kind", "请选择现行价格、周边中位价或全国中位价", SEPARATE_CLAUSE)
    in_force = kind == ServicePrice.Kind.IN_FORCE
    if not in_force and (level or held_back or deferred_from):
        raise MissingInput("level", "中位价不分机构等级，也没有差别执行", SEPARATE_CLAUSE)
    check_price(price)
    if not clause.strip():
        raise MissingInput("clause", "请填写文件名称或中位价的来源", SEPARATE_CLAUSE)
    allowed = may_hold_back(held_back=held_back, deferred_from=deferred_from, valid_from=valid_from)
    if not allowed:
        raise MissingInput("deferred_from", allowed.reason, ELIGIBILITY_CLAUSE)
    # The item is the lock: two prices of one item come one after the other.
    ServiceItem.objects.select_for_update().get(pk=item.pk)
    rows = ServicePrice.objects.filter(item=item, region=scope.region_id, kind=kind, level=level)
    if in_force and valid_from < timezone.localdate(at) and rows.exists():
        raise MissingInput("valid_from", "起始日不能早于今天，已过去的日子保持原价格")
    assert scope.region_id is not None
    row = ServicePrice.objects.create(
        item=item, region_id=scope.region_id, kind=kind, level=level, price=price,
        valid_to=make_room(rows, valid_from), valid_from=valid_from, clause=clause.strip(),
        held_back=held_back, deferred_from=deferred_from, set_at=at, set_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="service_price.set", object_type="service_item", object_key=item.code,
        object_label=item.name, clause=row.clause,
        detail={"kind": kind, "level": level, "price": str(price), "valid_from": f"{valid_from}",
                "held_back": held_back,
                "deferred_from": f"{deferred_from}" if deferred_from else None},
    )  # fmt: skip
    return row


@operation
def tie_consumable(
    *,
    item: ServiceItem,
    way: str,
    quantity: Decimal,
    valid_from: date,
    clause: str,
    by: Actor,
    scope: Scope,
    at: datetime,
    group: Group | None = None,
    product: Product | None = None,
) -> ServiceConsumable:
    """Say that a consumable is used in a service, and whether it is charged beside its price.

    It ends what was said of the same consumable before. Raises NotYours or MissingInput.
    """
    require(may_keep_items(scope))
    if (group is None) == (product is None):
        raise MissingInput("group_code", "请填写品种或产品其中一项", SEPARATE_CLAUSE)
    subject = group or product
    assert subject is not None
    if subject.category != Category.CONSUMABLE:
        raise MissingInput("group_code", "只关联医用耗材，药品不按服务项目收费", SEPARATE_CLAUSE)
    if way not in ServiceConsumable.Way.values:
        raise MissingInput("way", "请选择项目外单独收费或项目内收费", SEPARATE_CLAUSE)
    if not quantity.is_finite() or quantity <= 0:
        raise MissingInput("quantity", "每次用量应大于 0", SEPARATE_CLAUSE)
    if not clause.strip():
        raise MissingInput("clause", "请填写依据", SEPARATE_CLAUSE)
    ServiceItem.objects.select_for_update().get(pk=item.pk)
    rows = ServiceConsumable.objects.filter(item=item, group=group, product=product)
    row = ServiceConsumable.objects.create(
        item=item, group=group, product=product, way=way, quantity=quantity,
        valid_to=make_room(rows, valid_from), valid_from=valid_from, clause=clause.strip(),
        set_at=at, set_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="service_consumable.tie", object_type="service_item",
        object_key=item.code, object_label=item.name, clause=row.clause,
        detail={"subject": subject.code, "way": way, "quantity": str(quantity),
                "valid_from": f"{valid_from}"},
    )  # fmt: skip
    return row


@operation
def untie_consumable(
    *, row: ServiceConsumable, valid_to: date, by: Actor, scope: Scope, at: datetime
) -> ServiceConsumable:
    """No longer used in the service from `valid_to` on, which may not lie in the past."""
    require(may_keep_items(scope))
    held = ServiceConsumable.objects.select_for_update(of=("self",)).get(pk=row.pk)
    today = timezone.localdate(at)
    if held.valid_to is not None and held.valid_to <= today:
        raise TransitionRefused("这项关联已经结束")
    if valid_to < max(today, held.valid_from):
        raise MissingInput("valid_to", "结束日不能早于今天，也不能早于起始日")
    held.valid_to = valid_to
    held.save(update_fields=["valid_to"])
    record(
        by=by, at=at, action="service_consumable.untie", object_type="service_item",
        object_key=held.item.code, object_label=held.item.name, clause=held.clause,
        detail={"subject": str(held.product or held.group), "valid_to": f"{valid_to}"},
    )  # fmt: skip
    return held


def require(allowed: Verdict) -> None:
    """Raises NotYours with the reason of a refusing rule."""
    if not allowed:
        raise NotYours.of(allowed)


@operation
def set_deferred_day(
    *, row: ServicePrice, deferred_from: date, by: Actor, scope: Scope, at: datetime
) -> ServicePrice:
    """From which day those who wait may charge the adjusted price too; set once, not in the past.

    Raises NotYours, MissingInput, TransitionRefused where nobody waits or the day has come.
    """
    require(may_price(scope))
    held = ServicePrice.objects.select_for_update(of=("self",)).get(pk=row.pk)
    today = timezone.localdate(at)
    if held.region_id != scope.region_id:
        raise NotYours("由该价格所属地区的医保局办理", ELIGIBILITY_CLAUSE)
    if not held.held_back or (held.deferred_from is not None and held.deferred_from <= today):
        raise TransitionRefused("该价格没有暂缓执行的机构", ELIGIBILITY_CLAUSE)
    if deferred_from < today or deferred_from <= held.valid_from:
        reason = "起始日不能早于今天，且应晚于优先执行的起始日"
        raise MissingInput("deferred_from", reason, ELIGIBILITY_CLAUSE)
    held.deferred_from = deferred_from
    held.save(update_fields=["deferred_from"])
    record(
        by=by, at=at, action="service_price.defer", object_type="service_item",
        object_key=held.item.code, object_label=held.item.name, clause=ELIGIBILITY_CLAUSE,
        detail={"deferred_from": f"{deferred_from}", "price": str(held.price)},
    )  # fmt: skip
    return held
