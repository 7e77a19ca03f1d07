"""Load a folder of CSV files: all of it, or nothing and every mistake by file and line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from core.audit.record import Actor, record
from core.operations import operation
from inbox.operations.changes import NewChange, note_changes
from interchange.files import FILES
from interchange.runner import staging, writing
from interchange.runner.beside import beside_database
from interchange.runner.checking import check
from interchange.runner.folder import digest, files_in
from interchange.runner.provinces import check_province
from interchange.runner.report import MOST_PROBLEMS, FileCounts, LoadFailed, LoadReport, Problems
from interchange.runner.terms import make_terms
from organisations.models import Region

LOCK = 0x7A68_6C6F
Progress = Callable[[int, int, str], None]
Look = Callable[[CursorWrapper, dict[str, FileCounts]], None]
"""Called with the counts of the files given, when all is checked and nothing is written yet."""


def _silent(done: int, total: int, stage: str) -> None:
    return None


@operation
def load(
    directory: Path,
    *,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress = _silent,
    look: Look | None = None,
    province_code: str = "",
) -> LoadReport:
    """Read, check and write the folder in one transaction; `progress` hears (done, total, stage).

    `look` may read the staged rows before anything is written; what it raises undoes the load.
    With `province_code` rows of other provinces' places and parties are mistakes.

    With problems, or on a dry run, nothing is written; the counts of a dry run are those that
    the load would have. Otherwise one audit event keeps the counts and the digest of each file.
    The first load of a month creates its partitions and keeps readers of those tables waiting
    until it commits. Raises LoadFailed for what no row is to blame for: no folder, another load
    at work, a row changed by somebody else meanwhile.
    """
    problems = Problems()
    paths = files_in(directory, problems)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise LoadFailed("另一次数据集加载正在进行，请等它结束后再试")
        cursor.execute("SELECT current_setting('timezone')")
        zone = cursor.fetchone()[0]
        staging.session_settings(cursor)
        try:
            with transaction.atomic():
                report = _load(cursor, paths, problems, at, dry_run, progress, look, province_code)
                staging.drop_all(cursor)
        except (IntegrityError, DataError) as error:
            detail = str(error).splitlines()[0]
            raise LoadFailed(
                f"写入时被数据库拒绝，什么都没有写入：{detail}。加载期间数据可能被他人修改，请重试"
            ) from error
        # A caller's transaction may go on after the load.
        cursor.execute("SELECT set_config('timezone', %s, true)", [zone])
        cursor.execute("SET LOCAL enable_nestloop = on")
    if report.accepted and not dry_run:
        _tell(report, at)
        _audit(report, directory, paths, by=by, at=at)
    return report


def _load(
    cursor: CursorWrapper,
    paths: dict[str, Path],
    problems: Problems,
    at: datetime,
    dry_run: bool,
    progress: Progress,
    look: Look | None,
    province_code: str,
) -> LoadReport:
    total = 2 * len(FILES) + len(paths)
    cursor.execute(
        "CREATE TEMP TABLE load_clock ON COMMIT DROP AS"
        " SELECT %s::timestamptz AS at, (%s::timestamptz AT TIME ZONE 'Asia/Shanghai')::date AS today",
        [at, at],
    )
    rows, unreadable = _stage(cursor, paths, problems, total, progress)
    staged = {name for name, number in rows.items() if number}
    staging.choose_joins(cursor, sum(rows.values()))
    about_orders = False
    for file in FILES:
        if "touched_orders" in file.narrow and not about_orders:
            staging.find_touched_orders(cursor, staged, lock=not dry_run)
            about_orders = True
        beside_database(cursor, file, staged=file.name in staged)
    make_terms(cursor)
    for place, file in enumerate(FILES):
        progress(len(paths) + place, total, f"检查 {file.file_name}")
        check(cursor, file, staged, unreadable, problems)
        if province_code and file.name in staged:
            check_province(cursor, file, province_code, unreadable, problems)
    if problems:
        return LoadReport(problems.first(), len(problems) > MOST_PROBLEMS, dry_run=dry_run)
    counted = {
        file.name: writing.count(cursor, file)
        if file.name in staged
        else FileCounts(file.name, 0, 0, 0)
        for file in FILES
    }
    if look is not None:
        look(cursor, {name: counts for name, counts in counted.items() if name in paths})
    if not dry_run:
        _write(cursor, counted, len(paths) + len(FILES), total, progress)
    progress(total, total, "完成")
    return LoadReport(files=[counted[name] for name in counted if name in paths], dry_run=dry_run)


def _stage(
    cursor: CursorWrapper,
    paths: dict[str, Path],
    problems: Problems,
    total: int,
    progress: Progress,
) -> tuple[dict[str, int], set[str]]:
    rows: dict[str, int] = {}
    unreadable: set[str] = set()
    staging.stage_absent(cursor, [file for file in FILES if file.name not in paths])
    for file in FILES:
        if file.name not in paths:
            continue
        stage = f"读取 {file.file_name}"
        done = len(rows)
        progress(done, total, stage)
        tick = partial(_tell_rows, progress, done, total, stage)
        source = staging.stage(cursor, file, paths[file.name], problems, tick)
        rows[file.name] = source.rows
        if not source.readable:
            unreadable.add(file.name)
    return rows, unreadable


def _tell_rows(progress: Progress, done: int, total: int, stage: str, rows: int) -> None:
    progress(done, total, f"{stage}：{rows} 行")


def _write(
    cursor: CursorWrapper,
    counted: dict[str, FileCounts],
    done: int,
    total: int,
    progress: Progress,
) -> None:
    # Triggers that tell the feed of single orders write nothing in this transaction (ADR 0008).
    cursor.execute("SELECT set_config('zhaocai.bulk_load', 'on', true)")
    writing.prepare(cursor)
    for place, file in enumerate(FILES):
        if counted[file.name].created or counted[file.name].updated:
            progress(done + place, total, f"写入 {file.file_name}")
        writing.write(cursor, file, counted[file.name])
    if any(counts.created or counts.updated for counts in counted.values()):
        writing.finish(cursor)
    cursor.execute("SELECT set_config('zhaocai.bulk_load', '', true)")
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _tell(report: LoadReport, at: datetime) -> None:
    """One change for each province instead of millions: whoever follows the feed reads anew."""
    if not any(file.created or file.updated for file in report.files):
        return
    provinces = Region.objects.filter(level=Region.Level.PROVINCE).order_by("pk")
    note_changes(
        changes=[
            NewChange(
                kind="dataset.loaded", object_type="dataset", object_key=at.isoformat(),
                to_all=True, stamps={"province_id": province.pk},
            )
            for province in provinces
        ],
        at=at,
    )  # fmt: skip


def _audit(
    report: LoadReport, directory: Path, paths: dict[str, Path], *, by: Actor, at: datetime
) -> None:
    record(
        by=by,
        at=at,
        action="dataset.load",
        object_type="dataset",
        object_key=directory.name,
        object_label=f"数据集 {directory.name}",
        detail={
            "totals": report.totals,
            "files": {
                file.name: {
                    "sha256": digest(paths[file.name]),
                    "created": file.created,
                    "updated": file.updated,
                    "unchanged": file.unchanged,
                }
                for file in report.files
            },
        },
    )
