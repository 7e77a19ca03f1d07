"""A hospital in its pool, a manufacturer with two products, three distributors, the bureaus."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from catalog.models import AgreementYear
from core.workdays.deadlines import SHANGHAI
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from policy.models import Policy
from tests.days import morning, today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories.stages import Parties


class Trade:
    """Policy 江西 2019 allows one distributor per product and pool; 2026 sets no limit."""

    def __init__(self, policy: str = "jiangxi-2019") -> None:
        self.county = people.county()
        city = self.county.parent
        assert city and city.parent
        self.city, self.province = city, city.parent
        self.pool = people.pool(self.city)
        self.a = self.hospital("甲医院")
        self.b = self.hospital("乙医院")
        self.bureau = people.organisation("bureau", region=self.province)
        self.city_bureau = people.organisation("bureau", region=self.city)
        self.county_bureau = people.organisation("bureau", region=self.county)
        self.maker = people.organisation("enterprise", name="中选企业")
        self.d1, self.d2, self.d3 = (self.carrier(name) for name in ("配送一", "配送二", "配送三"))
        self.batch = make.batch(
            policy=Policy.objects.get(code=policy), effective_on=today() + timedelta(days=10),
            ends_on=today() + timedelta(days=739),
        )  # fmt: skip
        self.years = [
            AgreementYear.objects.create(
                batch=self.batch, year_no=year,
                starts_on=self.batch.effective_on + timedelta(days=365 * (year - 1)),
                ends_on=self.batch.effective_on + timedelta(days=365 * year - 1),
            )
            for year in (1, 2)
        ]  # fmt: skip
        self.product, self.other = (
            make.product(manufacturer=self.maker, name=name) for name in ("缬沙坦", "氨氯地平")
        )
        for product in (self.product, self.other):
            make.selection(batch=self.batch, product=product, region=self.province, price="12.5")
        self._people: dict[tuple[int, str], User] = {}

    def hospital(self, name: str) -> Organisation:
        return people.organisation(name=name, region=self.county, pool=self.pool)

    def carrier(self, name: str) -> Organisation:
        return people.organisation(
            "enterprise", name=name, is_manufacturer=False, is_distributor=True
        )

    def parties(self, hospital: Organisation | None = None) -> Parties:
        return Parties(hospital or self.a, self.maker, self.d1)

    def user(self, of: Organisation, role: str = "leader") -> User:
        key = (of.pk, role)
        if key not in self._people:
            made = people.person(of, role)
            rows = User.objects.select_related("organisation__region__parent__parent")
            self._people[key] = rows.get(pk=made.pk)
        return self._people[key]

    def scope(self, of: Organisation, role: str = "leader", on: date | None = None) -> Scope:
        return scope_of(self.user(of, role), on or today())

    def acting(
        self, of: Organisation, role: str = "leader", at: datetime | None = None
    ) -> dict[str, Any]:
        at = at or morning()
        day = at.astimezone(SHANGHAI).date()
        return {"by": self.user(of, role), "scope": self.scope(of, role, day), "at": at}
