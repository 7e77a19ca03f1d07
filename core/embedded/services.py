"""Start, stop and describe the two embedded services, shared by all our commands."""

import os
from dataclasses import dataclass, replace

from core.embedded import postgres, redis_server
from core.embedded.account import choose_account, named
from core.embedded.addresses import APPLICATION, OWNER, SUPERUSER
from core.embedded.home import choose_home, in_memory, memory_has_room, remove_home
from core.embedded.lock import exclusive
from core.embedded.places import Places, current_places
from core.embedded.record import ServiceRecord, read_record, write_record
from core.embedded.secrets import secret


@dataclass(frozen=True)
class Started:
    """Which servers this call itself started (not those found running)."""

    postgres: bool = False
    redis: bool = False


@dataclass(frozen=True)
class Status:
    postgres: bool
    redis: bool
    home: str | None
    user: str | None


def needs_postgres() -> bool:
    return not os.environ.get("DATABASE_URL")


def needs_redis() -> bool:
    return not os.environ.get("REDIS_URL")


def ensure_started(*, durable: bool = True) -> Started:
    """Start whatever has no configured address and does not run yet.

    Safe to call from any number of processes at once. Raises
    EmbeddedServiceError with the way out when a server cannot be started.
    Not `durable`: a server of tests, which need not outlive a power cut.
    """
    want_postgres, want_redis = needs_postgres(), needs_redis()
    if not (want_postgres or want_redis):
        return Started()
    places = current_places()
    if _all_answer(places, want_postgres, want_redis):
        return Started()
    with exclusive(places):
        return _start_missing(places, want_postgres, want_redis, durable)


def _all_answer(places: Places, want_postgres: bool, want_redis: bool) -> bool:
    record = read_record(places)
    if record is None:
        return False
    return (not want_postgres or postgres.answers(places, record.home_path)) and (
        not want_redis or redis_server.answers(places, record.redis_port)
    )


def _start_missing(places: Places, want_postgres: bool, want_redis: bool, durable: bool) -> Started:
    for name in (SUPERUSER, OWNER, APPLICATION, "redis"):
        secret(places, name)
    record = _existing_record(places, durable) or _first_record(places, durable)
    account = named(record.user)
    started_postgres = started_redis = False
    if want_postgres and not postgres.answers(places, record.home_path):
        postgres.start(places, record.home_path, account, durable)
        started_postgres = True
    if want_redis and not redis_server.answers(places, record.redis_port):
        if redis_server.port_is_taken(record.redis_port):
            record = replace(record, redis_port=redis_server.free_port())
            write_record(places, record)
        redis_server.start(places, record.home_path, account, record.redis_port)
        started_redis = True
    return Started(started_postgres, started_redis)


def _existing_record(places: Places, durable: bool) -> ServiceRecord | None:
    record = read_record(places)
    if record is None or not record.home_path.is_dir():
        return None
    on_disk_in_vain = not durable and not in_memory(record.home_path) and memory_has_room()
    if on_disk_in_vain and not any(_answering(places, record)):
        # Tests that ran on disk so far; all they keep can be made again.
        remove_home(record.home_path)
        return None
    return record


def _answering(places: Places, record: ServiceRecord) -> tuple[bool, bool]:
    return (
        postgres.answers(places, record.home_path),
        redis_server.answers(places, record.redis_port),
    )


def _first_record(places: Places, durable: bool) -> ServiceRecord:
    account = choose_account()
    home = choose_home(places, account, durable)
    record = ServiceRecord(str(home), account.name, redis_server.free_port())
    write_record(places, record)
    return record


def stop(
    what: Started = Started(postgres=True, redis=True), places: Places | None = None
) -> Started:
    """Stop the named servers; returns those that were running.

    What tests kept in memory is given back once neither of their servers runs.
    """
    places = places or current_places()
    record = read_record(places)
    if record is None or not record.home_path.is_dir():
        return Started()
    account = named(record.user)
    with exclusive(places):
        stopped = Started(
            postgres=what.postgres and postgres.stop(record.home_path, account),
            redis=what.redis and redis_server.stop(places, record.redis_port),
        )
        if in_memory(record.home_path) and not any(_answering(places, record)):
            remove_home(record.home_path)
        return stopped


def reset() -> None:
    """Stop both servers and delete their data; the next start begins empty."""
    stop()
    places = current_places()
    with exclusive(places):
        record = read_record(places)
        if record is not None:
            remove_home(record.home_path)
            places.record.unlink()


def status() -> Status:
    places = current_places()
    record = read_record(places)
    if record is None:
        return Status(False, False, None, None)
    postgres_runs, redis_runs = _answering(places, record)
    return Status(
        postgres=postgres_runs,
        redis=redis_runs,
        home=record.home,
        user=record.user,
    )
