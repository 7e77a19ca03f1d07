"""Products by what people type, best first: any number, a name or part of it, pinyin, initials.

Every way of being found is a branch with an index of its own and a rank (catalog.queries.
search_branches); the branches are united, so that 200,000 products are never read through. The
search takes from each branch up to a cap, a word that is a whole code only from the branches of
codes; a list takes all that a branch has.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from catalog.models import Product
from catalog.queries.search_branches import branches_of, own_item_branches, part_of
from catalog.queries.visible import visible_products
from organisations.queries.scope import Scope

MOST_FOUND = 50
BRANCH_CAP = 300
MOST_WORDS = 4
MOST_LETTERS = 80

SETTINGS = "SET LOCAL enable_seqscan = off; SET LOCAL jit = off; "
"""With a LIMIT the planner hopes to meet the first rows soon and reads all of the table."""


@dataclass(frozen=True)
class Found:
    """Ids of products, best first; `more` says that there are others than these."""

    ids: list[int]
    more: bool


def typed_words(text: str) -> list[str]:
    """Full-width letters as plain ones; at most four words of what was typed."""
    plain = unicodedata.normalize("NFKC", text).replace("\x00", "")
    return plain[:MOST_LETTERS].split()[:MOST_WORDS]


def find_products(scope: Scope, text: str, *, limit: int = MOST_FOUND) -> Found:
    """Ids of the products that have every word; nothing for those who do not see the catalogue."""
    words = typed_words(text)
    if not words or not scope.is_business:
        return Found([], False)
    parts, values = _united(words, scope, cap=BRANCH_CAP)
    sql = f"SELECT id FROM ({parts}) f GROUP BY id, code ORDER BY min(rank), code, id LIMIT %s"
    # Settings and question go in one message: outside of a transaction it is one of its own.
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS + sql, [*values, limit + 1])
        ids = [row[0] for row in cursor.fetchall()]
    return Found(ids[:limit], len(ids) > limit)


def found_products(scope: Scope, found: Found) -> list[Product]:
    """The products themselves, in the order in which they were found."""
    rows = visible_products(scope).select_related("group", "manufacturer").in_bulk(found.ids)
    return [rows[pk] for pk in found.ids if pk in rows]


def products_with_words(scope: Scope, rows: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Of these rows all that have every word, by the same definition as the search."""
    words = typed_words(text)
    if not words:
        return rows.none() if text.strip() else rows
    parts, values = _united(words, scope, cap=None)
    # Fixed texts of search_branches; what was typed is bound.
    return rows.filter(Q(pk__in=RawSQL(f"SELECT id FROM ({parts}) f", values)))  # noqa: S611


def _united(words: list[str], scope: Scope, *, cap: int | None) -> tuple[str, list[Any]]:
    """Rows (id, code, rank) of every branch of the word that leaves the fewest products.

    The other words are looked for in what it found.
    """
    driver = max(words, key=len)
    others = list(words)
    others.remove(driver)
    branches = [*branches_of(driver, everything=cap is None), *own_item_branches(driver, scope)]
    parties, condition, before, extra = _narrowing(others)
    parts: list[str] = []
    values: list[Any] = before
    for branch in branches:
        rank, first, order = str(branch.rank), [], ""
        if branch.by:
            rank = f"CASE WHEN {branch.by} = %s THEN {branch.whole} ELSE {branch.rank} END"
            first, order = [branch.word], f" ORDER BY {branch.by}"
        limit = f"{order} LIMIT {cap}" if cap else ""
        parts.append(
            f"(SELECT p.id, p.code, {rank} AS rank FROM {branch.rows}"
            f" WHERE ({branch.condition}){condition}{limit})"
        )
        values += [*first, *branch.values, *extra]
    return parties + " UNION ALL ".join(parts), values


def _narrowing(others: list[str]) -> tuple[str, str, list[Any], list[Any]]:
    """For the words beside the first, each found anywhere: the groups and manufacturers that have
    it, looked up once before, and the condition on a product; with the values of both."""
    parties: list[str] = []
    condition, before, extra = "", [], []
    for number, word in enumerate(others):
        like = "LIKE" if not word.isascii() and word == word.lower() == word.upper() else "ILIKE"
        wanted = part_of(word)
        for name, table in (("g", "catalog_group"), ("m", "organisations_organisation")):
            parties.append(
                f"{name}{number} AS MATERIALIZED (SELECT id FROM {table}"
                f" WHERE name {like} %s OR initials {like} %s)"
            )
            before += [wanted, wanted]
        columns = ("name", "specification", "code", "initials")
        own = " OR ".join(f"p.{column} {like} %s" for column in columns)
        condition += (
            f" AND ({own} OR p.group_id IN (SELECT id FROM g{number})"
            f" OR p.manufacturer_id IN (SELECT id FROM m{number}))"
        )
        extra += [wanted] * len(columns)
    return f"WITH {', '.join(parties)} " if parties else "", condition, before, extra
