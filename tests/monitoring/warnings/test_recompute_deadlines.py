"""A 暂定 answer date becomes firm when the year's calendar is in; its holders are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.audit.record import SystemActor
from core.jobs.models import Job
from core.jobs.run import run
from core.workdays.deadlines import add_workdays, day_end
from core.workdays.upload import CalendarRow
from inbox.models import Notice, Task
from monitoring.models import Warning
from policy.models import Policy
from policy.operations.upload_calendar_year import RECOMPUTE, upload_year
from tests.factories import catalog, inbox, stages
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
TESTER = SystemActor(audit_name="测试")
SENT = datetime(2026, 12, 28, 2, tzinfo=UTC)
HOLIDAY = {date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6)}


def publish() -> Job:
    """2027, with three weekdays off that nobody could guess."""
    first = date(2027, 1, 1)
    rows = [
        CalendarRow(day, day.weekday() < 5 and day not in HOLIDAY and day != first, "")
        for day in (first + timedelta(days=n) for n in range(365))
    ]
    upload_year(year=2027, rows=rows, source="国办发明电〔2026〕7号", by=TESTER, at=SENT)
    return Job.objects.get(kind=RECOMPUTE)


def warning_of(state: str = "open") -> tuple[Warning, Task]:
    """Sent out on 28 December 2026, due after ten working days as they were guessed then."""
    region = make.region("360000", name="江西省")
    batch = catalog.batch(policy=Policy.objects.get(code="jiangxi-2026"))
    hospital = make.organisation("institution")
    due = add_workdays(SENT, 10)
    assert due.provisional
    warning = stages.warning(
        hospital, state=state, batch_code=batch.code, province=region, opened_at=SENT,
        first_month=date(2026, 12, 1), last_month=date(2026, 12, 1), answer_due_on=due.day,
        answer_due_provisional=True,
    )  # fmt: skip
    task = inbox.task(
        hospital, object_type="warning", act="answer_warning", object_key=warning.warning_no,
        due_at=day_end(due.day),
    )  # fmt: skip
    return warning, task


def test_date_task_and_holder_follow_the_calendar() -> None:
    warning, task = warning_of()
    guessed = warning.answer_due_on
    job = publish()
    done = run(job.pk)
    assert done is not None
    assert (done.state, done.result) == ("done", {"firm": 1, "moved": 1})
    warning.refresh_from_db()
    task.refresh_from_db()
    assert warning.answer_due_on == add_workdays(SENT, 10).day
    assert warning.answer_due_on != guessed
    assert not warning.answer_due_provisional
    assert task.due_at == day_end(warning.answer_due_on)
    notice = Notice.objects.get(organisation=task.organisation)
    assert "1 条预警的答复期限由暂定改为确定" in notice.title


def test_what_is_over_stays_as_it_was() -> None:
    warning, _ = warning_of("closed")
    run(publish().pk)
    before = warning.answer_due_on
    warning.refresh_from_db()
    assert (warning.answer_due_on, warning.answer_due_provisional) == (before, True)
    assert not Notice.objects.exists()


def test_twice_is_once() -> None:
    warning_of()
    run(publish().pk)
    upload_again = publish_again()
    done = run(upload_again.pk)
    assert done is not None
    assert done.result == {"firm": 0, "moved": 0}
    assert Notice.objects.count() == 1


def publish_again() -> Job:
    from core.jobs.enqueue import enqueue

    return enqueue(kind=RECOMPUTE, key="2027", arguments={"year": 2027}, by=TESTER, at=SENT)
