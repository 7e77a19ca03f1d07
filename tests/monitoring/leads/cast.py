"""A province with one city, its bureau's people, hospitals that order, and what is selected there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from core.workdays.deadlines import SHANGHAI, shanghai_day
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from procurement.models import Order, OrderLine
from tests.factories import catalog, stages
from tests.factories import organisations as people
from tests.factories.stages import Parties

NOW = datetime(2026, 4, 10, 10, tzinfo=SHANGHAI)
MARCH = date(2026, 3, 1)


def noon(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=SHANGHAI)


EARLIER = (noon(10, 5, 2025), noon(11, 5, 2025), noon(12, 5, 2025), noon(1, 5), noon(2, 5))


class Cast:
    """`chosen` is selected in the province for 2026; `beside` and `other` are of its group."""

    def __init__(self, category: str = "drug") -> None:
        county = people.county()
        assert county.parent
        assert county.parent.parent
        self.province = county.parent.parent
        self.hospitals = [people.organisation(region=county) for _ in range(5)]
        self.city_bureau = people.organisation("bureau", region=county.parent)
        self.bureau = people.organisation("bureau", region=self.province)
        self.discipline = people.organisation("discipline", region=self.province)
        self.distributor = people.organisation(
            "enterprise", is_manufacturer=False, is_distributor=True
        )
        self.group = catalog.group(category=category)
        more = {"group": self.group, "category": category}
        self.chosen, self.beside, self.other = (catalog.product(**more) for _ in range(3))
        self.part = catalog.product(category=category)
        self.batch = catalog.batch()
        catalog.agreement_year(
            batch=self.batch, year_no=1, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        catalog.selection(batch=self.batch, product=self.chosen, region=self.province)
        self.users: dict[tuple[int, tuple[str, ...]], User] = {}

    def acting(self, of: Organisation, *roles: str) -> dict[str, Any]:
        user = self.user(of, *roles)
        return {"by": user, "scope": scope_of(user, shanghai_day(NOW)), "at": NOW}

    def scope(self, of: Organisation, *roles: str) -> Scope:
        return scope_of(self.user(of, *roles), shanghai_day(NOW))

    def user(self, of: Organisation, *roles: str) -> User:
        key = (of.pk, roles)
        if key not in self.users:
            made = people.person(of, *roles)
            self.users[key] = User.objects.select_related(
                "organisation__region__parent__parent"
            ).get(pk=made.pk)
        return self.users[key]

    def parties(self, hospital: int, product: Any) -> Parties:
        return Parties(self.hospitals[hospital], product.manufacturer, self.distributor)

    def buy(
        self, hospital: int, product: Any, packs: int, at: datetime, *, price: int = 200,
        order: Order | None = None, **more: Any,
    ) -> OrderLine:  # fmt: skip
        of = self.parties(hospital, product)
        order = order or stages.order(of, sent_at=at)
        values: dict[str, Any] = {"response": "confirmed", "group": product.group} | more
        return stages.order_line(
            of, order=order, line_no=order.lines.count() + 1, product=product, packs=packs,
            unit_price=price, ordered_at=at, **values,
        )  # fmt: skip
