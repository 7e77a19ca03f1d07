"""Schemas and grants for the application role, applied by the owner after migrating."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg2 import errors, sql

from core.database.privileges import VERBS, Policy, table_policies

ROLLUP_SCHEMA = "rollup"
"""Derived data only; belongs to the application, which swaps partitions in it."""


class GrantError(Exception):
    """The owner lacks a right that migrating needs; the text says which."""


def prepare_schemas(connection: BaseDatabaseWrapper, *, application: str) -> None:
    """Create schema `rollup` for the application; run before the migrations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [ROLLUP_SCHEMA])
        if cursor.fetchone() is not None:
            return
        try:
            cursor.execute(
                _render(
                    cursor,
                    "CREATE SCHEMA {} AUTHORIZATION {}",
                    sql.Identifier(ROLLUP_SCHEMA),
                    sql.Identifier(application),
                )
            )
        except Exception as error:
            if isinstance(error.__cause__, errors.InsufficientPrivilege):
                raise GrantError(
                    "属主角色不能为应用角色建立 rollup 模式。请由超级用户执行："
                    f'GRANT "{application}" TO 属主角色 WITH INHERIT TRUE, SET TRUE; '
                    "GRANT CREATE ON DATABASE 库名 TO 属主角色;"
                ) from error
            raise


def apply_grants(connection: BaseDatabaseWrapper, *, application: str) -> int:
    """Give the application exactly what `privileges` says; returns the number of tables.

    Repeatable: every table starts from nothing. Partitions follow their root.
    """
    policies = table_policies()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [application])
        if cursor.fetchone()[0]:
            # One role for both: nothing can be withheld from an owner.
            return 0
        role = sql.Identifier(application)
        cursor.execute(_render(cursor, "GRANT USAGE ON SCHEMA public TO {}", role))
        tables = _tables_with_roots(cursor)
        for schema, table, root in tables:
            target = sql.Identifier(schema, table)
            if schema == ROLLUP_SCHEMA:
                cursor.execute(_render(cursor, "ALTER TABLE {} OWNER TO {}", target, role))
                continue
            _grant(cursor, target, role, policies.get(root, "stage"))
        cursor.execute(
            _render(cursor, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", role)
        )
    return len(tables)


def _grant(
    cursor: CursorWrapper, target: sql.Identifier, role: sql.Identifier, policy: Policy
) -> None:
    cursor.execute(_render(cursor, "REVOKE ALL ON {} FROM {}, PUBLIC", target, role))
    verbs = sql.SQL(", ".join(VERBS[policy]))
    cursor.execute(_render(cursor, "GRANT {} ON {} TO {}", verbs, target, role))


def _tables_with_roots(cursor: CursorWrapper) -> list[tuple[str, str, str]]:
    """(schema, table, root table) of every table and view owned by us."""
    cursor.execute(
        """
        SELECT n.nspname, c.relname,
               CASE WHEN c.relispartition
                    THEN (SELECT r.relname FROM pg_class r WHERE r.oid = pg_partition_root(c.oid))
                    ELSE c.relname END
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', %s)
          AND c.relkind IN ('r', 'p', 'v', 'm')
          AND pg_has_role(c.relowner, 'USAGE')
          AND NOT EXISTS (SELECT 1 FROM pg_depend d
                          WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                            AND d.deptype = 'e')
        ORDER BY 1, 2
        """,
        [ROLLUP_SCHEMA],
    )
    return [(str(a), str(b), str(c)) for a, b, c in cursor.fetchall()]


def _render(cursor: CursorWrapper, template: str, *parts: sql.Composable) -> str:
    rendered: str = sql.SQL(template).format(*parts).as_string(cursor.cursor)
    return rendered
