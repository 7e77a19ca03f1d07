"""Two hospitals, a selected product under agreement, a non-selected one of its group, carriers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from catalog.models import AgreementYear, ListedPrice, Product
from core.workdays.deadlines import SHANGHAI
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from policy.models import Policy
from procurement.operations.order_row import OrderRow
from procurement.operations.place_orders import Placed, place_orders
from tests.days import morning, today
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.contracts import delivery_relation
from tests.factories.listings import listing
from tests.factories.stages import Parties


class Market:
    """Selected at 12.5, listed at 30; the non-selected one is listed at 20 and goes by d2."""

    def __init__(self) -> None:
        self.county = people.county()
        city = self.county.parent
        assert city and city.parent
        self.city, self.province = city, city.parent
        self.pool = people.pool(self.city)
        self.a, self.b = self.hospital("甲医院"), self.hospital("乙医院")
        self.maker = people.organisation("enterprise", name="中选企业")
        self.rival = people.organisation("enterprise", name="未中选企业")
        self.d1, self.d2 = (
            people.organisation("enterprise", name=name, is_manufacturer=False, is_distributor=True)
            for name in ("配送一", "配送二")
        )
        self.batch = make.batch(
            policy=Policy.objects.get(code="jiangxi-2024"),
            effective_on=today() - timedelta(days=30), ends_on=today() + timedelta(days=335),
        )  # fmt: skip
        AgreementYear.objects.create(
            batch=self.batch, year_no=1, starts_on=self.batch.effective_on,
            ends_on=self.batch.ends_on,
        )  # fmt: skip
        self.group = make.group()
        self.selected = self.product(self.maker, "缬沙坦", "30")
        self.other = self.product(self.rival, "缬沙坦原研", "20")
        make.selection(batch=self.batch, product=self.selected, region=self.city, price="12.5")
        signed = morning() - timedelta(days=40)
        stages.agreement_line(
            Parties(self.a, self.maker, self.d1), batch=self.batch, product=self.selected,
            agreed_qty=100, price="12.5", institution_signed_at=signed,
            manufacturer_signed_at=signed, distributor_signed_at=signed,
        )  # fmt: skip
        delivery_relation(
            Parties(self.a, self.rival, self.d2), product=self.other, state="accepted"
        )
        self._people: dict[tuple[int, str], User] = {}

    def hospital(self, name: str) -> Organisation:
        return people.organisation(name=name, region=self.county, pool=self.pool)

    def product(self, maker: Organisation, name: str, price: str) -> Product:
        made = make.product(manufacturer=maker, name=name, group=self.group, base_units_per_pack=10)
        listing(product=made)
        ListedPrice.objects.create(
            product=made, price=price, valid_from=date(2026, 1, 1), source="测试"
        )
        return made

    def user(self, of: Organisation, role: str = "clerk") -> User:
        key = (of.pk, role)
        if key not in self._people:
            made = people.person(of, role)
            rows = User.objects.select_related("organisation__region__parent__parent")
            self._people[key] = rows.get(pk=made.pk)
        return self._people[key]

    def scope(self, of: Organisation, role: str = "clerk") -> Scope:
        return scope_of(self.user(of, role), today())

    def acting(
        self, of: Organisation, role: str = "clerk", at: datetime | None = None
    ) -> dict[str, Any]:
        at = at or morning()
        user = self.user(of, role)
        return {"by": user, "scope": scope_of(user, at.astimezone(SHANGHAI).date()), "at": at}

    def row(self, product: Product | None = None, packs: int = 3, **more: str) -> OrderRow:
        return OrderRow(product or self.selected, Decimal(packs), **more)

    def place(self, *rows: OrderRow, client_no: str = "YN1", **more: Any) -> Placed:
        given: dict[str, Any] = {
            "institution": self.a, "rows": rows or (self.row(),), "client_no": client_no,
            "urgent": False, "receiving_place": "药库", **self.acting(self.a),
        }  # fmt: skip
        return place_orders(**given | more)
