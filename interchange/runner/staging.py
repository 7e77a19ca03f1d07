"""From a file's rows to temporary tables: as text, then typed, beside what the database holds.

r_<file> the cells as text; s_<file> the rows, typed; d_<file> the database's rows that matter;
v_<file> both, a staged row in place of the database's; n_<file> new rows; u_<file> changed ones.
The last four are beside.py's. An absent file has no r_, and its s_ is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.db.backends.utils import CursorWrapper

from core.datasets import Column, DatasetFile
from core.datasets.column import Kind
from interchange.files import ABOUT_ORDERS
from interchange.runner.cells import cells_at
from interchange.runner.kinds import TYPES, is_right, read, reason
from interchange.runner.reading import SourceFile
from interchange.runner.report import MOST_PROBLEMS, Problem, Problems

MANY_ROWS = 20_000
BYTES_PER_ROW = 200


def stage(
    cursor: CursorWrapper,
    file: DatasetFile,
    path: Path,
    problems: Problems,
    tick: Callable[[int], None],
) -> SourceFile:
    """Read one file into r_<file> and s_<file>."""
    source = SourceFile(file, path)
    drawn = source.open()
    columns = source.columns if source.readable else []
    listed = "".join(f', "{name}" text NOT NULL' for name in columns)
    cursor.execute(
        f"CREATE TEMP TABLE r_{file.name} (line integer, broken boolean{listed}) ON COMMIT DROP"
    )
    if source.readable:
        _copy(cursor, f"r_{file.name}", source.copy_stream(drawn, tick))
    for problem in source.problems:
        problems.add(problem)
    _type(cursor, file, columns, problems, doubtful=source.doubtful > 0)
    cursor.execute(f"ANALYZE s_{file.name}")
    return source


def stage_absent(cursor: CursorWrapper, files: list[DatasetFile]) -> None:
    """Make s_<file>, empty, for files that the folder does not have."""
    made = []
    for file in files:
        columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in file.columns)
        made.append(
            f"CREATE TEMP TABLE s_{file.name} (line integer, bad text[], {columns}) ON COMMIT DROP"
        )
    if made:
        cursor.execute(";".join(made))


def _copy(cursor: CursorWrapper, table: str, stream: object) -> None:
    cursor.cursor.copy_expert(f"COPY {table} FROM STDIN", stream)


def _type(
    cursor: CursorWrapper,
    file: DatasetFile,
    columns: list[str],
    problems: Problems,
    *,
    doubtful: bool,
) -> None:
    present = [column for column in file.columns if column.name in columns]
    all_right = " AND ".join(is_right(column, cell(column)) for column in present) or "true"
    clean = True
    if doubtful:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM r_{file.name} c"
            f" WHERE c.broken IS NOT NULL AND (c.broken OR NOT ({all_right})))"
        )
        clean = not cursor.fetchone()[0]
    if not clean:
        _report_cells(cursor, file, present, all_right, problems)
    values = ", ".join(_value(column, columns, clean) for column in file.columns)
    bad = "NULL::text[]" if clean else _bad(file, present)
    cursor.execute(
        f"CREATE TEMP TABLE s_{file.name} ON COMMIT DROP AS "
        f"SELECT c.line, {bad} AS bad, {values} FROM r_{file.name} c"
    )
    _drop_doubles(cursor, file, problems)


def cell(column: Column) -> str:
    """SQL: the column's text in the raw rows."""
    return f'c."{column.name}"'


def _value(column: Column, columns: list[str], clean: bool) -> str:
    text = cell(column) if column.name in columns else "''::text"
    value = read(column, text)
    # Text that breaks its form is kept: what refers to it in the same words still finds it.
    if not clean and column.name in columns and column.kind is not Kind.TEXT:
        value = f"CASE WHEN c.broken IS NULL OR {is_right(column, text)} THEN {value} END"
    if column.name not in columns and not column.optional:
        value = f"NULL::{TYPES[column.kind]}"
    return f'{value} AS "{column.name}"'


def _bad(file: DatasetFile, present: list[Column]) -> str:
    """SQL: the names of the columns whose cells could not be read; all of a broken row's."""
    every = ", ".join(f"'{column.name}'" for column in file.columns)
    wrong = ", ".join(
        f"CASE WHEN NOT {is_right(column, cell(column))} THEN '{column.name}' END"
        for column in present
    )
    return (
        f"CASE WHEN c.broken IS NULL THEN NULL WHEN c.broken THEN ARRAY[{every}] "
        f"ELSE NULLIF(array_remove(ARRAY[{wrong}], NULL), '{{}}') END"
    )


def _report_cells(
    cursor: CursorWrapper,
    file: DatasetFile,
    present: list[Column],
    all_right: str,
    problems: Problems,
) -> None:
    cells = ", ".join(
        f"('{column.name}', {cell(column)}, "
        f"CASE WHEN NOT {is_right(column, cell(column))} THEN {reason(column, cell(column))} END)"
        for column in present
    )
    cursor.execute(f"""
        SELECT c.line, w.name, w.value, w.reason
        FROM r_{file.name} c
        CROSS JOIN LATERAL (VALUES {cells}) w (name, value, reason)
        WHERE c.broken IS FALSE AND NOT ({all_right}) AND w.reason IS NOT NULL
        ORDER BY c.line LIMIT {MOST_PROBLEMS + 1}
    """)
    for line, name, value, why in cursor.fetchall():
        problems.add(Problem(file.name, line, name, value, why))


