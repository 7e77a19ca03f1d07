"""The day has come: what was approved becomes the catalogue's own, or it is said why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from catalog.models import Group, ListedPrice, Listing, Product, ProductApplication
from catalog.operations.applications.moving import ask, hold_until, move, note, tell
from catalog.operations.applications.price_bounds import check_price
from catalog.operations.hospital_items.review import review_products
from catalog.operations.listings import list_product, withdraw_listing
from catalog.operations.prices import set_listed_price
from catalog.operations.registrations import cover_products, record_registration
from catalog.queries.application_offices import deadline_of
from catalog.queries.application_target import paper_of
from catalog.queries.applications import OBJECT_TYPE
from catalog.queries.registrations import covers
from catalog.rules.applications.review import REVIEW_DAYS
from core.audit.record import SystemActor, record
from core.operations import operation
from core.pinyin import spell
from core.transitions import Refusal, TransitionRefused
from core.workdays.deadlines import shanghai_day

CLOCK = SystemActor(audit_name="定时任务")
Values = dict[str, str]


@operation
def take_effect(*, application: ProductApplication, at: datetime) -> ProductApplication:
    """Carry an approved application into the catalogue. All of it, or nothing.

    What stands in the way by now (a code that was taken, a later version of the paper) is written
    down, and the office that approved has to mend it: the application stays approved.
    """
    try:
        # A savepoint: what could not be carried out leaves nothing.
        with transaction.atomic():
            row = move("take_effect", application, by=CLOCK, at=at, scope=None)
            values = dict(row.items.values_list("field", "after"))
            _APPLY[row.kind](row, values, shanghai_day(at), at)
            if row.product_id is not None:
                # Hospitals that mapped the product as it was are asked to look again.
                review_products(product_ids=[row.product_id], at=at)
            row.effect_problem = ""
            hold_until(row, None, office=None, at=at)
            note(row, "take_effect", by=CLOCK, at=at)
            tell(row, "已生效", at)
    except (Refusal, IntegrityError) as error:
        reason = error.reason if isinstance(error, Refusal) else "与目录中现有的登记冲突"
        return _could_not(application, reason, at)
    return row


def _could_not(application: ProductApplication, reason: str, at: datetime) -> ProductApplication:
    row = ProductApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if row.state != ProductApplication.State.APPROVED:
        return row
    new = row.effect_problem != reason
    row.effect_problem = reason
    row.save(update_fields=["effect_problem"])
    if new:
        note(row, "effect_problem", by=CLOCK, at=at, text=reason, label="未能生效")
        record(
            by=CLOCK, at=at, action="product_application.effect_problem", object_type=OBJECT_TYPE,
            object_key=row.pk, object_label=row.application_no, reason=reason,
        )  # fmt: skip
    if row.office_id is not None:
        due = deadline_of(row.province, REVIEW_DAYS, at)
        ask(row, row.office_id, "review_application", "未能生效，请退回补正", due, at)
    return row


def _new_product(row: ProductApplication, values: Values, day: date, at: datetime) -> None:
    if Product.objects.filter(code=values["code"]).exists():
        raise TransitionRefused(f"编码 {values['code']} 已在目录中：请退回企业核对")
    group = Group.objects.filter(code=values["group"]).first() if values["group"] else None
    if values["group"] and group is None:
        raise TransitionRefused(f"没有品种 {values['group']}：请退回企业核对品种代码")
    if group is not None and group.category != values["category"]:
        raise TransitionRefused(f"品种 {group.name} 的类别与产品不同：请退回企业核对")
    spelling = spell(values["name"])
    product = Product.objects.create(
        code=values["code"], name=values["name"], group=group, manufacturer=row.organisation,
        category=values["category"], specification=values["specification"],
        pack_unit=values["pack_unit"], pinyin=spelling.pinyin, initials=spelling.initials,
        base_units_per_pack=Decimal(values["base_units_per_pack"]),
    )  # fmt: skip
    row.product = product
    row.save(update_fields=["product"])
    record(
        by=CLOCK, at=at, action="product.create", object_type="product", object_key=product.code,
        object_label=str(product), detail={"application": row.application_no},
    )  # fmt: skip
    _record_paper(row, values, [product], day, at)
    list_product(
        product=product, by=CLOCK, at=at, listed_on=day, clause=f"申请 {row.application_no}"
    )
    _set_price(row, values, day, at)


def _renewal(row: ProductApplication, values: Values, day: date, at: datetime) -> None:
    """All products of the paper that it replaces are covered by the new one."""
    product = _product(row)
    before = paper_of(product, day)
    products = [product]
    if before is not None:
        products = list(
            Product.objects.filter(
                covers(day, "registration_links__"),
                registration_links__registration=before.registration,
            )
        )
    _record_paper(row, values, products, day, at)


def _registration_change(row: ProductApplication, values: Values, day: date, at: datetime) -> None:
    before = paper_of(_product(row), day)
    if before is None:
        raise TransitionRefused("本产品现在没有登记的注册证：请退回企业，以换证申请登记")
    number = {"registration_number": before.registration.number}
    _record_paper(row, values | number, [], day, at)


def _specification(row: ProductApplication, values: Values, day: date, at: datetime) -> None:
    product = Product.objects.select_for_update().get(pk=_product(row).pk)
    before = {name: getattr(product, name) for name in ("name", "specification", "pack_unit")}
    spelling = spell(values["name"])
    product.name, product.specification = values["name"], values["specification"]
    product.pack_unit = values["pack_unit"]
    product.pinyin, product.initials = spelling.pinyin, spelling.initials
    product.save(update_fields=["name", "specification", "pack_unit", "pinyin", "initials"])
    _note_change(row, product, before, at)


def _code(row: ProductApplication, values: Values, day: date, at: datetime) -> None:
    if Product.objects.filter(code=values["code"]).exists():
        raise TransitionRefused(f"编码 {values['code']} 已在目录中：请退回企业核对")
    product = Product.objects.select_for_update().get(pk=_product(row).pk)
    before = {"code": product.code}
    product.code = values["code"]
    product.save(update_fields=["code"])
    _note_change(row, product, before, at)


def _withdrawal(row: ProductApplication, values: Values, day: date, at: datetime) -> None:
    listing = Listing.objects.filter(product=_product(row)).first()
    if listing is None or listing.state == Listing.State.WITHDRAWN:
        raise TransitionRefused("该产品已不在挂网：请退回企业撤回申请")
    withdraw_listing(
        listing=listing, reason_code="enterprise", by=CLOCK, at=at,
        reason=f"生产企业申请撤网（{row.application_no}），最后供货日期 {values['stop_supply_on']}",
    )  # fmt: skip


def _set_price(row: ProductApplication, values: Values, day: date, at: datetime) -> None:
    check_price(row, day)
    linked = row.kind == "linked_price"
    source = f"联动{values['linked_province']}（申请 {row.application_no}）" if linked else (
        f"申请 {row.application_no}"
    )  # fmt: skip
    set_listed_price(
        product=_product(row), price=Decimal(values["price"]), valid_from=day, source=source,
        by=CLOCK, at=at, kind=ListedPrice.Kind.APPLICATION, clause=row.get_kind_display(),
    )  # fmt: skip


def _record_paper(
    row: ProductApplication, values: Values, products: list[Product], day: date, at: datetime
) -> None:
    category = values.get("category") or _product(row).category
    version = record_registration(
        number=values["registration_number"], manufacturer=row.organisation,
        kind="drug_approval" if category == "drug" else "device_registration",
        holder=values["holder"], issued_on=date.fromisoformat(values["issued_on"]),
        expires_on=date.fromisoformat(values["expires_on"]), scope_text=values["scope"],
        valid_from=day, source=f"申请 {row.application_no}", by=CLOCK, at=at,
    )  # fmt: skip
    if products:
        cover_products(
            registration=version.registration, products=products, valid_from=day, by=CLOCK, at=at
        )


def _note_change(
    row: ProductApplication, product: Product, before: dict[str, str], at: datetime
) -> None:
    after = {name: getattr(product, name) for name in before}
    record(
        by=CLOCK, at=at, action="product.change", object_type="product", object_key=product.code,
        object_label=str(product),
        detail={"before": before, "after": after, "application": row.application_no},
    )  # fmt: skip


def _product(row: ProductApplication) -> Product:
    if row.product is None:
        raise TransitionRefused("申请没有对应的产品")
    return row.product


_APPLY: dict[str, Callable[[ProductApplication, Values, date, datetime], None]] = {
    "new_product": _new_product,
    "renewal": _renewal,
    "registration_change": _registration_change,
    "specification": _specification,
    "code": _code,
    "withdrawal": _withdrawal,
    "price": _set_price,
    "linked_price": _set_price,
}
