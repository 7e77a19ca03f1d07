"""From the computation to the money: every step by its own people, on the sample province."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test import Client

from catalog.models import AgreementYear
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Task
from organisations.models import Pool, User
from organisations.queries.scope import scope_of
from settlement.formulas.retention import Terms
from settlement.models import (
    LedgerEntry,
    Posting,
    RetentionInput,
    RetentionRow,
    RetentionRun,
    RetentionSheet,
)
from settlement.operations.retention_compute import compute_retention
from settlement.operations.retention_run import (
    answer_finance,
    give_notice,
    pay_run,
    publish_run,
    start_check,
)
from settlement.operations.retention_sheet import (
    answer_sheet,
    appeal_sheet,
    decide_appeal,
    file_share_out,
    note_overlap,
)
from settlement.queries.retention import notice_rows
from settlement.queries.retention_what_if import tried_terms
from tests.factories import organisations as people
from tests.monitoring.indicators.provinces import TESTER

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
# 国庆节 2026: off from 1 to 7 October, 10 October (Saturday) and 20 September (Sunday) are worked.
PUBLISHED = datetime(2026, 9, 25, 1, 0, tzinfo=UTC)


@dataclass
class World:
    """One pool of the sample with its bureau and finance department, and two of its hospitals."""

    run: RetentionRun
    office: User
    clerk: User
    finance: User
    stranger: User

    def acting(self, user: User, at: datetime = PUBLISHED) -> dict[str, Any]:
        return {"by": user, "scope": scope_of(user, at.date()), "at": at}

    def unit(self, sheet: RetentionSheet) -> User:
        return people.person(sheet.institution, "clerk")

    def fresh(self) -> RetentionRun:
        return RetentionRun.objects.get(pk=self.run.pk)


@pytest.fixture
def world(loaded_sample: str) -> Iterator[World]:
    year = AgreementYear.objects.select_related("batch__policy").get(
        batch__code="SD-YP-2023-1", year_no=1
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO settlement_retentioninput AS i (batch_id, year_no, pool_id, group_id,"
            " baseline_price, fund_share_before, fund_share, insured_share)"
            " SELECT %s, 1, p.id, g.id, 1, 0.5, 0.5, 0.9"
            " FROM organisations_pool p, catalog_group g"
            " ON CONFLICT (batch_id, year_no, pool_id, group_id) DO UPDATE"
            " SET baseline_price = COALESCE(i.baseline_price, 1)",
            [year.batch_id],
        )
    compute_retention(year=year, by=TESTER, at=PUBLISHED)
    run = (
        RetentionRun.objects.filter(sheets__retained__gt=0)
        .annotate(units=Sum("sheets__rows_count")).order_by("-units")[0]
    )  # fmt: skip
    place = run.region
    bureau = people.organisation("bureau", region=place)
    money = people.organisation("finance", region=place)
    yield World(
        run, people.person(bureau, "reviewer"), people.person(bureau, "clerk"),
        people.person(money, "reviewer"),
        people.person(people.organisation("bureau"), "leader"),
    )  # fmt: skip


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("证明.pdf", PDF, "application/pdf")


def test_a_run_from_check_to_share_out(world: World) -> None:
    run, office = world.run, world.office
    total = RetentionRow.objects.filter(run=run).aggregate(s=Sum("retained"))["s"]

    # The institution sees nothing of a draft; another's bureau has no standing.
    with pytest.raises(NotYours):
        start_check(run=run, **world.acting(world.stranger))
    run = start_check(run=run, **world.acting(world.clerk))
    sheets = list(run.sheets.select_related("institution").order_by("-retained"))
    assert {sheet.state for sheet in sheets} == {"checking"}
    assert Task.objects.filter(act="check_retention", done_at=None).count() == len(sheets)

    # Computed again while it is checked, it is a draft again; and sent out once more.
    year = AgreementYear.objects.select_related("batch__policy").get(
        batch=run.batch, year_no=run.year_no
    )
    compute_retention(year=year, by=TESTER, at=PUBLISHED, pools=[run.pool_id])
    assert world.fresh().state == "draft"
    run = start_check(run=world.fresh(), **world.acting(world.clerk))
    sheets = list(run.sheets.select_related("institution").order_by("-retained"))
    winner = sheets[0]
    unit = world.unit(winner)
    winner = answer_sheet(sheet=winner, verb="self_check", words="无误", **world.acting(unit))
    assert (winner.state, winner.self_check_note) == ("checked", "无误")

    # Published by another hand than the clerk's; ten working days over 国庆 and its 调休.
    with pytest.raises(NotYours):
        publish_run(run=run, **world.acting(world.clerk))
    with pytest.raises(StaleVersion):
        publish_run(run=run, seen_version=1, **world.acting(office))
    run = publish_run(run=run, **world.acting(office))
    assert run.appeal_due_on == due_after(PUBLISHED.date(), 10)
    with pytest.raises(TransitionRefused, match="已经发布"):
        compute_retention(year=year, by=TESTER, at=PUBLISHED, pools=[run.pool_id])

    # An appeal needs a reason and a paper, and comes until the end of the last day.
    last = datetime.combine(run.appeal_due_on, datetime.min.time(), UTC) + timedelta(
        hours=15, minutes=59
    )
    winner.refresh_from_db()
    with pytest.raises(MissingInput, match="证明材料"):
        appeal_sheet(sheet=winner, words="数据不对", **world.acting(unit))
    with pytest.raises(TransitionRefused, match="已经超过"):
        appeal_sheet(
            sheet=winner, words="数据不对", uploads=[paper()],
            **world.acting(unit, last + timedelta(minutes=1)),
        )  # fmt: skip
    winner = appeal_sheet(
        sheet=winner, words="基准价有误", uploads=[paper()], **world.acting(unit, last)
    )
    assert winner.state == "appealed"
    with pytest.raises(TransitionRefused, match="没有复核"):
        give_notice(run=run, notice_to=date(2026, 12, 1), **world.acting(office))
    # Nothing was mended: computing anew is refused. The input is mended: it is computed.
    before = winner.retained
    with pytest.raises(TransitionRefused, match="与原来相同"):
        decide_appeal(sheet=winner, verb="adjust", words="同意", **world.acting(office))
    RetentionInput.objects.filter(batch=run.batch, year_no=run.year_no, pool=run.pool).update(
        baseline_price=Decimal("9.9")
    )
    others = dict(run.sheets.exclude(pk=winner.pk).values_list("pk", "retained"))
    winner = decide_appeal(sheet=winner, verb="adjust", words="基准价更正", **world.acting(office))
    assert winner.state == "adjusted"
    assert winner.retained > before
    assert winner.before_appeal["retained"] == f"{before:.2f}"
    assert winner.retained == sum(row.retained or 0 for row in winner.rows.all())
    assert dict(run.sheets.exclude(pk=winner.pk).values_list("pk", "retained")) == others

    # The notice waits for those who still may appeal, then for its own days.
    with pytest.raises(TransitionRefused, match="没有确认"):
        give_notice(run=run, notice_to=date(2026, 12, 1), **world.acting(office, last))
    after = last + timedelta(days=1)
    with pytest.raises(MissingInput, match="晚于今天"):
        give_notice(run=run, notice_to=after.date(), **world.acting(office, after))
    end = after.date() + timedelta(days=5)
    assert not notice_rows(world.fresh())
    run = give_notice(run=world.fresh(), notice_to=end, **world.acting(office, after))
    assert {row.pk for row in notice_rows(run)} == set(
        run.sheets.filter(retained__gt=0).values_list("pk", flat=True)
    )
    noted = note_overlap(sheet=winner, note="按病种付费已有激励", **world.acting(office, after))
    assert (noted.overlap, noted.retained) == (True, winner.retained)

    # Finance alone countersigns, after the notice; then nothing of it can be changed any more.
    with pytest.raises(NotYours):
        answer_finance(
            run=run, verb="countersign", finance_note="同意", **world.acting(office, after)
        )
    with pytest.raises(TransitionRefused, match="期满后"):
        answer_finance(
            run=run, verb="countersign", finance_note="同意", **world.acting(world.finance, after)
        )
    later = after + timedelta(days=6)
    with pytest.raises(MissingInput):
        answer_finance(
            run=run, verb="send_back", finance_note=" ", **world.acting(world.finance, later)
        )
    run = answer_finance(
        run=run, verb="countersign", finance_note="同意", **world.acting(world.finance, later)
    )
    row = RetentionRow.objects.filter(run=run)[0]
    for change in (
        lambda: RetentionRow.objects.filter(pk=row.pk).update(retained=1),
        lambda: RetentionRow.objects.filter(pk=row.pk).delete(),
        lambda: RetentionSheet.objects.filter(pk=winner.pk).update(retained=1),
        lambda: RetentionSheet.objects.filter(pk=winner.pk).update(overlap=False),
        lambda: RetentionRun.objects.filter(pk=run.pk).update(state="draft"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(TransitionRefused):
        note_overlap(sheet=winner, note="", **world.acting(office, later))

    # Paid once, whoever asks twice at the same moment; the fund's side is what the sheets say.
    outcomes = together(lambda: pay_run(run=run, **world.acting(office, later)), 2)
    assert sorted(type(each).__name__ for each in outcomes) == ["TransitionRefused", "int"]
    kept = run.sheets.filter(retained__gt=0)
    entries = LedgerEntry.objects.filter(event_kind="retention.paid")
    assert entries.count() == kept.count()
    paid = Posting.objects.filter(entry__in=entries, account__purpose="retention")
    assert paid.aggregate(s=Sum("amount"))["s"] == kept.aggregate(s=Sum("retained"))["s"]
    assert total is not None
    assert set(run.sheets.values_list("state", flat=True)) <= {"paid", "ended"}

    # The institution files what it did with it, to the cent, once.
    winner.refresh_from_db()
    amounts = {"members_amount": Decimal(0), "other_amount": Decimal(0), "method": "按科室考核"}
    with pytest.raises(MissingInput, match="应等于留用金额"):
        file_share_out(
            sheet=winner, staff_amount=winner.retained - Decimal("0.01"), **amounts,
            **world.acting(unit, later),
        )  # fmt: skip
    filed = file_share_out(
        sheet=winner, staff_amount=winner.retained, **amounts, **world.acting(unit, later)
    )
    assert (filed.state, filed.share_out.staff_amount) == ("filed", winner.retained)
    assert not Task.objects.filter(object_key=winner.sheet_no, done_at=None).exists()


def test_a_bureau_asks_for_pools_of_its_own_level(world: World, client: Client) -> None:
    foreign = Pool.objects.exclude(pk=world.run.pool_id).order_by("pk")[0]
    client.force_login(world.office)
    asked = {"batch": world.run.batch.code, "year_no": world.run.year_no, "pool": foreign.code}
    page = client.post("/settlement/retention/compute/", asked)
    assert page.status_code == 400
    assert "本级没有这个统筹区代码" in page.content.decode()
    answer = client.post("/api/v1/retention-runs/", asked, content_type="application/json")
    assert answer.status_code == 400
    assert "本级没有这个统筹区代码" in answer.content.decode()


def test_a_sheet_tells_the_steps_of_its_run_between_its_own(world: World, client: Client) -> None:
    start_check(run=world.run, **world.acting(world.clerk))
    sheet = world.run.sheets.select_related("institution").order_by("-retained")[0]
    unit = world.unit(sheet)
    answer_sheet(
        sheet=sheet, verb="self_check", words="无误",
        **world.acting(unit, PUBLISHED + timedelta(hours=1)),
    )  # fmt: skip
    publish_run(run=world.fresh(), **world.acting(world.office, PUBLISHED + timedelta(hours=2)))
    client.force_login(unit)
    page = client.get(f"/settlement/retention/sheets/{sheet.sheet_no}/")
    told = [(step["what"], step["who"]) for step in page.context["timeline"]]
    office = world.office.organisation.name
    assert told[-3:] == [
        ("发机构自查", office), ("提交自查意见", f"{sheet.institution.name} {unit.audit_name}"),
        ("发布", office),
    ]  # fmt: skip


def test_other_terms_are_tried_without_writing(world: World) -> None:
    run = world.run
    held = list(RetentionRow.objects.filter(run=run).values_list("pk", "retained"))
    own = Terms(run.basis, run.ratio_max, run.tolerance)
    same = tried_terms(run, own)
    assert same is not None
    assert (same.retained, same.more, same.less) == (same.before, 0, 0)
    less = tried_terms(run, Terms(run.basis, run.ratio_max / 2, run.tolerance))
    assert less is not None
    assert less.retained < same.retained
    assert less.less > 0 == less.more
    assert list(RetentionRow.objects.filter(run=run).values_list("pk", "retained")) == held


def due_after(day: date, workdays: int) -> date:
    """Counted by hand on the published arrangement of 2026."""
    off = {date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27)} | {
        date(2026, 10, number) for number in range(1, 8)
    }
    worked = {date(2026, 9, 20), date(2026, 10, 10)}
    while workdays:
        day += timedelta(days=1)
        if day in worked or (day.weekday() < 5 and day not in off):
            workdays -= 1
    return day


def together(act: Any, number: int) -> list[Any]:
    """What each of `number` threads got by doing it at once."""
    found: list[Any] = []
    start = threading.Barrier(number)

    def run() -> None:
        try:
            start.wait()
            found.append(act())
        except TransitionRefused as refused:
            found.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
