"""结余留用 of the demonstration: the years that ended, published in the city, one appeal."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import AgreementYear
from core.audit.record import Actor
from core.operations import operation
from core.transitions import Refusal
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from settlement.models import RetentionRun, RetentionSheet
from settlement.operations.retention_compute import compute_retention
from settlement.operations.retention_run import publish_run, start_check
from settlement.operations.retention_sheet import answer_sheet, appeal_sheet, note_overlap

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@operation
def create_demo_retention(*, by: Actor, at: datetime) -> int:
    """Made once, as the city and its hospitals would; gives the number of years computed."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region__parent__parent").filter(
            username__in=("city", "province", "hospital", "consortium")
        )
    }
    if "city" not in people or RetentionRun.objects.exists():
        return 0
    ended = AgreementYear.objects.filter(ends_on__lt=shanghai_day(at))
    years = list(ended.select_related("batch__policy").order_by("ends_on")[:2])
    for year in years:
        compute_retention(year=year, by=by, at=at)
    for name in ("city", "province"):
        if name not in people:
            continue
        office = people[name]
        # Of the pools of its own region; the province's is 省直's.
        runs = RetentionRun.objects.filter(region=office.organisation.region_id)
        for place, run in enumerate(runs.order_by("batch__code")):
            _bring_on(run, office, people, at, publish=place == 0)
    return len(years)


def _bring_on(
    run: RetentionRun, city: User, people: dict[str, User], at: datetime, *, publish: bool
) -> None:
    """The city sends it out to be checked; of the first year the result is published."""
    office = scope_of(city, shanghai_day(at))
    try:
        run = start_check(run=run, by=city, scope=office, at=at)
    except Refusal:
        # Inputs are missing: the draft shows which.
        return
    for name in ("hospital", "consortium"):
        if name in people and publish:
            _check(run, people[name], at)
    if not publish:
        return
    publish_run(run=run, by=city, scope=office, at=at)
    hospital = people.get("hospital")
    sheet = _own(run, hospital) if hospital else None
    if hospital and sheet:
        appeal_sheet(
            sheet=sheet, by=hospital, scope=_scope(hospital, at), at=at,
            words="部分品种已按程序报批应急采购，未从非中选采购中剔除，影响考核结果，申请复核。",
            uploads=[SimpleUploadedFile("应急采购批复.pdf", PDF, "application/pdf")],
        )  # fmt: skip
    other = RetentionSheet.objects.filter(run=run, retained__gt=0, state="waiting").first()
    if other is not None:
        note_overlap(
            sheet=other, by=city, scope=office, at=at,
            note="该院已实行按病种付费，结余品种的部分激励在病种结余中体现，拨付时统筹考虑。",
        )  # fmt: skip


def _check(run: RetentionRun, person: User, at: datetime) -> None:
    sheet = _own(run, person)
    if sheet is not None:
        answer_sheet(
            sheet=sheet, verb="self_check", words="已核对报量和入库数量，与本院数据一致。",
            by=person, scope=_scope(person, at), at=at,
        )  # fmt: skip


def _own(run: RetentionRun, person: User) -> RetentionSheet | None:
    return RetentionSheet.objects.filter(run=run, institution=person.organisation).first()


def _scope(person: User, at: datetime) -> Scope:
    return scope_of(person, shanghai_day(at))
