"""Complaints of the demonstration in every state, and the contacts of the demo organisations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from catalog.queries.application_offices import bureau_of
from complaints.models import Complaint, ComplaintCase, LiaisonContact
from complaints.operations.bureau import close_complaint, escalate, supervise
from complaints.operations.contacts import name_contact
from complaints.operations.file_complaint import NewComplaint, file_complaint
from complaints.operations.follow import follow_complaints
from complaints.operations.moves import (
    claim_solved,
    confirm_solved,
    refuse_solved,
    reply_complaint,
    withdraw_complaint,
)
from complaints.operations.thread import say
from core.audit.record import Actor
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from procurement.models import OrderLine

NAMES = ("hospital", "manufacturer", "distributor", "county", "city", "province")
CONTACTS = {
    "hospital": ("李文", "药剂科采购员", "0790-60010001"),
    "manufacturer": ("周敏", "商务经理", "0790-60010002"),
    "distributor": ("吴刚", "配送调度", "0790-60010003"),
    "county": ("郑华", "待遇保障股", "0790-60010004"),
    "city": ("孙丽", "医药价格科", "0790-60010005"),
}
"""Made-up names and numbers."""


@operation
def create_demo_complaints(*, by: Actor, at: datetime) -> bool:
    """By the steps that the demo people take; a second start finds everything there."""
    if ComplaintCase.objects.exists():
        return False
    follow_complaints(by=by, at=at)
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=NAMES
        )
    }
    for username, (name, post, phone) in CONTACTS.items():
        user = people.get(username)
        if (
            user is not None
            and not LiaisonContact.objects.filter(organisation=user.organisation_id).exists()
        ):
            name_contact(name=name, post=post, phone=phone, by=user, scope=_scope(user, at), at=at)
    if {"hospital", "manufacturer", "distributor"} <= people.keys():
        _Story(people, at).tell()
    return True


class _Story:
    """Complaints of the demo hospital about lines of the demo suppliers, a week of steps."""

    def __init__(self, people: dict[str, User], at: datetime) -> None:
        self.people, self.at = people, at
        hospital = people["hospital"].organisation_id
        rows = (
            OrderLine.objects.filter(institution=hospital, ordered_at__gte=at - timedelta(days=366))
            .select_related("order", "product")
            .order_by("-ordered_at", "pk")
        )
        self.by_maker = list(rows.filter(manufacturer=people["manufacturer"].organisation_id)[:8])
        self.by_carrier = list(rows.filter(distributor=people["distributor"].organisation_id)[:8])

    def tell(self) -> None:
        if self.by_maker:
            self._with_maker()
        if self.by_carrier:
            self._with_carrier()

    def _with_maker(self) -> None:
        self._file("hospital", self.by_maker, 0, 1, "shortage", "连续两周缺货，影响门诊用药")
        row = self._file("hospital", self.by_maker, 1, 3, "packaging", "外包装破损，标签脱落")
        self._reply(row, "manufacturer", 2, "更换破损包装，明天发出")
        row = self._file("hospital", self.by_maker, 2, 6, "unclear_lot", "批号喷码模糊，无法核对")
        self._reply(row, "manufacturer", 5, "整批更换")
        claim_solved(complaint=row, solution="已更换并送达", **self._by("manufacturer", 2))
        row = self._file(
            "hospital", self.by_maker, 3, 4, "pre_price_lower",
            "集采前合同价低于中选价，见采购合同", price=True,
        )  # fmt: skip
        city = self.people.get("city")
        if city is not None and city.organisation.region_id == row.city_id:
            say(complaint=row, text="请补充集采前三个月的发票", **self._by("city", 2))

    def _with_carrier(self) -> None:
        row = self._file("hospital", self.by_carrier, 0, 9, "late_delivery", "超过 72 小时没有送到")
        self._reply(row, "distributor", 8, "车辆故障，改用备用车辆")
        claim_solved(complaint=row, solution="已送到", **self._by("distributor", 7))
        refuse_solved(complaint=row, refusal="数量不足，还差两件", **self._by("hospital", 6))
        if self._handles(row):
            supervise(complaint=row, text="两个工作日内补齐", **self._by("county", 5))
        row = self._file("hospital", self.by_carrier, 1, 12, "late_delivery", "连续三单迟到")
        self._reply(row, "distributor", 11, "增加配送班次")
        claim_solved(complaint=row, solution="本周均按时送达", **self._by("distributor", 8))
        confirm_solved(complaint=row, **self._by("hospital", 7))
        row = self._file("hospital", self.by_carrier, 2, 15, "late_delivery", "订单迟到五天")
        self._reply(row, "distributor", 14, "已安排")
        claim_solved(complaint=row, solution="已送到", **self._by("distributor", 13))
        confirm_solved(complaint=row, **self._by("hospital", 12))
        if self._handles(row):
            close_complaint(complaint=row, conclusion="已核实送达", **self._by("county", 11))
        row = self._file("hospital", self.by_carrier, 3, 8, "selective_delivery", "偏远院区不配送")
        if self._handles(row):
            escalate(complaint=row, text="县级协调两次无果", **self._by("county", 3))
        row = self._file("hospital", self.by_carrier, 4, 2, "other", "误点")
        withdraw_complaint(complaint=row, withdrawal="误报，已当面解决", **self._by("hospital", 1))
        self._file("distributor", self.by_carrier, 5, 1, "not_received", "送达五天未收货确认")

    def _file(
        self,
        who: str,
        lines: list[OrderLine],
        number: int,
        days: int,
        category: str,
        text: str,
        *,
        price: bool = False,
    ) -> Complaint:
        line = lines[number % len(lines)]
        listed = line.product.listed_price
        prior = (listed or Decimal(2)) * Decimal("0.8") if price else None
        new = NewComplaint(
            category=category, content=text, order_no=line.order.order_no, line_no=line.line_no,
            prior_price=prior.quantize(Decimal("0.01")) if prior else None,
        )  # fmt: skip
        return file_complaint(new=new, **self._by(who, days))

    def _reply(self, row: Complaint, who: str, days: int, text: str) -> None:
        promised = self._day(days) + timedelta(days=1)
        reply_complaint(complaint=row, reply=text, promised_on=promised, **self._by(who, days))

    def _handles(self, row: Complaint) -> bool:
        """Whether the demo county is the hospital's own."""
        county = self.people.get("county")
        bureau = bureau_of(row.county)
        return county is not None and bureau is not None and bureau.pk == county.organisation_id

    def _by(self, who: str, days: int) -> dict[str, Any]:
        at = self.at - timedelta(days=days)
        return {"by": self.people[who], "scope": _scope(self.people[who], at), "at": at}

    def _day(self, days: int) -> date:
        return shanghai_day(self.at - timedelta(days=days))


def _scope(user: User, at: datetime) -> Scope:
    return scope_of(user, shanghai_day(at))
