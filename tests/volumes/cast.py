"""A province with one task in preparation: who reports, who reviews, what was bought last year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from catalog.models import Batch, Group
from organisations.models import Consortium, Organisation, Region, User
from organisations.queries.scope import Scope, scope_of
from policy.models import Policy
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories.stages import Parties, purchase_history
from volumes.models import ReportTask, VolumeReport
from volumes.operations.reports.save import save_figures
from volumes.operations.tasks.draft import TaskValues, draft_task
from volumes.operations.tasks.open import open_task
from volumes.rules.figures import FigureInput

NOW = datetime(2026, 4, 2, 1, tzinfo=UTC)
OPENS = datetime(2026, 4, 1, 16, tzinfo=UTC)
CLOSES = datetime(2026, 4, 15, 9, 30, tzinfo=UTC)
"""2026-04-15 17:30 in Shanghai."""
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Cast:
    """甲 stands alone in county X of city P; 乙 leads a consortium with 丙 there; 丁 is in city Q."""

    province: Region
    county: Region
    bureau: Organisation
    city_bureau: Organisation
    county_bureau: Organisation
    hospital: Organisation
    lead: Organisation
    member: Organisation
    other: Organisation
    consortium: Consortium
    batch: Batch
    groups: tuple[Group, Group, Group]
    maker: Organisation

    def user(self, of: Organisation, *roles: str) -> User:
        found = User.objects.filter(organisation=of, roles=list(roles)).first()
        return found or people.person(of, *roles)


def build(policy: str = "jiangxi-2026") -> Cast:
    province = people.region(name="江右省")
    city, other_city = people.region(parent=province), people.region(parent=province)
    county = people.region(parent=city)
    batch = make.batch(code="JX-V-1", name="第十批集采", policy=Policy.objects.get(code=policy))
    for number, year in enumerate((2025, 2026), start=1):
        make.agreement_year(
            batch=batch, year_no=number, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)
        )
    groups = tuple(
        make.group(code=f"G-V{place}", name=f"品种{place}", base_unit="片") for place in (1, 2, 3)
    )
    maker = people.organisation("enterprise", name="中选药厂")
    hospital = people.organisation(region=county, name="甲医院")
    lead = people.organisation(region=county, name="乙医院")
    member = people.organisation(region=county, name="丙卫生院")
    for group in groups[:2]:
        product = make.product(group=group, manufacturer=maker, base_units_per_pack=10)
        make.selection(batch=batch, product=product, region=province, price="5")
        for institution in (hospital, lead, member):
            purchase_history(
                Parties(institution, maker, maker),
                product=product,
                month=date(2025, 6, 1),
                packs=10,
            )
    return Cast(
        province, county, people.organisation("bureau", region=province, name="省医保局"),
        people.organisation("bureau", region=city, name="市医保局"),
        people.organisation("bureau", region=county, name="县医保局"), hospital, lead, member,
        people.organisation(region=people.region(parent=other_city), name="丁医院"),
        people.consortium(lead, member), batch, groups, maker,
    )  # fmt: skip


def scope(user: User, at: datetime = NOW) -> Scope:
    return scope_of(user, at.date())


def who(user: User, at: datetime = NOW) -> dict[str, object]:
    return {"by": user, "scope": scope(user, at), "at": at}


def task_values(cast: Cast, **more: object) -> TaskValues:
    values: dict[str, object] = {
        "title": "第十批第二年报量", "batch_code": cast.batch.code, "year_no": 2, "kind": "renewal",
        "opens_at": OPENS, "closes_at": CLOSES, "ownerships": ["public"],
        "group_codes": [group.code for group in cast.groups],
    }  # fmt: skip
    return TaskValues(**values | more)  # type: ignore[arg-type]


def opened(cast: Cast, **more: object) -> ReportTask:
    """Opened by the province at NOW."""
    clerk = cast.user(cast.bureau, "clerk")
    task = draft_task(values=task_values(cast, **more), **who(clerk))  # type: ignore[arg-type]
    return open_task(task=task, **who(clerk))  # type: ignore[arg-type]


def report_of(task: ReportTask, institution: Organisation) -> VolumeReport:
    return VolumeReport.objects.get(task=task, institution=institution)


def inputs(cast: Cast, *quantities: str, why: bool = True) -> list[FigureInput]:
    """One figure per group in order, each with a reason where asked."""
    return [
        FigureInput(
            group.code, quantity, "clinical_demand" if why else "",
            "门诊用量变化" if why else "", place=place,
        )
        for place, (group, quantity) in enumerate(zip(cast.groups, quantities, strict=False), start=1)
    ]  # fmt: skip


def filled(cast: Cast, task: ReportTask, of: Organisation | None = None) -> VolumeReport:
    """甲's report with a figure for every group."""
    hospital = of or cast.hospital
    clerk = cast.user(hospital, "clerk")
    return save_figures(
        report=report_of(task, hospital),
        inputs=inputs(cast, "90", "110", "5"),
        **who(clerk),  # type: ignore[arg-type]
    )


def quantity(report: VolumeReport, group: Group) -> Decimal:
    return report.lines.get(group=group).reported_qty
