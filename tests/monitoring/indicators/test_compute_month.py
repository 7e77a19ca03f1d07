"""The monthly job as people meet it: refusals, empty months, twice, two at once, by the clock."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.audit.models import AuditEvent
from core.jobs.models import Job
from core.jobs.run import run
from core.workdays.models import CalendarYear
from monitoring.models import ComputedMonth, IndicatorValue
from monitoring.operations.compute_month import MonthRefused
from monitoring.tasks import request_last_month, request_month
from tests.monitoring.indicators.provinces import (
    TESTER,
    compute,
    figures_of,
)

MARCH = date(2026, 3, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["2026-13", "2026-3", "202603", "三月", "1999-12", "２０２６-03"])
def test_malformed_month_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(CommandError, match="不是月份"):
        call_command("compute_month", text)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_month_that_has_not_begun_is_refused() -> None:
    with pytest.raises(MonthRefused, match="尚未开始"):
        compute(date(2026, 4, 1), at=datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC))
    # 00:00 of 1 April in Shanghai: the month has begun.
    assert compute(date(2026, 4, 1), at=datetime(2026, 3, 31, 16, tzinfo=UTC)).total == 0


@pytest.mark.django_db
def test_export_of_a_month_not_computed_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="compute_month 2026-03"):
        call_command("export_indicators", "--month", "2026-03", "--out", str(tmp_path / "x.csv"))
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("loaded_sample")
def test_month_without_data_has_no_rows_and_says_so() -> None:
    said = StringIO()
    call_command("compute_month", "2010-01", stdout=said)
    assert "2010-01 没有数据" in said.getvalue()
    assert not IndicatorValue.objects.filter(month=date(2010, 1, 1)).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('rollup.indicator_value_201001')")
        assert cursor.fetchone()[0] is None


@pytest.mark.usefixtures("loaded_sample")
def test_month_that_needs_an_unpublished_year_is_refused_by_name() -> None:
    CalendarYear.objects.filter(year=2026).update(status="provisional")
    with pytest.raises(MonthRefused, match=r"2026 年的节假日安排尚未录入"):
        compute(MARCH)
    assert not ComputedMonth.objects.exists()


@pytest.mark.usefixtures("loaded_sample")
def test_month_keeps_its_values_and_revision_and_tells_the_audit() -> None:
    compute(MARCH)
    counts = compute(MARCH)
    computed = ComputedMonth.objects.get(month=MARCH)
    assert computed.revision == 2
    assert computed.counts == counts.rows
    assert computed.policy_values["provinces"]["360000"]["reply_workdays"] == "2"
    assert AuditEvent.objects.filter(action="indicator.compute", object_key="2026-03").count() == 2


@pytest.mark.usefixtures("loaded_sample")
def test_two_at_once_and_once_give_the_same() -> None:
    compute(MARCH)
    once = figures_of(MARCH)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            compute(MARCH)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert figures_of(MARCH) == once
    assert ComputedMonth.objects.get(month=MARCH).revision == 3


@pytest.mark.usefixtures("loaded_sample")
def test_queued_month_is_one_job_and_runs_with_progress_and_log() -> None:
    at = datetime(2026, 4, 1, 1, tzinfo=UTC)
    job = request_month(MARCH, by=TESTER, at=at)
    assert request_month(MARCH, by=TESTER, at=at).pk == job.pk
    done = run(job.pk)
    assert done is not None
    assert (done.state, done.progress_done, done.progress_total) == ("done", 20, 21)
    assert done.result["total"] == 3187
    assert done.log_lines.filter(text__startswith="供应配送率").exists()
    assert run(job.pk) is None


@pytest.mark.usefixtures("loaded_sample")
def test_clock_asks_for_the_last_month_once() -> None:
    at = datetime(2026, 3, 31, 18, 10, tzinfo=UTC)  # 1 April 02:10 in Shanghai
    job = request_last_month(at=at)
    assert job is not None
    assert job.key == "2026-03"
    compute(MARCH, at=at)
    assert request_last_month(at=at) is None
