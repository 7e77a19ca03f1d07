"""What /metrics says of live figures, jobs, queue and feed, and when a source does not answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from config import figures
from config.celery import app
from tests.factories import core, feed, stages


def _said() -> dict[str, float]:
    text = Client().get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    lines = [line for line in text.splitlines() if line.startswith("zhaocai_")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.mark.django_db
def test_live_figures_jobs_and_feed_are_told() -> None:
    now = timezone.now()
    stages.live_month(
        cut=now - timedelta(seconds=90), folded_at=now - timedelta(seconds=30),
        rebuilt_at=now - timedelta(hours=2), compared_at=now - timedelta(hours=9), difference=3,
        problem="",
    )  # fmt: skip
    stages.line_delta()
    core.job(state="queued", queued_at=now - timedelta(minutes=5))
    core.job(kind="compute_month", state="dead", ended_at=now - timedelta(hours=3))
    core.job(kind="compute_month", state="dead", ended_at=now - timedelta(days=3))
    feed.change(at=now - timedelta(minutes=2))
    feed.webhook_delivery(created_at=now - timedelta(minutes=7))
    said = _said()
    assert 90 <= said["zhaocai_live_cut_age_seconds"] < 150
    assert 30 <= said["zhaocai_live_folded_age_seconds"] < 90
    assert 7200 <= said["zhaocai_live_rebuilt_age_seconds"] < 7260
    assert said["zhaocai_live_difference_rows"] == 3
    assert said["zhaocai_live_problem"] == 0
    assert said["zhaocai_live_notes_waiting"] >= 1
    assert said['zhaocai_jobs_open{state="queued"}'] == 1
    assert 300 <= said['zhaocai_jobs_oldest_seconds{state="queued"}'] < 360
    assert said['zhaocai_jobs_open{state="failed"}'] == 0
    assert said['zhaocai_jobs_dead_last_day{kind="compute_month"}'] == 1
    assert said["zhaocai_changes_not_handed_out"] >= 1
    assert said["zhaocai_changes_not_handed_out_seconds"] >= 120
    assert said["zhaocai_feed_held_back_seconds"] >= 120  # this test's own transaction is open
    assert said["zhaocai_webhook_deliveries_waiting"] == 1
    assert said["zhaocai_webhook_deliveries_waiting_seconds"] >= 420
    assert said['zhaocai_figures_up{of="database"}'] == said['zhaocai_figures_up{of="broker"}'] == 1
    assert said[f'zhaocai_queue_messages{{queue="{app.conf.task_default_queue}"}}'] >= 0


@pytest.mark.django_db
def test_a_source_that_does_not_answer_is_told_and_hides_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(figures, "_row", down)
    said = _said()
    assert said['zhaocai_figures_up{of="database"}'] == 0
    assert said['zhaocai_figures_up{of="broker"}'] == 1
    assert "zhaocai_live_cut_age_seconds" not in said


@pytest.mark.django_db
def test_before_the_first_rebuild_there_is_no_age() -> None:
    assert "zhaocai_live_cut_age_seconds" not in _said()
