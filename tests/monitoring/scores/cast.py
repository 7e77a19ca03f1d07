"""A province with suppliers, their monthly figures, and the people who appeal and rule."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core.audit.record import SystemActor
from core.workdays.deadlines import SHANGHAI, shanghai_day
from monitoring.models import ComputedMonth, IndicatorValue, SupplyScore
from monitoring.operations.score_month import Scored, score_months
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from tests.factories import organisations as people
from tests.factories import stages

NOW = datetime(2026, 4, 10, 10, tzinfo=SHANGHAI)
FIGURES = {
    "fulfilment": "fulfilment_rate", "complaint": "resolve_on_time_rate",
    "response": "response_rate", "on_time": "on_time_rate",
}  # fmt: skip


class Cast:
    def __init__(self) -> None:
        county = people.county()
        assert county.parent
        assert county.parent.parent
        self.region = county.parent.parent
        self.bureau = people.organisation("bureau", region=self.region)
        self.city = people.organisation("bureau", region=county.parent)
        self.maker = people.organisation("enterprise", name="中选企业")
        self.carrier = people.organisation(
            "enterprise", name="配送企业", is_manufacturer=False, is_distributor=True
        )
        self.users: dict[int, User] = {}
        self.months: set[date] = set()

    def acting(self, of: Organisation, at: datetime = NOW) -> dict[str, Any]:
        if of.pk not in self.users:
            made = people.person(of, "clerk")
            self.users[of.pk] = User.objects.select_related(
                "organisation__region__parent__parent"
            ).get(pk=made.pk)
        user = self.users[of.pk]
        return {"by": user, "scope": scope_of(user, shanghai_day(at)), "at": at}

    def figure(
        self, of: Organisation, month: date, part: str, numerator: Any, denominator: Any,
        side: str = "manufacturer",
    ) -> IndicatorValue:  # fmt: skip
        # The factory makes the month's partition; once is enough.
        make = IndicatorValue.objects.create
        if month not in self.months:
            self.months.add(month)
            make = partial(stages.indicator_value, self.bureau)
        return make(
            month=month, indicator=FIGURES[part], window="month", subject_type=side,
            subject_code=of.code, numerator=numerator, denominator=denominator, institution=None,
            county=None, city=None, pool=None, province=self.region, enterprise=of,
        )  # fmt: skip

    def month(
        self, of: Organisation, month: date, side: str = "manufacturer",
        **parts: tuple[Any, Any],
    ) -> None:  # fmt: skip
        """The figures of one month, and that it is computed."""
        for part, (numerator, denominator) in parts.items():
            self.figure(of, month, part, numerator, denominator, side)
        self.computed(month)

    def computed(self, month: date) -> None:
        if not ComputedMonth.objects.filter(month=month, province=self.region).exists():
            stages.computed_month(month=month, province=self.region)

    def score(self, *months: date, at: datetime = NOW) -> Scored:
        return score_months(months=months, by=SystemActor("测试"), at=at)

    def current(self, of: Organisation, period: str, first: date) -> SupplyScore:
        return SupplyScore.objects.select_related("enterprise", "province").get(
            enterprise=of, period=period, period_from=first, is_current=True
        )


def evidence() -> SimpleUploadedFile:
    return SimpleUploadedFile(
        "签收单.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf"
    )
