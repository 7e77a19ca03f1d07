"""What is loaded, dumped and loaded again gives the same rows; and the two commands."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from core.audit.models import AuditEvent
from interchange.files import FILES
from interchange.operations.dump_dataset import dump
from tests.interchange.small_province import spoiled, write_folder
from tests.interchange.test_load_dataset import load_folder

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parent.parent / "data" / "sample" / "input"


@contextmanager
def undone() -> Iterator[None]:
    """A database that afterwards is as empty as before."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def rows(path: Path) -> list[dict[str, object]]:
    """The rows of a file, numbers and times by value, in the order of their text."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        found = [
            {name: value_of(text) for name, text in row.items()} for row in csv.DictReader(stream)
        ]
    return sorted(found, key=repr)


def value_of(text: str) -> object:
    try:
        return Decimal(text).normalize() if len(text) < 19 and not text.startswith("0") else text
    except ArithmeticError:
        return text


@pytest.mark.parametrize("source", ["small", "sample"])
def test_dump_of_a_load_of_a_dump_is_the_same(tmp_path: Path, source: str) -> None:
    folder = SAMPLE if source == "sample" else write_folder(tmp_path / "source")
    with undone():
        assert load_folder(folder).problems == ()
        dump(tmp_path / "first")
    with undone():
        first = load_folder(tmp_path / "first")
        assert first.problems == ()
        dump(tmp_path / "second")
        assert (
            load_folder(tmp_path / "first").totals
            == f"0 created, 0 updated, {first.created} unchanged"
        )
        assert load_folder(folder).totals == f"0 created, 0 updated, {first.created} unchanged"
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
    assert sorted(contents(tmp_path / "first")) == sorted(file.file_name for file in FILES)


def test_dump_gives_the_rows_that_were_loaded(tmp_path: Path) -> None:
    with undone():
        load_folder(SAMPLE)
        dump(tmp_path / "dumped")
    for name in ("order_lines", "selections", "agreements", "products", "consortium_members"):
        loaded, dumped = rows(SAMPLE / f"{name}.csv"), rows(tmp_path / "dumped" / f"{name}.csv")
        different = [row for row in loaded if row not in dumped]
        # Times with an offset are written as Asia/Shanghai's.
        assert all(
            any(str(text)[-1] == "Z" or "+" in str(text) for text in row.values())
            for row in different
        )
        assert len(loaded) == len(dumped)
        assert len(different) < 10


def test_instants_keep_microseconds_and_summer_time(tmp_path: Path) -> None:
    """The hour that Shanghai lived twice in 1991 is told apart by its offset."""
    changes = spoiled("complaints", 3, "filed_at", "1991-09-15T00:30:00.000010+08:00")
    with undone():
        load_folder(write_folder(tmp_path / "source", changes))
        dump(tmp_path / "dumped")
    text = (tmp_path / "dumped" / "complaints.csv").read_text(encoding="utf-8")
    assert "1991-09-15T00:30:00.00001+08:00" in text
    assert "2025-03-02T09:00:00.123456" in (tmp_path / "dumped" / "deliveries.csv").read_text(
        encoding="utf-8"
    )


def test_command_tells_totals_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "p")
    call_command("load_dataset", str(folder))
    capsys.readouterr()
    call_command("load_dataset", str(folder))
    out = capsys.readouterr().out.splitlines()
    assert out[-1] == "0 created, 0 updated, 60 unchanged"
    assert "regions.csv：新增 0，更新 0，不变 4" in out


def test_command_refuses_on_standard_error_with_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "p", spoiled("orders", 4, "urgent", "2"))
    with pytest.raises(SystemExit) as stopped:
        call_command("load_dataset", str(folder))
    assert stopped.value.code == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "orders.csv:4: urgent: 2: 应为 0（否）或 1（是）",
        "什么都没有写入",
    ]
    assert "created" not in captured.out


def test_command_names_a_missing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("load_dataset", str(tmp_path / "none"))
    assert "没有这个文件夹" in capsys.readouterr().err


def test_second_load_at_once_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fresh_database: str
) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [0x7A68_6C6F])
        with pytest.raises(SystemExit):
            call_command("load_dataset", str(write_folder(tmp_path / "p")))
    finally:
        other.close()
    assert "另一次数据集加载正在进行" in capsys.readouterr().err


def test_dump_command_counts_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_folder(write_folder(tmp_path / "p"))
    call_command("dump_dataset", str(tmp_path / "out"))
    assert "receipts.csv：3 行" in capsys.readouterr().out
    told = AuditEvent.objects.get(action="dataset.dump")
    assert (told.actor_name, told.detail["files"]["receipts"]) == ("命令行 dump_dataset", 3)
