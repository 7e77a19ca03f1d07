"""Pinyin columns of the five masters, for the rows that a load made or changed."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from core.pinyin import spell

SPELLED = {
    "regions": ("organisations_region", "code", 300, 100),
    "institutions": ("organisations_organisation", "code", 600, 200),
    "enterprises": ("organisations_organisation", "uscc", 600, 200),
    "groups": ("catalog_group", "code", 600, 200),
    "products": ("catalog_product", "code", 600, 200),
    "consortia": ("organisations_consortium", "code", 0, 200),
}
"""File: its table, its key column, and how long pinyin (0: it keeps none) and initials may be."""

PAGE = 2000


def spell_names(cursor: CursorWrapper, name: str) -> None:
    """Fill pinyin and initials of the file's new rows and of those whose name changed."""
    if name not in SPELLED:
        return
    table, key, letters, initials = SPELLED[name]
    cursor.execute(f"""
        SELECT t.id, t.name FROM s_{name} s JOIN {table} t ON t.code = s.{key}
        LEFT JOIN d_{name} d ON d.id = t.id
        WHERE d.id IS NULL OR d.name <> s.name
    """)
    rows = cursor.fetchall()
    spelled = [(row_id, spell(text)) for row_id, text in rows]
    whole = "pinyin = x.pinyin, " if letters else ""
    execute_values(
        cursor.cursor,
        f"UPDATE {table} t SET {whole}initials = x.initials "
        "FROM (VALUES %s) x (id, pinyin, initials) WHERE t.id = x.id",
        [(row_id, s.pinyin[:letters], s.initials[:initials]) for row_id, s in spelled],
        page_size=PAGE,
    )
