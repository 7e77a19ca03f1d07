"""One county with two hospitals, its three levels of bureaus, two groups, a task that runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from policy.models import Policy
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import reports, stages
from volumes.models import VolumeReport
from volumes.operations.review.levels import pass_report

OPENS, CLOSES = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 30, 16, tzinfo=UTC)
IN_TIME, LATE = datetime(2026, 4, 20, tzinfo=UTC), datetime(2026, 5, 20, tzinfo=UTC)


class Quiet:
    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None:
        """Nobody listens."""


class Land:
    """甲医院 and 乙医院 of one county; bureaus of county, city and province; two groups."""

    def __init__(self) -> None:
        self.county = people.county()
        city = self.county.parent
        assert city
        assert city.parent
        self.city, self.province = city, city.parent
        self.a = people.organisation(name="甲医院", region=self.county, level="secondary")
        self.b = people.organisation(name="乙卫生院", region=self.county, level="primary")
        self.offices = {
            level: people.organisation("bureau", name=f"{level}医保局", region=region)
            for level, region in
            (("county", self.county), ("city", self.city), ("province", self.province))
        }  # fmt: skip
        self.health = people.organisation("health_commission", region=self.county)
        self.maker, self.other = (people.organisation("enterprise") for _ in range(2))
        self.batch = make.batch(
            policy=Policy.objects.get(code="jiangxi-2024"),
            effective_on=date(2026, 1, 1),
            ends_on=date(2027, 12, 31),
        )
        make.agreement_year(
            batch=self.batch, year_no=1, starts_on=date(2026, 6, 1), ends_on=date(2027, 5, 31)
        )
        make.batch_parameter(
            batch=self.batch, parameter="agreed_ratio", value="0.5/0.6", clause="文 二"
        )
        self.g1, self.g2 = make.group(code="G1"), make.group(code="G2")
        self.p1 = self.selected("XA", self.g1, self.maker, 10)
        self.p2 = self.selected("XB", self.g1, self.other, 7)
        self.p3 = self.selected("XC", self.g2, self.maker, 28)
        self.task = reports.report_task(
            organisation=self.offices["province"], batch=self.batch, year_no=1, state="open",
            opens_at=OPENS, closes_at=CLOSES, drop_max="0.2", rise_max="1.5",
            deviation_clause="赣2024 十二",
        )  # fmt: skip

    def selected(self, code: str, group: Any, maker: Organisation, pack: int) -> Any:
        made = make.product(code=code, group=group, manufacturer=maker, base_units_per_pack=pack)
        make.selection(batch=self.batch, product=made, region=self.province, price=5)
        return made

    def report(self, of: Organisation, *lines: tuple[Any, int, int], **more: Any) -> VolumeReport:
        """(group, reported, prior) each, handed in and before the county's bureau."""
        splits: dict[Any, int] = more.pop("splits", {})
        if more:
            return reports.volume_report(of, self.task, **more)
        row = reports.volume_report(of, self.task, state="drafting")
        for group, reported, prior in lines:
            line = stages.report_line(
                of, batch=self.batch, year_no=1, group=group, reported_qty=reported,
                prior_year_qty=prior, report=row, status="draft", submitted_at=None,
            )  # fmt: skip
            for maker, quantity in splits.items():
                line.splits.create(manufacturer=maker, quantity=quantity)
        # As the steps inside the institution leave it; they are tried elsewhere.
        held = VolumeReport.objects.filter(pk=row.pk)
        for state in ("hospital_review", "leader_review"):
            held.update(state=state)
        held.update(state="submitted", submitted_at=IN_TIME, office=self.offices["county"])
        row.lines.update(status="submitted", submitted_at=IN_TIME)
        row.refresh_from_db()
        return row

    def acting(
        self, of: Organisation, at: datetime = IN_TIME, role: str = "reviewer"
    ) -> dict[str, Any]:
        user = self.user(of, role)
        return {"by": user, "scope": scope_of(user, date(2026, 5, 1)), "at": at}

    def user(self, of: Organisation, role: str = "reviewer") -> User:
        made = people.person(of, role)
        return User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)

    def scope(self, of: Organisation) -> Scope:
        return scope_of(self.user(of), date(2026, 5, 1))

    def office(self, level: str, at: datetime = IN_TIME) -> dict[str, Any]:
        return self.acting(self.offices[level], at)

    def up(self, row: VolumeReport) -> VolumeReport:
        for level in ("county", "city", "province"):
            row = pass_report(report=row, **self.office(level))
        return row
