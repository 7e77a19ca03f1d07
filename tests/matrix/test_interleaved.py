"""R-8: requests and jobs of all actors, mixed over four connections that are kept, tell nobody of another.

Between the requests the same connections meet exceptions, statements that run out of time and
transactions that are undone, as pooled connections do.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpResponseBase
from django.utils import timezone

from core.audit.record import RequestOrigin, SystemActor, record, request_origin
from organisations.models import Organisation, User
from organisations.queries import sign_in_backend
from tests.databases.clones import cloned
from tests.matrix.actors import ACTORS
from tests.matrix.canaries import met, text_of
from tests.matrix.table import Row, address, load_table, named
from tests.matrix.world import World

CONNECTIONS = 4
ROWS = {row.label: row for row in load_table()}
ASKED = [
    ROWS[label]
    for label in (
        "api-me-list GET", "task-list GET", "warning-list GET", "warning-detail GET",
        "api-warning-list GET", "notices-read POST",
    )
]  # fmt: skip
Told = tuple[int, frozenset[str], bool]


@pytest.fixture
def apart(world: World) -> Iterator[World]:
    """The world in a copy of its own: what these requests commit is seen by no other test."""
    connections.close_all()  # nobody may be in a database while it is copied
    with cloned(str(settings.DATABASES["default"]["NAME"])):
        yield world


def _send(row: Row, world: World, actor: str) -> HttpResponseBase:
    client = world.cast.client(actor)
    data = {name: named(value, world) for name, value in row.data.items()}
    answer: HttpResponseBase = getattr(client, row.route.method.lower())(address(row, world), data)
    return answer


def _told(row: Row, world: World, actor: str) -> Told:
    """The status, whose marks are in the answer, and whether the actor's own name is."""
    answer = _send(row, world, actor)
    text = text_of(answer)
    names = frozenset(canary.name for canary in met(text, world.seeded.canaries))
    own = actor in world.cast.users and world.cast.users[actor].name in text
    return answer.status_code, names, own


class _Meant(Exception):
    """What the jobs between the requests end with."""


def _job_that_fails() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('zhaocai.bulk_load', 'on', true)")
        Organisation.objects.update(name="没有的")
        raise _Meant


def _job_out_of_time() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '1ms'")
        cursor.execute("SELECT pg_sleep(1)")


def _job_that_tells() -> None:
    """Whatever was asked before it on this connection, a job acts in its own name only."""
    with transaction.atomic():
        event = record(by=SystemActor("混跑"), at=timezone.now(), action="test.mixed")
        assert (event.request_id, event.ip, event.actor_id) == ("", None, None)
        transaction.set_rollback(True)


JOBS: tuple[Callable[[], None], ...] = (_job_that_fails, _job_out_of_time, _job_that_tells)


def _context() -> tuple[object, ...]:
    """What a request or job could leave behind on its connection and thread."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('zhaocai.bulk_load', true), ''),"
            " current_setting('statement_timeout'), current_user"
        )
        return (*cursor.fetchone(), connection.in_atomic_block, request_origin.get())


def _run_mixed(world: World, count: int, seed: int) -> list[str]:
    """What differs from each actor's own answers, asked one after the other before."""
    chance = random.Random(seed)
    expected = {
        (actor, row.label): _told(row, world, actor) for actor in ACTORS for row in ASKED
    }  # fmt: skip
    clean = (*_context()[:-1], RequestOrigin())
    work: SimpleQueue[tuple[str, Row] | Callable[[], None]] = SimpleQueue()
    for _ in range(count):
        work.put(chance.choice(JOBS) if chance.random() < 0.25
                 else (chance.choice(ACTORS), chance.choice(ASKED)))  # fmt: skip
    wrong: list[str] = []
    start = threading.Barrier(CONNECTIONS)

    def serve() -> None:
        start.wait()
        try:
            while True:
                step = work.get_nowait()
                if _context() != clean:
                    wrong.append(f"begins with {_context()}")
                if callable(step):
                    with suppress(_Meant, DatabaseError):
                        step()
                    continue
                actor, row = step
                told = _told(row, world, actor)
                if told != expected[actor, row.label]:
                    wrong.append(f"{actor} {row.label}: {told}")
        except Empty:
            pass
        except BaseException as error:
            wrong.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=serve) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.mark.reliability
def test_mixed_over_four_connections_nobody_is_told_of_another(
    apart: World, rounds: Callable[[int, int], int]
) -> None:
    assert _run_mixed(apart, rounds(200, 2_000), seed=8) == []


@pytest.mark.reliability
def test_control_a_person_kept_from_the_request_before_is_noticed(
    apart: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[list[User]] = []
    ask = sign_in_backend._PERSON.rows

    def rows(user_id: int) -> list[User]:
        kept.append(ask(user_id))
        return kept[-2] if len(kept) > len(ACTORS) * len(ASKED) else kept[-1]

    monkeypatch.setattr(sign_in_backend._PERSON, "rows", rows)
    assert _run_mixed(apart, 60, seed=9) != []
