"""Opening a task for a whole province: a job that may run twice, be left, and be found again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import volumes.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.jobs.models import Job
from core.jobs.run import run
from core.transitions import NotYours, StaleVersion, TransitionRefused
from inbox.models import Task
from organisations.models import User
from tests.factories import organisations as people
from tests.volumes.cast import Cast, build, scope, task_values
from volumes.models import ReportTask
from volumes.operations.tasks import request
from volumes.operations.tasks.draft import draft_task, edit_task
from volumes.operations.tasks.request import request_open


def acting_as(user: User) -> dict[str, Any]:
    at = timezone.now()
    return {"by": user, "scope": scope(user, at), "at": at}


def drafted(cast: Cast) -> tuple[ReportTask, dict[str, Any]]:
    clerk = cast.user(cast.bureau, "clerk")
    acting = acting_as(clerk)
    window = {"opens_at": acting["at"], "closes_at": acting["at"] + timedelta(days=9)}
    return draft_task(values=task_values(cast, **window), **acting), acting


def test_few_are_asked_at_once_and_many_by_a_job(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    cast = build()
    task, acting = drafted(cast)
    monkeypatch.setattr(request, "AT_ONCE", 3)
    stranger = people.person(cast.city_bureau, "clerk")
    with pytest.raises(NotYours):
        request_open(task=task, **acting_as(stranger))
    with pytest.raises(StaleVersion):
        request_open(task=task, seen_version=7, **acting)
    with pytest.raises(TransitionRefused, match="截止时间已经过去"):
        request_open(task=task, **acting | {"at": task.closes_at})
    job = request_open(task=task, seen_version=1, **acting)
    assert job is not None and request_open(task=task, **acting) == job
    task.refresh_from_db()
    assert (task.state, Task.objects.count()) == ("draft", 0)
    # Whoever left finds it again on the task's own page.
    client.force_login(acting["by"])
    assert f"/jobs/{job.pk}/" in client.get(f"/volumes/tasks/{task.task_no}/").content.decode()
    run(job.pk)
    job.refresh_from_db()
    task.refresh_from_db()
    assert (job.state, job.result, task.state) == ("done", {"units": 3}, "open"), job.problem
    waiting = Task.objects.count()
    # A worker that died between the effect and its word runs it again.
    Job.objects.filter(pk=job.pk).update(state="queued", ended_at=None)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, Task.objects.count()) == ("done", {"units": 3}, waiting)
    with pytest.raises(TransitionRefused):
        request_open(task=task, **acting)


def test_a_draft_that_was_changed_meanwhile_is_not_opened(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    cast = build()
    task, acting = drafted(cast)
    monkeypatch.setattr(request, "AT_ONCE", 0)
    job = request_open(task=task, **acting)
    assert job is not None
    window = {"opens_at": acting["at"], "closes_at": acting["at"] + timedelta(days=3)}
    edit_task(task=task, values=task_values(cast, **window), **acting)
    run(job.pk)
    job.refresh_from_db()
    task.refresh_from_db()
    assert (job.state, task.state, task.reports.count()) == ("refused", "draft", 0)
    client.force_login(acting["by"])
    page = client.get(f"/volumes/tasks/{task.task_no}/").content.decode()
    assert "上次没有发布" in page and job.problem in page


def test_a_city_opens_its_own_task_while_the_page_waits(db: None) -> None:
    cast = build()
    clerk = cast.user(cast.city_bureau, "clerk")
    acting = acting_as(clerk)
    window = {"opens_at": acting["at"], "closes_at": acting["at"] + timedelta(days=3)}
    values = task_values(cast, review_levels=["county", "city"], **window)
    task = draft_task(values=values, **acting)
    assert request_open(task=task, **acting) is None
    task.refresh_from_db()
    found = {row.institution.name: row.path for row in task.reports.select_related("institution")}
    # 丁 is of the other city; the province reviews nothing here.
    assert found == {"甲医院": ["county", "city"], "乙医院": ["county", "city"]}
    assert (task.state, task.city_id) == ("open", cast.city_bureau.region_id)
