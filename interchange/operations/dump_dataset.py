"""Write the whole province into a folder of CSV files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core.audit.record import Actor, record
from core.datasets import DatasetFile
from core.operations import operation
from interchange.files import FILES
from interchange.runner.kinds import write
from interchange.runner.report import LoadFailed
from interchange.runner.staging import session_settings


def _silent(done: int, total: int, stage: str) -> None:
    return None


def dump(directory: Path, *, progress: Callable[[int, int, str], None] = _silent) -> dict[str, int]:
    """Write every file, sorted by its key, of one moment; gives the number of rows by file.

    The folder is made when it is missing; files of the dataset in it are replaced, each only
    when it is complete. Raises LoadFailed where the folder cannot be written.
    """
    written: dict[str, int] = {}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        nested = connection.in_atomic_block
        with transaction.atomic(), connection.cursor() as cursor:
            if not nested:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            session_settings(cursor)
            for place, file in enumerate(FILES):
                progress(place, len(FILES), f"写出 {file.file_name}")
                written[file.name] = _dump_file(cursor, file, directory)
    except OSError as error:
        raise LoadFailed(f"无法写入 {directory}：{error.strerror or error}") from error
    progress(len(FILES), len(FILES), "完成")
    return written


@operation
def note_dump(*, directory: Path, written: dict[str, int], by: Actor, at: datetime) -> None:
    """The trail tells that a whole province was written out, and how many rows of each file."""
    record(
        by=by, at=at, action="dataset.dump", object_type="dataset", object_key=directory.name,
        object_label=f"数据集 {directory.name}",
        detail={"rows": sum(written.values()), "files": written},
    )  # fmt: skip


def _dump_file(cursor: CursorWrapper, file: DatasetFile, directory: Path) -> int:
    columns = ", ".join(
        f'{write(column, f"q.{chr(34)}{column.name}{chr(34)}")} AS "{column.name}"'
        for column in file.columns
    )
    keys = ", ".join(f'q."{name}" NULLS FIRST' for name in file.keys)
    query = f"COPY (SELECT {columns} FROM ({file.select}) q ORDER BY {keys}) TO STDOUT (FORMAT csv, HEADER)"
    target = directory / file.file_name
    partial = directory / f".{file.file_name}.partial"
    with partial.open("wb") as stream:
        cursor.cursor.copy_expert(query, stream)
        rows: int = cursor.cursor.rowcount
    partial.replace(target)
    return rows
