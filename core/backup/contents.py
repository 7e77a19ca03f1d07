"""What a database holds, as figures that must come back equal: rows, checksums, objects."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from psycopg2 import sql

_TABLES = """
SELECT n.nspname, c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'rollup') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1, 2
"""

# Names and definitions, not oids, so that a restored database gives the same text.
_OBJECTS = {
    "triggers": """
        SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
        WHERE NOT tgisinternal""",
    "constraints": """
        SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace IN ('public'::regnamespace, 'rollup'::regnamespace)""",
    "indexes": """
        SELECT format('%s %s', i.indexrelid::regclass, i.indisvalid) FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace IN ('public'::regnamespace, 'rollup'::regnamespace)""",
    "grants": """
        SELECT format('%s %s %s', c.oid::regclass, a.grantee::regrole, a.privilege_type)
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> 0""",
    "policies": "SELECT format('%s %s', polrelid::regclass, polname) FROM pg_policy",
    "functions": """
        SELECT format('%s %s', p.oid::regprocedure, md5(p.prosrc)) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
}

# The server spells the casts of a CHECK in another place once it was dumped and restored.
_RESPELLED = re.compile(r"::(character varying|text)(\[\])?|[()]")

_SEQUENCES_BEHIND = """
SELECT format('%%s.%%s', %(table)s::regclass, a.attname), s.seqrelid::regclass::text
FROM pg_attribute a
JOIN pg_depend d ON d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
JOIN pg_sequence s ON s.seqrelid = d.objid
WHERE a.attrelid = %(table)s::regclass
"""


def tables(cursor: Any) -> list[tuple[str, str]]:
    """(schema, table) of every table; a partitioned one stands for its partitions."""
    cursor.execute(_TABLES)
    return [(str(schema), str(name)) for schema, name in cursor.fetchall()]


def table_sums(cursor: Any) -> dict[str, dict[str, str]]:
    """Rows and an order-independent checksum of each table, both as text."""
    sums = {}
    for schema, name in tables(cursor):
        cursor.execute(
            sql.SQL(
                "SELECT count(*)::text, coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t"
            ).format(sql.Identifier(schema, name))
        )
        rows, checksum = cursor.fetchone()
        sums[f"{schema}.{name}"] = {"rows": rows, "sum": checksum}
    return sums


def objects(cursor: Any) -> dict[str, dict[str, Any]]:
    """How many objects of each kind there are, and a digest of their names and definitions."""
    found = {}
    for kind, select in _OBJECTS.items():
        cursor.execute(select)
        lines = sorted(_RESPELLED.sub("", row[0]) for row in cursor.fetchall())
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        found[kind] = {"count": len(lines), "digest": digest}
    return found


def lagging_sequences(cursor: Any) -> list[str]:
    """Columns whose next number from their sequence is taken already."""
    behind = []
    for schema, name in tables(cursor):
        whole = f'"{schema}"."{name}"'
        cursor.execute(_SEQUENCES_BEHIND, {"table": whole})
        for column, sequence in cursor.fetchall():
            field = column.rsplit(".", 1)[1]
            cursor.execute(
                sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(
                    sql.Identifier(field), sql.Identifier(schema, name)
                )
            )
            highest = cursor.fetchone()[0]
            cursor.execute(f"SELECT last_value, is_called FROM {sequence}")
            last, is_called = cursor.fetchone()
            if highest >= last + (1 if is_called else 0) and highest > 0:
                behind.append(column)
    return behind


def audit_head(cursor: Any) -> str:
    """Digest of the newest block of the trail; empty where nothing is sealed yet."""
    cursor.execute("SELECT digest FROM core_auditseal ORDER BY id DESC LIMIT 1")
    row = cursor.fetchone()
    return str(row[0]) if row else ""


def stored_files(cursor: Any) -> dict[str, int]:
    """SHA-256 → size in bytes of every file that a row names."""
    cursor.execute("SELECT sha256, size_bytes FROM core_storedfile")
    return {str(digest): int(size) for digest, size in cursor.fetchall()}
