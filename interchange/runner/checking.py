"""References and the declared checks, over staged rows and the database's together."""

from __future__ import annotations

import re

from django.db.backends.utils import CursorWrapper

from core.datasets import DatasetFile, Reference, known
from interchange.files import BY_NAME
from interchange.runner.cells import cells_at
from interchange.runner.report import MOST_PROBLEMS, Problem, Problems

STAGED = re.compile(r"\b[svnu]_([a-z_]+)")
Found = list[tuple[str, int, str, str]]


def check(
    cursor: CursorWrapper,
    file: DatasetFile,
    staged: set[str],
    unreadable: set[str],
    problems: Problems,
) -> None:
    """Report what is wrong with the file's references and checks.

    Nothing is concluded from a file that could not be read as a whole. `staged`: the files with
    rows; a check that reads none of them could only find mistakes that have no line.
    """
    if file.name in unreadable:
        return
    for reference in file.references if file.name in staged else ():
        needed = {reference.target, *(step.target for step in reference.path)}
        if not needed & unreadable:
            _report(cursor, _dangling(file, reference), problems)
    for declared in file.checks:
        if not set(declared.needs) & unreadable and read_by(declared.sql) & staged:
            _report(cursor, declared.sql, problems)


def read_by(sql: str) -> set[str]:
    """The files whose staged rows a check reads."""
    return set(STAGED.findall(sql))


def _dangling(file: DatasetFile, reference: Reference) -> str:
    """SQL: the rows whose reference leads nowhere, at the column where the way ends."""
    steps = [*reference.path, reference]
    columns = " ".join(
        f"WHEN NOT EXISTS ({_target(step)}) THEN '{step.columns[-1]}'" for step in reference.path
    )
    reasons = " ".join(
        f"WHEN NOT EXISTS ({_target(step)}) THEN '{_reason(step)}'" for step in reference.path
    )
    last = steps[-1]
    where = " AND ".join(f's."{column}" IS NOT NULL' for column in reference.columns)
    column = f"CASE {columns} ELSE '{last.columns[-1]}' END" if columns else f"'{last.columns[-1]}'"
    why = f"CASE {reasons} ELSE '{_reason(last)}' END" if reasons else f"'{_reason(last)}'"
    return f"""
        SELECT '{file.name}', s.line, {column}, {why}
        FROM s_{file.name} s
        WHERE {where} AND {known("s", *reference.columns)} AND NOT EXISTS ({_target(last)})
    """


def _target(step: Reference) -> str:
    matches = " AND ".join(
        f't."{key}" = s."{column}"' for column, key in zip(step.columns, step.keys, strict=True)
    )
    return f"SELECT FROM v_{step.target} t WHERE {matches}"


def _reason(step: Reference) -> str:
    target = BY_NAME[step.target]
    columns = "、".join(step.columns)
    return f"找不到这个{step.what}（{columns}）：请在 {target.file_name} 中补上，或改正这里的代码"


def _report(cursor: CursorWrapper, sql: str, problems: Problems) -> None:
    cursor.execute(f"""
        SELECT x.* FROM ({sql}) x (file, line, column_name, reason)
        WHERE x.line IS NOT NULL ORDER BY x.line LIMIT {MOST_PROBLEMS + 1}
    """)
    found: Found = cursor.fetchall()
    if not found:
        return
    values = cells_at(cursor, [(name, line, column) for name, line, column, _ in found])
    for name, line, column, why in found:
        problems.add(Problem(name, line, column, values.get((name, line, column), ""), why))
