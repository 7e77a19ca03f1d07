"""What an upheld objection changes in print, what is issued binds values, and 年度考核 in the year's bulletin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from catalog.models import AgreementYear
from core.transitions import MissingInput, TransitionRefused
from monitoring.documents.bulletin import content_of
from monitoring.models import AssessedGroup, AssessedUnit, Bulletin, BulletinObjection
from monitoring.operations.assessments.compute import assess_year
from monitoring.operations.bulletins.draft import BulletinRefused, draft_bulletin
from monitoring.operations.bulletins.issue import verify_bulletin
from monitoring.operations.bulletins.prepare import edit_bulletin, object_to_line, rule_on_objection
from monitoring.queries.assessed import (
    group_rows,
    unit_rows,
    visible_assessed_groups,
    visible_assessed_units,
)
from monitoring.queries.assessment import assessed_year
from monitoring.queries.issued_until import last_issued_day
from organisations.queries.scope import scope_of
from policy.operations.set_value import ValueChangeRefused, check_issued
from policy.queries.issued import issued_until
from tests.databases.sample import SampleOf
from tests.factories import organisations as make
from tests.monitoring.bulletins.office import DRAFTED, JOB, MARCH, Office, bureau_of_sample

END = datetime(2026, 4, 9, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(sample_of: SampleOf, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    with bureau_of_sample(sample_of, django_db_blocker) as made:
        yield made


@pytest.fixture(autouse=True)
def undone(office: Office) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _objected(told: Bulletin, office: Office) -> list[BulletinObjection]:
    """Two institutions object to their first line."""
    found = []
    for line in told.lines.filter(subject_type="institution").order_by("line_no")[:40]:
        if line.organisation_id in {each.organisation_id for each in found} or len(found) == 2:
            continue
        named = make.person(line.organisation, "clerk")
        found.append(
            object_to_line(
                line=line,
                reason="数据有误",
                by=named,
                scope=office.scope(named, DRAFTED),
                at=DRAFTED,
            )
        )
    return found


def _rule(
    office: Office, objection: BulletinObjection, verb: str, *, wrong: bool = False
) -> BulletinObjection:
    return rule_on_objection(
        objection=objection, verb=verb, ruling="经核实", data_wrong=wrong, by=office.clerk,
        scope=office.scope(office.clerk, END), at=END - timedelta(hours=1),
    )  # fmt: skip


def test_wrong_figures_are_taken_anew_before_review_and_the_print_says_so(office: Office) -> None:
    told = draft_bulletin(kind="monthly", first=MARCH, issuer=office.bureau, by=JOB, at=DRAFTED)
    office.act("check", told, office.clerk, DRAFTED)
    wrong, other = _objected(told, office)
    struck = told.lines.get(line_no=wrong.line_no)
    kept = told.lines.get(line_no=other.line_no)
    with pytest.raises(MissingInput, match="异议应当成立"):
        _rule(office, wrong, "reject", wrong=True)
    with pytest.raises(TransitionRefused, match="2 件异议没有裁定"):
        office.act("submit", told, office.clerk, END)
    _rule(office, wrong, "uphold", wrong=True)
    _rule(office, other, "reject")
    with pytest.raises(TransitionRefused, match="1 件异议裁定为数据有误"):
        office.act("submit", told, office.clerk, END)

    # The month is mended and computed anew: the first party's warning is no longer there.
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM monitoring_warningmonth WHERE warning_id IN (SELECT id FROM"
            " monitoring_warning WHERE rule = %s AND subject_code = %s AND batch_code = %s)",
            [struck.rule, struck.subject_code, struck.batch_code],
        )
    again = office.act("redraft", _back(office, told), office.clerk, END)
    assert again.check_due_on is None
    lines = {each.line_no: each for each in again.lines.all()}
    for objection, former in ((wrong, struck), (other, kept)):
        objection.refresh_from_db()
        line = lines[objection.line_no]
        assert (line.rule, line.subject_code, line.batch_code) == (
            former.rule, former.subject_code, former.batch_code,
        )  # fmt: skip
    assert (lines[wrong.line_no].removed, lines[wrong.line_no].removed_reason) == (True, "经核实")
    assert not lines[other.line_no].removed

    office.act("check", again, office.clerk, END)
    later = END + timedelta(days=7)
    review = office.act("submit", again, office.clerk, later)
    printed = "".join(
        str(block.get("text", "")) for block in content_of(review).paper.content()["blocks"]
    )
    assert "收到异议 2 件，经核实成立 1 件，已从名单中删除；其中 1 件系数据有误" in printed
    ready = office.act("approve", review, office.reviewer, later)
    assert last_issued_day("360000") is None
    issued = office.act("issue", ready, office.reviewer, later)
    assert verify_bulletin(issued).same

    # What was told of March binds: a value begins after it, not before.
    assert issued_until("360000") == date(2026, 3, 31)
    check_issued(date(2026, 4, 1), issued_until("360000"))
    with pytest.raises(ValueChangeRefused, match="2026 年 03 月的通报已发布"):
        check_issued(date(2026, 3, 31), issued_until("360000"))
    assert issued_until("610000") is None


def _back(office: Office, told: Bulletin) -> Bulletin:
    return edit_bulletin(
        bulletin=told, title=told.title, body=told.body, is_joint=False, by=office.clerk,
        scope=office.scope(office.clerk, END), at=END,
    )  # fmt: skip


def test_assessment_is_kept_as_it_is_judged_and_told_in_the_years_bulletin(office: Office) -> None:
    years = list(AgreementYear.objects.select_related("batch__policy").order_by("ends_on"))
    year = next(each for each in years if each.starts_on <= MARCH <= each.ends_on)
    after = datetime(year.ends_on.year + 1, 2, 10, 1, tzinfo=UTC)
    with pytest.raises(TransitionRefused, match="年度结束后方可考核"):
        assess_year(year=year, by=JOB, at=datetime.combine(year.ends_on, datetime.min.time(), UTC))
    kept = assess_year(year=year, by=JOB, at=after)
    judged = {(each.unit_id, each.group_id): each for each in assessed_year(year)}
    rows = list(AssessedGroup.objects.select_related("group"))
    assert {
        (row.institution_id, row.group_id): (row.passed, row.because, row.agreed, row.unfinished)
        for row in rows
    } == {
        key: (each.passed, each.because, each.agreed, each.incomplete)
        for key, each in judged.items()
    }  # fmt: skip
    assert (kept.groups, kept.passed) == (len(rows), sum(row.passed for row in rows))
    units = list(AssessedUnit.objects.all())
    assert kept.units == len(units) > 0
    for unit in units:
        own = [row for row in rows if row.institution_id == unit.institution_id]
        failed = [row for row in own if row.because in ("incomplete", "non_selected")]
        assert unit.entitled == (not failed and any(row.passed for row in own))
    assert all((row.reason == "") == row.row.passed for row in group_rows(rows))
    assert {row.verdict for row in unit_rows(units)} <= {"优先执行", "暂缓执行", "没有考核品种"}
    # Computed again it is the same, once.
    assert assess_year(year=year, by=JOB, at=after).revision == 2
    assert AssessedGroup.objects.count() == len(rows)
    firm = scope_of(make.person(make.organisation("enterprise"), "clerk"), after.date())
    assert not visible_assessed_units(firm).exists()
    assert not visible_assessed_groups(firm).exists()

    first = date(year.ends_on.year, 1, 1)
    _computed(office, first.year)
    missing = [each for each in years if each.ends_on.year == first.year and each != year]
    if missing:
        with pytest.raises(BulletinRefused, match="尚未完成年度考核"):
            draft_bulletin(kind="yearly", first=first, issuer=office.bureau, by=JOB, at=after)
        for each in missing:
            assess_year(year=each, by=JOB, at=after)
    told = draft_bulletin(kind="yearly", first=first, issuer=office.bureau, by=JOB, at=after)
    failing = AssessedUnit.objects.exclude(incomplete=0, non_selected=0)
    named = told.lines.filter(rule="assessment_failed")
    assert named.count() == failing.count() > 0
    whole = told.inputs.get(
        indicator="assessment_pass_rate", subject_type="province", batch_code=year.batch.code
    )
    assert whole.numerator == kept.passed
    assert told.figures_from["assessments"][str(kept)]["revision"] == 2
    printed = "".join(
        str(block.get("text", "")) for block in content_of(told).paper.content()["blocks"]
    )
    assert "医疗机构品种合格率" in printed


def _computed(office: Office, year: int) -> None:
    """As if every month of the year had been computed after its end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE monitoring_computedmonth SET computed_at = %s", [f"{year + 1}-01-02 08:00+08"]
        )
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name ="
            " 'monitoring_computedmonth' AND column_name NOT IN ('id', 'month')"
        )
        columns = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
        cursor.execute(
            f"INSERT INTO monitoring_computedmonth (month, {columns})"
            f" SELECT make_date(%s, n, 1), {columns} FROM generate_series(1, 12) n,"
            " (SELECT * FROM monitoring_computedmonth LIMIT 1) one ON CONFLICT DO NOTHING",
            [year],
        )
