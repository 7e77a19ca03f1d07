"""甲医院, its suppliers, the three bureaus over it, and the steps that they take."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from catalog.models import Product
from complaints.models import Complaint, ComplaintCase
from complaints.operations.file_complaint import NewComplaint, file_complaint
from core.workdays.deadlines import SHANGHAI, shanghai_day
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from procurement.models import OrderLine
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties


def moment(text: str) -> datetime:
    """A Shanghai moment such as 2026-09-30 10:00."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


class Cast:
    def __init__(self) -> None:
        county = people.county()
        assert county.parent and county.parent.parent
        self.region, self.city_region, self.province_region = (
            county, county.parent, county.parent.parent,
        )  # fmt: skip
        self.hospital = people.organisation(name="甲医院", region=county)
        self.maker = people.organisation("enterprise", name="中选企业")
        self.carrier = people.organisation(
            "enterprise", name="配送企业", is_manufacturer=False, is_distributor=True
        )
        self.county = people.organisation("bureau", region=county)
        self.city = people.organisation("bureau", region=self.city_region)
        self.province = people.organisation("bureau", region=self.province_region)
        self.regulator = people.organisation("regulator", region=self.city_region)
        self.health = people.organisation("health_commission", region=county)
        self.stranger = people.organisation("bureau")
        self.product: Product = make.product(
            name="氯吡格雷片", manufacturer=self.maker, listed_price="5.60"
        )
        self.parties = Parties(self.hospital, self.maker, self.carrier)
        self.line: OrderLine = stages.order_line(self.parties, product=self.product)
        self.people: dict[int, User] = {}

    def clerk(self, of: Organisation) -> User:
        if of.pk not in self.people:
            made = people.person(of, "clerk")
            self.people[of.pk] = User.objects.select_related(
                "organisation__region__parent__parent"
            ).get(pk=made.pk)
        return self.people[of.pk]

    def acting(self, of: Organisation, at: datetime) -> dict[str, Any]:
        user = self.clerk(of)
        return {"by": user, "scope": scope_of(user, shanghai_day(at)), "at": at}

    def file(self, at: datetime, of: Organisation | None = None, **changes: Any) -> Complaint:
        values: dict[str, Any] = {
            "category": "late_delivery", "content": "超过三天没有送到",
            "order_no": self.line.order.order_no, "line_no": 1,
        }  # fmt: skip
        new = NewComplaint(**values | changes)
        return file_complaint(new=new, **self.acting(of or self.hospital, at))


def case(complaint: Complaint) -> ComplaintCase:
    return ComplaintCase.objects.select_related("complaint").get(complaint=complaint)
