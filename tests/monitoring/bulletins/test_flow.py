"""One bulletin of the sample province: drafted once, objected to, reviewed by another, issued for good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, Refusal, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from monitoring.documents.bulletin import content_of, files_of
from monitoring.models import Bulletin, BulletinInput, BulletinLine, BulletinObjection
from monitoring.operations.bulletins.acts import perform_act
from monitoring.operations.bulletins.draft import BulletinRefused, draft_bulletin
from monitoring.operations.bulletins.issue import verify_bulletin
from monitoring.operations.bulletins.prepare import (
    edit_bulletin,
    object_to_line,
    rule_on_objection,
)
from monitoring.operations.bulletins.receipts import (
    answer_bulletin,
    judge_answer,
    read_bulletin,
)
from monitoring.queries.bulletin_figures import figures_of, sight_of
from monitoring.queries.bulletins import visible_bulletin_lines, visible_bulletins
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope, scope_of
from tests.databases.sample import SampleOf
from tests.factories import organisations as make

MARCH = date(2026, 3, 1)
JOB = SystemActor("定时任务")
# Friday 3 April 2026: Monday the 6th is a holiday (清明), three working days end on the 9th.
DRAFTED = datetime(2026, 4, 3, 1, tzinfo=UTC)


@dataclass
class Office:
    """Two people of the province and the first named hospital's clerk, with their scopes."""

    bureau: Organisation
    clerk: User
    reviewer: User

    def scope(self, user: User, at: datetime) -> Scope:
        return scope_of(user, at.date())


@pytest.fixture(scope="module")
def office(sample_of: SampleOf, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    with django_db_blocker.unblock(), sample_of(MARCH), transaction.atomic():
        region = Region.objects.get(code="360000")
        bureau = Organisation.objects.filter(kind="bureau", region=region).first()
        bureau = bureau or make.organisation("bureau", region=region)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE monitoring_computedmonth SET computed_at = '2026-04-01 08:00+08'"
            )
        yield Office(bureau, make.person(bureau, "clerk"), make.person(bureau, "reviewer"))
        transaction.set_rollback(True)


@pytest.fixture
def told(office: Office) -> Iterator[Bulletin]:
    """March's draft, undone after the test."""
    with transaction.atomic():
        yield draft_bulletin(kind="monthly", first=MARCH, issuer=office.bureau, by=JOB, at=DRAFTED)
        transaction.set_rollback(True)


def act(
    verb: str, of: Bulletin, office: Office, who: User, at: datetime, note: str = ""
) -> Bulletin:
    with transaction.atomic():
        return perform_act(
            verb, of, note=note, by=who, scope=office.scope(who, at), at=at, seen_version=None
        )


