"""The servers of tests lie in memory where there is room, and give it back when they are stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.embedded import home, postgres, redis_server, services
from core.embedded.account import choose_account
from core.embedded.places import Places
from core.embedded.record import ServiceRecord, write_record

ROOM = SimpleNamespace(f_bavail=2**21, f_frsize=4096, f_flag=0)


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in place of the machine's memory, with room."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(home, "MEMORY", folder)
    monkeypatch.setattr(home, "memory_has_room", lambda: True)
    monkeypatch.setattr(services, "memory_has_room", lambda: True)
    monkeypatch.setattr("core.embedded.account.Account.can_enter", lambda *given: True)
    yield folder


@pytest.fixture
def places(tmp_path: Path) -> Places:
    own = Places(tmp_path / "var")
    own.var.mkdir()
    return own


def test_only_what_need_not_last_lies_in_memory(memory: Path, places: Places) -> None:
    account = choose_account()
    assert home.choose_home(places, account) == places.var / "services"
    chosen = home.choose_home(places, account, durable=False)
    assert chosen.parent == memory
    assert chosen.stat().st_mode & 0o777 == 0o700
    assert home.in_memory(chosen)
    assert not home.in_memory(places.var / "services")


def test_what_was_left_in_memory_is_not_used_again(memory: Path, places: Places) -> None:
    chosen = home.choose_home(places, choose_account(), durable=False)
    (chosen / "left").touch()
    again = home.choose_home(places, choose_account(), durable=False)
    assert again == chosen
    assert list(again.iterdir()) == []
    assert [path.name for path in memory.iterdir()] == [chosen.name]


def test_a_link_laid_in_memory_is_not_followed(memory: Path, places: Places) -> None:
    chosen = home.choose_home(places, choose_account(), durable=False)
    chosen.rmdir()
    chosen.symlink_to(places.var)
    assert home.choose_home(places, choose_account(), durable=False) == places.var / "services"


@pytest.mark.parametrize(
    ("folder", "told", "room"),
    [
        (ROOM, "MemAvailable: 8388608 kB", True),
        (ROOM, "MemAvailable: 2097152 kB", False),
        (SimpleNamespace(f_bavail=2**14, f_frsize=4096, f_flag=0), "MemAvailable: 8388608 kB", False),
        (SimpleNamespace(f_bavail=2**21, f_frsize=4096, f_flag=os.ST_NOEXEC), "MemAvailable: 8388608 kB", False),
    ],
    ids=["room", "memory is used", "folder is small", "programs may not run"],
)  # fmt: skip
def test_where_there_is_no_room_the_disk_is_used(
    folder: SimpleNamespace, told: str, room: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home.os, "statvfs", lambda path: folder)
    monkeypatch.setattr(home.Path, "read_text", lambda path: f"MemFree: 1 kB\n{told}\n")
    assert home.memory_has_room() is room


def test_a_system_without_such_a_folder_has_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "MEMORY", Path("/not/there"))
    assert home.memory_has_room() is False


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("durable", [False, True])
def test_tests_that_ran_on_disk_move_but_nothing_else_does(
    running: bool, durable: bool, memory: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk = home.choose_home(places, choose_account())
    (on_disk / "kept").touch()
    record = ServiceRecord(str(on_disk), choose_account().name, 1)
    write_record(places, record)
    monkeypatch.setattr(postgres, "answers", lambda *given: running)
    monkeypatch.setattr(redis_server, "answers", lambda *given: False)
    kept = durable or running
    assert services._existing_record(places, durable) == (record if kept else None)
    assert (on_disk / "kept").exists() is kept


@pytest.mark.parametrize("durable", [False, True])
def test_stopping_gives_memory_back_and_keeps_the_disk(
    durable: bool, memory: Path, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = choose_account()
    chosen = home.choose_home(places, account, durable)
    write_record(places, ServiceRecord(str(chosen), account.name, 1))
    assert json.loads(places.record.read_text())["home"] == str(chosen)
    monkeypatch.setattr(postgres, "stop", lambda *given: True)
    monkeypatch.setattr(redis_server, "stop", lambda *given: True)
    assert services.stop(places=places) == services.Started(True, True)
    assert chosen.exists() is durable
