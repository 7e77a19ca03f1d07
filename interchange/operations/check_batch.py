"""The dataset's checks on one batch's rows alone: the catalogue asks for them before it writes."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from django.db import connection, transaction

from catalog.operations.batch_check import FileProblem
from core.datasets import DatasetFile
from interchange.files import BY_NAME, FILES
from interchange.runner import staging
from interchange.runner.beside import beside_database
from interchange.runner.checking import check
from interchange.runner.provinces import check_province
from interchange.runner.report import Problem, Problems

GIVEN = ("groups", "batches", "batch_years", "batch_parameters", "selections")
READ = frozenset({"regions", "products", *GIVEN})
# Of the masters only what the rows name is read; there may be 200,000 products.
NARROW = {
    "products": "WHERE q.code IN (SELECT product_code FROM r_selections)",
    "groups": "WHERE q.code IN (SELECT code FROM r_groups)",
    "batches": "WHERE q.code IN (SELECT code FROM r_batches)",
    "selections": "WHERE q.batch_code IN (SELECT code FROM r_batches)",
    "batch_years": "WHERE q.batch_code IN (SELECT code FROM r_batches)",
    "batch_parameters": "WHERE q.batch_code IN (SELECT code FROM r_batches)",
}
ELSEWHERE = {"products.csv": "产品目录", "regions.csv": "行政区划", "batches.csv": "“批次”表"}


def check_batch(rows: Mapping[str, list[dict[str, str]]], province_code: str) -> list[FileProblem]:
    """Stage these rows beside the database's and run the loader's own checks; nothing is kept.

    Mistakes come back by the index of the row in its file.
    """
    problems = Problems()
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        paths = {name: _write(Path(folder), name, rows.get(name, [])) for name in GIVEN}
        _check(paths, province_code, problems)
        # The staged tables and the session's settings go with the savepoint.
        transaction.set_rollback(True)
    return [_indexed(each) for each in problems.first() if each.line > 1]


def _write(folder: Path, name: str, rows: list[dict[str, str]]) -> Path:
    path = folder / f"{name}.csv"
    columns = [column.name for column in BY_NAME[name].columns]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[_line(row.get(column, "")) for column in columns] for row in rows])
    return path


def _line(cell: str) -> str:
    """On one line, so that a row of the file is the row that was given."""
    return " ".join(cell.splitlines())


def _check(paths: Mapping[str, Path], province_code: str, problems: Problems) -> None:
    files = [_narrowed(file) for file in FILES if file.name in READ]
    unreadable: set[str] = set()
    with connection.cursor() as cursor:
        staging.session_settings(cursor)
        staging.stage_absent(cursor, [file for file in files if file.name not in paths])
        staged: set[str] = set()
        for file in files:
            if file.name not in paths:
                continue
            source = staging.stage(cursor, file, paths[file.name], problems, lambda _: None)
            if source.rows:
                staged.add(file.name)
            if not source.readable:
                unreadable.add(file.name)
        for file in files:
            beside_database(cursor, file, staged=file.name in staged)
        for file in files:
            check(cursor, file, staged, unreadable, problems)
            if file.name in staged:
                check_province(cursor, file, province_code, unreadable, problems)


def _narrowed(file: DatasetFile) -> DatasetFile:
    """The file with the checks that ask for nothing beyond what is staged here."""
    checks = tuple(each for each in file.checks if READ.issuperset(each.needs))
    return replace(file, narrow=NARROW.get(file.name, file.narrow), checks=checks)


def _indexed(each: Problem) -> FileProblem:
    reason = each.reason
    for name, words in ELSEWHERE.items():
        reason = reason.replace(name, words)
    return FileProblem(each.file, each.line - 2, each.column, each.value, reason)
