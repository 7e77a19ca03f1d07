"""What Prometheus asks of the platform's own work: live figures, jobs, the queue, feed and webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError as BrokerError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from config.celery import app
from core.database.horizon import horizon

CAP = 100_000
"""Rows are counted no further: beyond it the number only says that it is far too many."""

LIVE = """
SELECT EXTRACT(EPOCH FROM now() - cut), EXTRACT(EPOCH FROM now() - folded_at),
       EXTRACT(EPOCH FROM now() - rebuilt_at), rebuild_seconds,
       EXTRACT(EPOCH FROM now() - compared_at), difference, (problem <> '')::int
FROM monitoring_livemonth ORDER BY month DESC LIMIT 1
"""
LIVE_NAMES = (
    ("live_cut_age_seconds", "Age of the moment that the live figures stand at"),
    ("live_folded_age_seconds", "Since the last fold"),
    ("live_rebuilt_age_seconds", "Since the last rebuild"),
    ("live_rebuild_seconds", "How long the last rebuild took"),
    ("live_compared_age_seconds", "Since folded and rebuilt figures were last compared"),
    ("live_difference_rows", "Rows that differed in that comparison; anything but 0 is a fault"),
    ("live_problem", "1 where the live figures cannot be kept"),
)
WAITING_NOTES = f"SELECT count(*) FROM (SELECT FROM procurement_linedelta LIMIT {CAP}) x"
OPEN_JOBS = """
SELECT state, count(*), COALESCE(EXTRACT(EPOCH FROM now() - min(queued_at)), 0)
FROM core_job WHERE state IN ('queued', 'running', 'failed') GROUP BY state
"""
DEAD_JOBS = """
SELECT kind, count(*) FROM core_job
WHERE state = 'dead' AND ended_at > now() - interval '1 day' GROUP BY kind
"""
FEED = f"""
SELECT COALESCE(EXTRACT(EPOCH FROM now() - (SELECT min(at) FROM (
           SELECT at FROM inbox_change WHERE transaction_id >= %s LIMIT {CAP}) x)), 0),
       (SELECT count(*) FROM (SELECT FROM inbox_change WHERE handed_out_at IS NULL LIMIT {CAP}) x),
       COALESCE(EXTRACT(EPOCH FROM now() - (SELECT min(at) FROM (
           SELECT at FROM inbox_change WHERE handed_out_at IS NULL LIMIT {CAP}) x)), 0)
"""
FEED_NAMES = (
    ("feed_held_back_seconds", "Age of the oldest change that the feed does not give out yet"),
    ("changes_not_handed_out", "Changes that webhooks were not made of yet"),
    ("changes_not_handed_out_seconds", "Age of the oldest of them"),
)
DELIVERIES = """
SELECT count(*), COALESCE(EXTRACT(EPOCH FROM now() - min(created_at)), 0)
FROM inbox_webhookdelivery WHERE ended_at IS NULL
"""


class WorkCollector(Collector):
    """Asks database and broker at each scrape; `zhaocai_figures_up` says whether both answered."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("zhaocai_figures_up", "1 where the source answered", labels=["of"])
        for source, ask in (("database", _of_database), ("broker", _of_broker)):
            try:
                found = list(ask())
            except (DatabaseError, BrokerError, RedisError, OSError):
                up.add_metric([source], 0)
                continue
            up.add_metric([source], 1)
            yield from found
        yield up


def platform_figures() -> bytes:
    """In the text form of Prometheus, to stand behind the process's own figures."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(WorkCollector())
    return generate_latest(registry)


def _of_database() -> Iterator[GaugeMetricFamily]:
    live = _row(LIVE)
    if live is not None:
        yield from _named(LIVE_NAMES, live)
    yield from _named(
        (("live_notes_waiting", "Notes that no fold has taken yet"),), _row(WAITING_NOTES)
    )
    number = GaugeMetricFamily("zhaocai_jobs_open", "Jobs that have not ended", labels=["state"])
    oldest = GaugeMetricFamily(
        "zhaocai_jobs_oldest_seconds", "Since the oldest of them was queued", labels=["state"]
    )
    counted = {state: (count, age) for state, count, age in _rows(OPEN_JOBS)}
    for state in ("queued", "running", "failed"):
        count, age = counted.get(state, (0, 0))
        number.add_metric([state], count)
        oldest.add_metric([state], float(age))
    dead = GaugeMetricFamily(
        "zhaocai_jobs_dead_last_day", "Jobs given up in the last 24 hours", labels=["kind"]
    )
    for kind, count in _rows(DEAD_JOBS):
        dead.add_metric([kind], count)
    yield from (number, oldest, dead)
    yield from _named(FEED_NAMES, _row(FEED, [horizon()[1]]))
    yield from _named(
        (
            ("webhook_deliveries_waiting", "Deliveries that have not ended"),
            ("webhook_deliveries_waiting_seconds", "Age of the oldest of them"),
        ),
        _row(DELIVERIES),
    )


def _of_broker() -> Iterator[GaugeMetricFamily]:
    queue = app.conf.task_default_queue
    with app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=0, timeout=2)
        waiting = broker.default_channel.client.llen(queue)
    depth = GaugeMetricFamily(
        "zhaocai_queue_messages", "Calls that no worker has taken", labels=["queue"]
    )
    depth.add_metric([queue], waiting)
    yield depth


def _named(
    names: tuple[tuple[str, str], ...], values: tuple[Any, ...] | None
) -> Iterator[GaugeMetricFamily]:
    """One gauge each; what has no value yet is left out."""
    for (name, words), value in zip(names, values or (), strict=True):
        if value is not None:
            yield GaugeMetricFamily(f"zhaocai_{name}", words, value=float(value))


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _row(sql: str, values: list[Any] | None = None) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found
