"""One id from the browser's request to the worker's log lines and the events that the job writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from core.audit.models import AuditEvent
from core.audit.record import RequestOrigin, request_origin
from core.jobs.enqueue import enqueue
from tests.jobs.kinds import EFFECT, TESTER
from tests.jobs.waiting import until_state


def test_worker_logs_and_records_under_the_id_of_the_request(
    start_worker: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    start_worker(app="tests.jobs.worker_app")
    gate = tmp_path / "gate"
    gate.touch()
    token = request_origin.set(RequestOrigin("a1b2c3d4", "203.0.113.9"))
    try:
        job = enqueue(
            kind="test_gate",
            key="logs",
            arguments={"gate": str(gate)},
            by=TESTER,
            at=timezone.now(),
        )
    finally:
        request_origin.reset(token)
    until_state(job.pk, "done")
    lines = [json.loads(line) for line in _json_lines(tmp_path / "worker-1.log")]
    begun = [line for line in lines if line.get("job_id") == job.pk]
    assert [line["request_id"] for line in begun][:1] == ["a1b2c3d4"]
    assert begun[0]["job_kind"] == "test_gate"
    event = AuditEvent.objects.get(action=EFFECT, object_key=str(job.pk))
    assert event.request_id == "a1b2c3d4"


def _json_lines(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if line.startswith("{")]
