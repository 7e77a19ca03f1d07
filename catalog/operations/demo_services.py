"""Service prices of the demonstration: tests whose reagents became cheaper, injections and their needles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.models import Group, ListedPrice, Selection, ServiceItem
from catalog.operations.service_candidates import (
    adjust_service,
    evaluate_candidate,
    list_candidates,
)
from catalog.operations.service_eligibility import enter_eligibility
from catalog.operations.services import save_service_item, set_service_price, tie_consumable
from catalog.queries.in_force import holds_on
from core.operations import operation
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of

LONG = date(2020, 1, 1)
SAID = "演示：医疗服务价格目录"
PUBLISHED = "演示：周边和全国价格监测，2026-06-30 公布"
BEFORE = 4
"""How many times the selected price the demonstration's consumables cost before their batch."""


@dataclass(frozen=True)
class Service:
    """One item with its consumable, price, and both medians; of the province or of a city."""

    code: str
    name: str
    category: str
    group: str
    way: str
    quantity: str
    price: str
    neighbours: str
    national: str
    keeper: str


SERVICES = (
    Service("250305007", "血清丙氨酸氨基转移酶测定", "laboratory", "HC027", "included", "0.3",
            "6", "5.5", "5", "province"),
    Service("250305001", "血清总胆红素测定", "laboratory", "HC028", "included", "0.3",
            "5", "5", "4.8", "province"),
    Service("250301002", "血清白蛋白测定", "laboratory", "HC029", "included", "0.25",
            "4.5", "4.5", "5", "province"),
    Service("120400006", "静脉输液", "treatment", "HC030", "separate", "1",
            "8", "9", "8.5", "city"),
    Service("120400010", "静脉穿刺置管术", "surgery", "HC031", "separate", "1",
            "25", "30", "32", "city"),
    Service("120400001", "肌肉注射", "treatment", "HC032", "included", "1",
            "3", "3", "3.2", "city"),
)  # fmt: skip


@operation
def create_demo_services(*, at: datetime) -> bool:
    """By the steps that the demo people take themselves; a second start finds everything there."""
    rows = User.objects.select_related("organisation__region__parent")
    people = {user.username: user for user in rows.filter(username__in=("province", "city"))}
    hospital = User.objects.filter(username="hospital").select_related("organisation").first()
    if len(people) < 2 or hospital is None or ServiceItem.objects.exists():
        return False
    today = timezone.localdate(at)
    scopes = {name: scope_of(user, today) for name, user in people.items()}
    groups = Group.objects.filter(code__in=[each.group for each in SERVICES])
    by_code = {group.code: group for group in groups}
    for each in SERVICES:
        if each.group in by_code:
            _enter(each, by_code[each.group], people, scopes, at)
    _price_before(list(by_code.values()), today)
    _assess(hospital.organisation, people["city"], scopes["city"], at)
    for name, user in people.items():
        _work_off(user, scopes[name], at)
    return True


def _enter(
    each: Service, group: Group, people: dict[str, User], scopes: dict[str, Scope], at: datetime
) -> None:
    officer, scope = people["province"], scopes["province"]
    item = save_service_item(
        code=each.code, name=each.name, unit="次", category=each.category, by=officer, scope=scope,
        at=at,
    )  # fmt: skip
    tie_consumable(
        item=item, group=group, way=each.way, quantity=Decimal(each.quantity), valid_from=LONG,
        clause=SAID, by=officer, scope=scope, at=at,
    )  # fmt: skip
    medians = (("neighbours", each.neighbours, PUBLISHED), ("national", each.national, PUBLISHED))
    for kind, price, clause in (("in_force", each.price, SAID), *medians):
        keeper = each.keeper if kind == "in_force" else "province"
        set_service_price(
            item=item, kind=kind, price=Decimal(price), valid_from=LONG, clause=clause,
            by=people[keeper], scope=scopes[keeper], at=at,
        )  # fmt: skip


def _price_before(groups: list[Group], today: date) -> None:
    """The dataset knows one price of all times: give the days before the batch what they had."""
    chosen = Selection.objects.filter(holds_on(today), role="selected", product__group__in=groups)
    for row in chosen.select_related("batch").order_by("product", "-batch__effective_on"):
        start = row.batch.effective_on
        held = ListedPrice.objects.filter(product=row.product_id, valid_from__lt=start).order_by(
            "-valid_from"
        )
        first = held.first()
        if first is None or first.source.startswith("演示"):
            continue
        old, first.valid_from = first.valid_from, start
        first.save(update_fields=["valid_from"])
        ListedPrice.objects.create(
            product_id=row.product_id, price=row.price * BEFORE, valid_from=old, valid_to=start,
            source="演示：集采前挂网价",
        )  # fmt: skip


def _assess(hospital: Organisation, city: User, scope: Scope, at: datetime) -> None:
    """The demonstration's hospital goes first, two others of its city wait."""
    today = timezone.localdate(at)
    others = Organisation.objects.filter(
        kind="institution", is_active=True, region=hospital.region
    ).exclude(pk=hospital.pk)
    plans = [(hospital, "first", Decimal("0.98"), "约定采购量完成，非中选占比达标")]
    plans += [
        (each, "deferred", Decimal("0.61"), "约定采购量未完成")
        for each in others.order_by("code")[:2]
    ]
    for institution, verdict, share, reason in plans:
        enter_eligibility(
            institution=institution, year=today.year, verdict=verdict, share=share, reason=reason,
            clause="演示：上一协议年度考核结果", valid_from=today, by=city, scope=scope, at=at,
        )  # fmt: skip


def _work_off(user: User, scope: Scope, at: datetime) -> None:
    """This year's candidates: one adjusted for those who go first, one in evaluation, others wait."""
    today = timezone.localdate(at)
    found = list_candidates(by=user, scope=scope, at=at).rows
    for place, row in enumerate(found[:2]):
        contained = row.ground == "included"
        moved = evaluate_candidate(
            candidate=row, way="dynamic" if contained else "annual",
            opinion=f"每次耗材成本由 {row.cost_before} 元变为 {row.cost_after} 元，建议调整。",
            by=user, scope=scope, at=at,
        )  # fmt: skip
        if place == 0:
            factor = Decimal("0.9") if contained else Decimal("1.1")
            adjust_service(
                candidate=moved, price=(row.price.price * factor).quantize(Decimal("0.01")),
                valid_from=today, clause="演示：调整部分医疗服务价格的通知", opinion="同意。",
                held_back=True, deferred_from=today + timedelta(days=90), by=user, scope=scope, at=at,
            )  # fmt: skip
