"""Requests per minute, counted in Redis: per token, per person, per address of the unknown."""

from __future__ import annotations

import functools
import logging
import time

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from core.audit.origin import client_ip

logger = logging.getLogger(__name__)
MINUTE = 60


class PerMinute(BaseThrottle):
    """A window of a minute for each caller. While Redis is down nobody is held back: the log says so.

    The limit of a token is its own or the platform's; every process counts in the same place.
    """

    def who(self, request: Request) -> tuple[str, int]:
        return caller(request)

    def allow_request(self, request: Request, view: APIView) -> bool:
        who, limit = self.who(request)
        window = int(time.time()) // MINUTE
        self.left = MINUTE - int(time.time()) % MINUTE
        try:
            return _count(f"{settings.API_COUNT_PREFIX}{who}:{window}") <= limit
        except redis.exceptions.RedisError:
            logger.warning("redis is down, requests of the API are not counted", exc_info=True)
            return True

    def wait(self) -> float:
        return float(self.left)


class UnknownPerMinute(PerMinute):
    """For whoever could not show who they are: counted by address, so that tokens are not guessed."""

    def who(self, request: Request) -> tuple[str, int]:
        return f"address:{client_ip(request._request)}", settings.API_ADDRESS_PER_MINUTE


def caller(request: Request) -> tuple[str, int]:
    """The token or the person who is counted, and how many requests a minute are allowed."""
    token_key = getattr(request.auth, "token_key", "")
    if token_key:
        own: int | None = getattr(request.auth, "per_minute", None)
        return f"token:{token_key}", own or settings.API_TOKEN_PER_MINUTE
    return f"person:{request.user.pk}", settings.API_PERSON_PER_MINUTE


def _count(key: str) -> int:
    pipe = _client(settings.CELERY_BROKER_URL).pipeline()
    pipe.incr(key)
    pipe.expire(key, 2 * MINUTE)
    return int(pipe.execute()[0])


@functools.cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
