"""A loaded file and a report of the platform: lines without a task load as before, others are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.models import Batch, Group
from organisations.models import Organisation
from tests.factories import reports as make
from tests.interchange.small_province import spoiled, write_folder
from tests.interchange.test_load_dataset import load_folder
from volumes.models import VolumeReportLine

pytestmark = pytest.mark.django_db


def test_file_does_not_change_what_a_unit_reports_here(tmp_path: Path) -> None:
    assert load_folder(write_folder(tmp_path / "first")).problems == ()
    line = VolumeReportLine.objects.select_related("institution").get(year_no=1)
    hospital: Organisation = line.institution
    task = make.report_task(
        batch=Batch.objects.get(code="B1"), year_no=1, state="open",
        organisation=make.organisation("bureau", region=hospital.region.parent.parent),
    )  # fmt: skip
    make.report_task_group(task, group=Group.objects.get(code="G1"))
    report = make.volume_report(hospital, task)
    VolumeReportLine.objects.filter(pk=line.pk).update(report=report)
    # The same row again says nothing new.
    assert load_folder(tmp_path / "first").problems == ()
    other = write_folder(tmp_path / "other", spoiled("volume_reports", 2, "reported_qty", "1"))
    [problem] = load_folder(other).problems
    assert "报量任务" in str(problem) and "volume_reports.csv:2" in str(problem)
    line.refresh_from_db()
    assert line.reported_qty == 1000
    # Another year is not of the task.
    free = write_folder(tmp_path / "free", spoiled("volume_reports", 3, "reported_qty", "2"))
    assert load_folder(free).problems == ()
