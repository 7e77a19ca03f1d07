"""Kombu's Redis transport, mended where a lost broker would end the worker for good.

A worker that holds an unacknowledged message when Redis goes away closes its channel twice: the
first try breaks off in the pending read, the second finds the connection's parameters already gone
and raises AttributeError, which Celery takes for unrecoverable (kombu 5.7.0, celery 5.7.0). There
is nothing to hand back to a broker that is away: the job's row is still there, and the sweeper
rings again.
"""

from __future__ import annotations

import logging
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis import exceptions

logger = logging.getLogger(__name__)


class QoS(redis.QoS):
    """Unacknowledged messages are handed back only while there is a broker to take them."""

    def restore_unacked(self, client: Any = None) -> None:
        """Put unacknowledged messages back; forget them when the broker is not there."""
        try:
            if client is not None or self.channel.connection.client is not None:
                super().restore_unacked(client)
                return
            reason = "its connection is closed"
        except (exceptions.ConnectionError, exceptions.TimeoutError) as error:
            reason = str(error)
        logger.warning("the lost broker keeps %s messages: %s", len(self._delivered), reason)
        self._delivered.clear()


class Channel(redis.Channel):
    """Channel with the mended bookkeeping."""

    QoS = QoS


class Transport(redis.Transport):
    """Transport of such channels."""

    Channel = Channel


def use() -> None:
    """Let every redis:// address be spoken to through this transport."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
