"""A process that holds unacknowledged messages outlives the broker they came from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from kombu import Connection, Queue

from config.celery import app as celery_app
from tests.jobs.own_broker import OwnBroker, own_broker


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnBroker]:
    with own_broker(tmp_path, monkeypatch) as own:
        yield own


def holding_one_message() -> Connection:
    connection = celery_app.connection_for_read()
    queue = Queue("held")(connection.default_channel)
    queue.declare()
    connection.Producer().publish({}, routing_key="held")
    assert queue.get() is not None
    return connection


def lose(connection: Connection) -> None:
    """What Celery's consumer does with a connection that broke; see its `consumer.py`."""
    with suppress(Exception):
        connection.collect(socket_timeout=1)
    connection.close()


def test_a_broken_connection_is_closed_although_a_message_is_held(broker: OwnBroker) -> None:
    connection = holding_one_message()
    broker.kill()
    lose(connection)


def test_also_when_a_read_was_under_way(broker: OwnBroker) -> None:
    """Pending reads break the first closing off, and the second finds no address."""
    connection = holding_one_message()
    for number, channel in enumerate((connection.default_channel, connection.channel())):
        channel.basic_consume("held", no_ack=False, callback=print, consumer_tag=str(number))
        connection.transport.cycle._register_BRPOP(channel)
    broker.kill()
    lose(connection)


def test_held_messages_go_back_to_a_broker_that_is_there(broker: OwnBroker) -> None:
    holding_one_message().close()
    with celery_app.connection_for_read() as connection:
        assert Queue("held")(connection.default_channel).get() is not None
