"""Whose rows the files touch: a province's people bring in their own province's, no other's."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from core.datasets import DatasetFile
from interchange.files import BY_NAME
from interchange.runner.cells import cells_at
from interchange.runner.report import MOST_PROBLEMS, Problem, Problems
from interchange.runner.staging import same_key

REASON = "属于其他省份，不能由本省导入：请删去这一行，或改正代码"

_INSTITUTION = "JOIN institution_province p ON p.institution_code = x.{column}"

# Column → (how to join alias `x` with its province, the province, the files that it is read from).
PLACES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "institution_code": (
        _INSTITUTION.format(column="institution_code"),
        "p.province_code",
        ("institutions", "regions"),
    ),
    "lead_institution_code": (
        _INSTITUTION.format(column="lead_institution_code"),
        "p.province_code",
        ("institutions", "regions"),
    ),
    "order_no": (
        "JOIN v_orders o ON o.order_no = x.order_no"
        " JOIN institution_province p ON p.institution_code = o.institution_code",
        "p.province_code",
        ("orders", "institutions", "regions"),
    ),
    "pool_code": (
        "JOIN v_pools q ON q.code = x.pool_code",
        "left(q.region_code, 2) || '0000'",
        ("pools",),
    ),
    # GB/T 2260: the first two digits are the province.
    "region_code": ("", "left(x.region_code, 2) || '0000'", ()),
}


def check_province(
    cursor: CursorWrapper,
    file: DatasetFile,
    province_code: str,
    unreadable: set[str],
    problems: Problems,
) -> None:
    """Report rows that are another province's, as they are staged or as they stand now.

    What is shared by all provinces (enterprises, groups, products, batches) is nobody's own.
    """
    if file.name in unreadable:
        return
    for column, join, place, needs in _places(file):
        if not set(needs) & unreadable:
            _report(cursor, file, column, join, place, province_code, problems)


def _places(file: DatasetFile) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """(column, join, SQL of its province, files needed) for each column that says where."""
    if file.name == "regions":
        return [("code", "", "left(x.code, 2) || '0000'", ())]
    names = {column.name for column in file.columns}
    if file.name == "orders":
        # Its own key says no more than its institution.
        names.discard("order_no")
    return [(column, *PLACES[column]) for column in PLACES if column in names]


def _report(
    cursor: CursorWrapper,
    file: DatasetFile,
    column: str,
    join: str,
    place: str,
    province_code: str,
    problems: Problems,
) -> None:
    cursor.execute(
        f"""
        SELECT x.line FROM s_{file.name} x {join} WHERE {place} <> %(own)s
        UNION
        SELECT s.line FROM d_{file.name} x JOIN s_{file.name} s ON {same_key(file, "s", "x")} {join}
        WHERE x.staged AND {place} <> %(own)s
        ORDER BY 1 LIMIT {MOST_PROBLEMS + 1}
        """,
        {"own": province_code},
    )
    lines = [line for (line,) in cursor.fetchall()]
    cells = cells_at(cursor, [(file.name, line, column) for line in lines])
    for line in lines:
        value = cells.get((file.name, line, column), "")
        problems.add(Problem(file.name, line, column, value, REASON))


def unplaced_files() -> set[str]:
    """The files without a province of their own: masters that all provinces share."""
    return {name for name, file in BY_NAME.items() if not _places(file)}