def key_parts(file: DatasetFile, alias: str) -> list[str]:
    """SQL: the key columns, absent ones as a value, so that equal keys compare equal."""
    return [
        f"coalesce({alias}.\"{name}\", '-infinity')"
        if file.column(name).optional and file.column(name).default is None
        else f'{alias}."{name}"'
        for name in file.keys
    ]


def same_key(file: DatasetFile, left: str, right: str) -> str:
    """SQL: whether two rows have the same key."""
    pairs = zip(key_parts(file, left), key_parts(file, right), strict=True)
    return " AND ".join(f"{a} = {b}" for a, b in pairs)


def key_is_known(file: DatasetFile, alias: str) -> str:
    """SQL: no key cell was unreadable."""
    listed = ", ".join(f"'{name}'" for name in file.keys)
    return f"({alias}.bad IS NULL OR NOT {alias}.bad && ARRAY[{listed}])"


def _drop_doubles(cursor: CursorWrapper, file: DatasetFile, problems: Problems) -> None:
    """Report every second row of a key, and leave it out of the staged rows."""
    keys = ", ".join(key_parts(file, "s"))
    several = f"""
        SELECT min(line) AS line FROM s_{file.name} s WHERE {key_is_known(file, "s")}
        GROUP BY {keys} HAVING count(*) > 1
    """
    cursor.execute(f"SELECT EXISTS ({several})")
    if cursor.fetchone()[0]:
        cursor.execute(f"""
            SELECT s.line, f.line
            FROM ({several}) k JOIN s_{file.name} f ON f.line = k.line
            JOIN s_{file.name} s ON {same_key(file, "s", "f")} AND {key_is_known(file, "s")}
            WHERE s.line > f.line ORDER BY s.line
        """)
        doubles = cursor.fetchall()
        column = file.keys[0]
        shown = doubles[: MOST_PROBLEMS + 1]
        cells = cells_at(cursor, [(file.name, line, column) for line, _ in shown])
        for line, first in shown:
            why = f"与第 {first} 行重复：同一文件中 {'、'.join(file.keys)} 相同的行只能有一行，请删去一行"
            value = cells.get((file.name, line, column), "")
            problems.add(Problem(file.name, line, column, value, why))
        cursor.execute(
            f"DELETE FROM s_{file.name} WHERE line = ANY(%s)", [[line for line, _ in doubles]]
        )


def find_touched_orders(cursor: CursorWrapper, staged: set[str], *, lock: bool) -> None:
    """The database's orders that the files name, and those of staged returns; locked if asked."""
    cursor.execute("CREATE TEMP TABLE touched_orders (id bigint PRIMARY KEY) ON COMMIT DROP")
    for name in ABOUT_ORDERS:
        if name not in staged:
            continue
        cursor.execute(f"""
            INSERT INTO touched_orders
            SELECT DISTINCT o.id FROM s_{name} s JOIN procurement_order o ON o.order_no = s.order_no
            ON CONFLICT DO NOTHING
        """)
    cursor.execute("""
        INSERT INTO touched_orders
        SELECT DISTINCT l.order_id
        FROM s_returns s JOIN procurement_return r ON r.return_no = s.return_no
        JOIN procurement_orderline l ON l.id = r.line_id AND l.ordered_at = r.ordered_at
        ON CONFLICT DO NOTHING
    """)
    cursor.execute("ANALYZE touched_orders")
    if lock:
        # Whoever changes an order locks its row first; rows are taken in one order.
        cursor.execute("""
            SELECT count(*) FROM (
                SELECT o.id FROM procurement_order o JOIN touched_orders t ON t.id = o.id
                ORDER BY o.id FOR NO KEY UPDATE OF o) x
        """)


def choose_joins(cursor: CursorWrapper, staged: int) -> None:
    """Forbid nested loops where the files are large beside the tables that they meet.

    The planner knows nothing of tables that this transaction fills; a loop over them, each step
    looking into every month's partition, would take hours where a hash takes seconds.
    """
    cursor.execute(
        "SELECT coalesce(sum(pg_relation_size(inhrelid)), 0) FROM pg_inherits"
        " WHERE inhparent = 'procurement_delivery'::regclass"
    )
    live = int(cursor.fetchone()[0]) // BYTES_PER_ROW
    if staged > MANY_ROWS and staged * 10 > live:
        cursor.execute("SET LOCAL enable_nestloop = off")


def drop_all(cursor: CursorWrapper) -> None:
    """Drop what staging made, for a caller whose transaction goes on."""
    cursor.execute("""
        SELECT c.relname, c.relkind FROM pg_class c
        WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind IN ('r', 'v')
          AND (c.relname ~ '^[rsdvnu]_' OR c.relname IN
               ('touched_orders', 'moved_lines', 'new_lines', 'changed_products', 'stamp', 'terms',
                'load_clock', 'institution_province'))
    """)
    found = cursor.fetchall()
    for kind, word in (("v", "VIEW"), ("r", "TABLE")):
        names = [f'pg_temp."{name}"' for name, of in found if of == kind]
        if names:
            cursor.execute(f"DROP {word} {', '.join(names)} CASCADE")


def session_settings(cursor: CursorWrapper) -> None:
    """What a load needs of its transaction; naive times are Asia/Shanghai's."""
    for name, value in {
        "timezone": "'Asia/Shanghai'",
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "0",
        "work_mem": "'128MB'",
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        # Staged tables are read once, by hash joins: how many rows there are is all that matters.
        "default_statistics_target": "10",
    }.items():
        cursor.execute(f"SET LOCAL {name} = {value}")