def test_whole_way_from_draft_to_closed(told: Bulletin, office: Office) -> None:
    later = DRAFTED + timedelta(days=7)
    assert draft_bulletin(
        kind="monthly", first=MARCH, issuer=office.bureau, by=JOB, at=later
    ).pk == told.pk  # fmt: skip
    line = told.lines.filter(organisation__kind="institution").order_by("line_no").first()
    assert line is not None
    named = make.person(line.organisation, "clerk")
    own = office.scope(named, DRAFTED)
    assert not visible_bulletins(own).filter(pk=told.pk).exists()

    with pytest.raises(TransitionRefused, match="尚未经过数据核对期"):
        act("submit", told, office, office.clerk, DRAFTED)
    checking = act("check", told, office, office.clerk, DRAFTED)
    assert checking.check_due_on == date(2026, 4, 9)
    seen = visible_bulletin_lines(own).filter(bulletin=told)
    assert {each.organisation_id for each in seen} == {line.organisation_id}
    assert Task.objects.filter(
        act="check_bulletin_lines", organisation=line.organisation_id, done_at=None
    ).exists()

    # The last instant of the last day, then the first after it.
    end = datetime(2026, 4, 9, 16, tzinfo=UTC)
    with pytest.raises(TransitionRefused, match="不在数据核对期"), transaction.atomic():
        object_to_line(line=line, reason="已签", by=named, scope=own, at=end)
    objection = object_to_line(
        line=line, reason="协议已签，回传有误", by=named, scope=own, at=end - timedelta(seconds=1)
    )
    with pytest.raises(TransitionRefused, match="已提出过异议"), transaction.atomic():
        object_to_line(line=line, reason="再说", by=named, scope=own, at=end - timedelta(seconds=1))
    with pytest.raises(TransitionRefused, match="期满后"):
        act("submit", checking, office, office.clerk, end - timedelta(seconds=1))
    with pytest.raises(TransitionRefused, match="1 件异议没有裁定"):
        act("submit", checking, office, office.clerk, end)
    rule_on_objection(
        objection=objection, verb="uphold", ruling="经核实已签", by=office.clerk,
        scope=office.scope(office.clerk, end), at=end,
    )  # fmt: skip
    assert told.lines.get(line_no=line.line_no).removed

    review = act("submit", checking, office, office.clerk, end)
    # Whoever submitted does not review, whatever the role.
    office.clerk.roles = ["clerk", "reviewer"]
    office.clerk.save(update_fields=["roles"])
    with pytest.raises(NotYours):
        act("approve", review, office, office.clerk, end)
    ready = act("approve", review, office, office.reviewer, end)
    issued = act("issue", ready, office, office.reviewer, end)
    told = Notice.objects.filter(key__startswith=f"bulletin-{issued.pk}-")
    assert set(told.values_list("organisation_id", flat=True)) == set(
        issued.receipts.values_list("organisation_id", flat=True)
    )
    assert told.count() > 1, "each of them, not the first alone"
    assert (issued.state, issued.issue_seq, issued.doc_number) == (
        "issued", 1, "医保集采通报〔2026〕1号",
    )  # fmt: skip
    told = Notice.objects.filter(title__startswith="收到通报").values_list(
        "organisation_id", flat=True
    )
    assert sorted(told) == sorted(issued.receipts.values_list("organisation_id", flat=True))
    assert verify_bulletin(issued).same
    everyone = scope_of(make.person(make.organisation("enterprise"), "clerk"), end.date())
    assert visible_bulletins(everyone).filter(pk=issued.pk).exists()
    assert not visible_bulletin_lines(everyone).filter(bulletin=issued, removed=True).exists()

    _stays_as_it_is(issued)
    correction = act("correct", issued, office, office.clerk, end, note="漏列一家")
    assert (correction.state, correction.corrects_id) == ("draft", issued.pk)

    receipt = issued.receipts.filter(is_named=True).select_related("organisation").order_by("pk")[0]
    reader = make.person(receipt.organisation, "clerk")
    sight = office.scope(reader, end)
    with pytest.raises(TransitionRefused), transaction.atomic():
        answer_bulletin(
            receipt=receipt, feedback="已改", uploads=[], by=reader, scope=sight, at=end
        )
    read_bulletin(receipt=receipt, by=reader, scope=sight, at=end)
    answered = answer_bulletin(
        receipt=receipt, feedback="已补签", uploads=[], by=reader, scope=sight, at=end
    )
    with pytest.raises(TransitionRefused, match="没有完成整改"):
        act("close", issued, office, office.reviewer, end)
    judge_answer(
        receipt=answered, verb="accept", note="属实", by=office.clerk,
        scope=office.scope(office.clerk, end), at=end,
    )  # fmt: skip
    issued.receipts.filter(is_named=True).exclude(pk=receipt.pk).update(is_named=False)
    assert act("close", issued, office, office.reviewer, end).state == "closed"


