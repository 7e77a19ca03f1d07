"""What the clock calls is there: a worker that starts knows every task of the schedule."""

from __future__ import annotations

from config.celery import app
from config.clock import BEAT_SCHEDULE


def test_every_tick_has_its_task() -> None:
    app.loader.import_default_modules()
    missing = [tick["task"] for tick in BEAT_SCHEDULE.values() if tick["task"] not in app.tasks]
    assert missing == []
    assert "inbox.deliver_webhook" in app.tasks
