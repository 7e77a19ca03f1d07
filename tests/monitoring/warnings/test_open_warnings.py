"""A month's new warnings, in sets: who gets a task, by when, and which are not to be answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.audit.record import SystemActor
from core.workdays.deadlines import add_workdays, day_end
from inbox.models import Notice, Task
from monitoring.models import Warning, WarningStep
from monitoring.operations.open_warnings import open_new_warnings
from monitoring.operations.tell_of_warnings import tell_of_new_warnings
from monitoring.queries.warning_parties import answerers
from organisations.models import Organisation, Pool, Region
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
TESTER = SystemActor(audit_name="测试")
MARCH = date(2026, 3, 1)
SENT = datetime(2026, 4, 1, 2, tzinfo=UTC)

TABLES = """
CREATE TEMP TABLE rule_value (province_id bigint, batch_code text, key text, in_force boolean,
    value numeric) ON COMMIT DROP;
CREATE TEMP TABLE broken ON COMMIT DROP AS
SELECT rule, severity, subject_type, subject_code, batch_code, year_no, group_code, product_code,
       institution_id, enterprise_id, county_id, city_id, pool_id, province_id, measured, threshold,
       clause, NULL::bigint AS warning_id
FROM monitoring_warning LIMIT 0
"""


@pytest.fixture
def tables() -> Iterator[CursorWrapper]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        yield cursor


def broken(cursor: CursorWrapper, rule: str, batch_code: str, region: Region, **party: int) -> None:
    columns = ", ".join(party)
    marks = ", ".join(["%s"] * len(party))
    cursor.execute(
        "INSERT INTO broken (rule, severity, subject_type, subject_code, batch_code, group_code,"
        f" product_code, county_id, province_id, measured, threshold, clause, {columns})"
        f" VALUES (%s, 'red', 'x', %s, %s, '', '', %s, %s, 1, 2, '', {marks})",
        [
            rule,
            "-".join(map(str, party.values())),
            batch_code,
            region.pk,
            region.parent.parent_id,
            *party.values(),
        ],  # type: ignore[union-attr]
    )


def three_breaks(cursor: CursorWrapper) -> tuple[Organisation, Organisation, Pool]:
    """Of an institution (10 working days by its province), an enterprise (5 by its batch), a pool."""
    county = make.county()
    hospital, maker = (
        make.organisation("institution", region=county),
        make.organisation("enterprise"),
    )
    pool = make.pool(county)
    cursor.execute(
        "INSERT INTO rule_value VALUES (%s, '', 'rectification_workdays', true, 10),"
        " (NULL, 'B1', 'rectification_workdays', true, 5),"
        " (NULL, 'B2', 'rectification_workdays', false, 7)",
        [county.parent.parent_id],  # type: ignore[union-attr]
    )
    broken(cursor, "late_receipt", "", county, institution_id=hospital.pk, pool_id=pool.pk)
    broken(cursor, "late_payment", "B1", county, enterprise_id=maker.pk)
    broken(cursor, "late_receipt", "B2", county, pool_id=pool.pk)
    return hospital, maker, pool


def test_each_party_gets_its_task_by_its_own_date(tables: CursorWrapper) -> None:
    hospital, maker, pool = three_breaks(tables)
    agency = make.organisation("agency", pool=pool)
    make.organisation("agency", pool=pool, is_active=False)
    assert open_new_warnings(MARCH, TESTER, SENT, answered=True) == 3
    tell_of_new_warnings(month=MARCH, at=SENT)
    ten, five = (day_end(add_workdays(SENT, days).day) for days in (10, 5))
    told = {task.organisation: task.due_at for task in Task.objects.all()}
    # Where the rule is not in force nobody says by when.
    assert told == {hospital: ten, maker: five, agency: None}
    task = Task.objects.get(organisation=hospital)
    warning = Warning.objects.get(warning_no=task.object_key)
    assert warning.answer_due_on == add_workdays(SENT, 10).day
    assert task.url.endswith(f"/{warning.warning_no}/")
    assert task.title.startswith("答复预警：") and warning.warning_no in task.title
    assert {notice.organisation for notice in Notice.objects.all()} == {hospital, maker, agency}
    assert answerers(Warning.objects.all()) == {
        row.pk: [task.organisation_id]
        for row in Warning.objects.all()
        for task in Task.objects.filter(object_key=row.warning_no)
    }


def test_every_new_warning_has_its_first_step_and_its_break(tables: CursorWrapper) -> None:
    three_breaks(tables)
    open_new_warnings(MARCH, TESTER, SENT, answered=True)
    tables.execute("SELECT warning_id FROM broken ORDER BY 1")
    ids = [row[0] for row in tables.fetchall()]
    assert ids == list(Warning.objects.order_by("pk").values_list("pk", flat=True))
    assert [step.verb for step in WarningStep.objects.all()] == ["raise"] * 3
    assert open_new_warnings(MARCH, TESTER, SENT, answered=True) == 0


def test_what_is_over_already_has_no_day(tables: CursorWrapper) -> None:
    three_breaks(tables)
    open_new_warnings(MARCH, TESTER, SENT, answered=False)
    assert set(Warning.objects.values_list("answer_due_on", flat=True)) == {None}