def _stays_as_it_is(issued: Bulletin) -> None:
    """Neither the month's new figures nor anybody's update change it; the same bytes again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rollup.indicator_value SET numerator = numerator + 1")
        cursor.execute("UPDATE catalog_batch SET name = name || '（改名）'")
    assert verify_bulletin(Bulletin.objects.get(pk=issued.pk)).same
    # A moment is the same moment in every time zone, and prints the same bytes.
    told_at = issued.issued_at
    assert told_at is not None
    content = content_of(issued, number=issued.doc_number, at=told_at)
    elsewhere = files_of(content, at=told_at.astimezone(SHANGHAI))
    assert elsewhere == files_of(content, at=told_at.astimezone(UTC))
    changes = (
        lambda: Bulletin.objects.filter(pk=issued.pk).update(body="改"),
        lambda: Bulletin.objects.filter(pk=issued.pk).update(content={}),
        lambda: BulletinInput.objects.filter(bulletin=issued).update(numerator=Decimal(1)),
        lambda: BulletinInput.objects.filter(bulletin=issued).delete(),
        lambda: BulletinLine.objects.filter(bulletin=issued).update(removed=True),
        lambda: BulletinObjection.objects.filter(bulletin=issued).update(ruling="改"),
    )
    for change in changes:
        with pytest.raises((InternalError, ProgrammingError), match="frozen"), transaction.atomic():
            change()


def test_figures_are_the_sums_of_their_inputs(told: Bulletin) -> None:
    """A twin in plain Python over the rows that the figure's link lists."""
    found = {each.name: each for each in figures_of(told, sight_of(told))}
    rows = list(
        told.inputs.filter(indicator="completion_rate", subject_type="province", month=MARCH)
    )
    top = sum((row.numerator for row in rows), Decimal(0))
    bottom = sum((row.denominator for row in rows), Decimal(0))
    units = told.inputs.filter(indicator="completion_rate", subject_type="institution", month=MARCH)
    assert sum(row.denominator for row in units) == bottom
    assert found["完成率"].words == f"{(top / bottom * 100).quantize(Decimal('0.01'))}%"
    assert found["完成率"].query == "indicator=completion_rate&subject_type=province"
    assert found["机构数"].words == str(len({row.subject_code for row in units}))


def test_unknown_placeholder_and_missing_month_are_refused(told: Bulletin, office: Office) -> None:
    scope = office.scope(office.clerk, DRAFTED)
    with pytest.raises(MissingInput, match="第 1 行第 1 字"):
        edit_bulletin(
            bulletin=told, title="通报", body="{不认识}", is_joint=False, by=office.clerk,
            scope=scope, at=DRAFTED,
        )  # fmt: skip
    for kind, first, error in (
        ("monthly", date(2030, 1, 1), BulletinRefused),
        ("enterprise", date(2026, 2, 1), MissingInput),
    ):
        with pytest.raises(error), transaction.atomic():
            draft_bulletin(kind=kind, first=first, issuer=office.bureau, by=JOB, at=DRAFTED)


def test_joint_bulletin_goes_to_the_health_commission(told: Bulletin, office: Office) -> None:
    commission = make.organisation("health_commission", region=office.bureau.region)
    head = make.person(commission, "leader")
    edited = edit_bulletin(
        bulletin=told, title=told.title, body="完成率 {完成率}。", is_joint=True, by=office.clerk,
        scope=office.scope(office.clerk, DRAFTED), at=DRAFTED,
    )  # fmt: skip
    assert edited.countersigner is not None
    if edited.countersigner_id != commission.pk:
        head = make.person(edited.countersigner, "leader")
    act("check", edited, office, office.clerk, DRAFTED)
    end = DRAFTED + timedelta(days=10)
    review = act("submit", edited, office, office.clerk, end)
    with pytest.raises(Refusal, match="送会签"):
        act("approve", review, office, office.reviewer, end)
    sent = act("send", review, office, office.reviewer, end)
    with pytest.raises(NotYours):
        act("countersign", sent, office, office.reviewer, end)
    assert act("countersign", sent, office, head, end).state == "ready"
