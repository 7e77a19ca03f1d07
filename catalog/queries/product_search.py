"""Products by what people type, best first: any number, a name or part of it, pinyin, initials.

Every way of being found is a branch with an index of its own and a rank; the branches are united,
so that 200,000 products are never read through. A word that many products have is looked up to a
cap in each branch; exact codes and numbers are branches of their own and cannot be crowded out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from catalog.models import Product
from catalog.queries.visible import visible_products
from organisations.queries.scope import Scope

MOST_FOUND = 50
BRANCH_CAP = 300
MOST_WORDS = 4
MOST_LETTERS = 80
_LETTERS = re.compile(r"[0-9A-Za-z._-]+")


@dataclass(frozen=True)
class Found:
    """Ids of products, best first; `more` says that there are others than these."""

    ids: list[int]
    more: bool


@dataclass(frozen=True)
class Branch:
    """One way of being found: rank (0 best), the FROM and WHERE after it."""

    rank: int
    sql: str
    values: tuple[Any, ...]


def typed_words(text: str) -> list[str]:
    """Full-width letters as plain ones; at most four words of what was typed."""
    plain = unicodedata.normalize("NFKC", text).replace("\x00", "")
    return plain[:MOST_LETTERS].split()[:MOST_WORDS]


def find_products(scope: Scope, text: str, *, limit: int = MOST_FOUND) -> Found:
    """Ids of the products that have every word; nothing for those who do not see the catalogue."""
    words = typed_words(text)
    if not words or not scope.is_business:
        return Found([], False)
    # The longest word leaves the fewest products; the others are looked for in what it found.
    driver = max(words, key=len)
    others = list(words)
    others.remove(driver)
    branches = _branches(driver) + _own_items(driver, scope)
    sql, values = _united(branches, others, limit + 1)
    with transaction.atomic(), connection.cursor() as cursor:
        # With a LIMIT the planner hopes to meet the first rows soon and reads all of the table.
        cursor.execute(f"SET LOCAL enable_seqscan = off; SET LOCAL jit = off; {sql}", values)
        ids = [row[0] for row in cursor.fetchall()]
    return Found(ids[:limit], len(ids) > limit)


def found_products(scope: Scope, found: Found) -> list[Product]:
    """The products themselves, in the order in which they were found."""
    rows = visible_products(scope).select_related("group", "manufacturer").in_bulk(found.ids)
    return [rows[pk] for pk in found.ids if pk in rows]


def _branches(word: str) -> list[Branch]:
    if _LETTERS.fullmatch(word):
        return _by_letters(word)
    return _by_name(word) + _by_registration(word) + _by_party(word)


def _by_letters(word: str) -> list[Branch]:
    """Codes, 挂网ID, initials and pinyin, and Latin letters inside a name."""
    upper, lower = word.upper(), word.lower()
    branches = [
        Branch(0, "catalog_product p WHERE p.code = %s", (upper,)),
        Branch(
            0,
            "catalog_listing l JOIN catalog_product p ON p.id = l.product_id"
            " WHERE l.listing_no = %s",
            (upper,),
        ),
        Branch(2, "catalog_product p WHERE p.initials = %s", (lower,)),
        Branch(3, "catalog_product p WHERE p.initials LIKE %s", (_prefix(lower),)),
        Branch(
            6,
            "catalog_group g JOIN catalog_product p ON p.group_id = g.id"
            " WHERE g.code = %s OR g.initials LIKE %s OR g.pinyin LIKE %s",
            (upper, _prefix(lower), _prefix(lower)),
        ),
        Branch(
            7,
            "organisations_organisation o JOIN catalog_product p ON p.manufacturer_id = o.id"
            " WHERE o.is_manufacturer AND (o.code = %s OR o.initials LIKE %s)",
            (upper, _prefix(lower)),
        ),
    ]
    if len(word) >= 2:
        branches.append(Branch(1, "catalog_product p WHERE p.code LIKE %s", (_prefix(upper),)))
    if len(word) >= 3:
        branches += [
            Branch(4, "catalog_product p WHERE p.pinyin LIKE %s", (_prefix(lower),)),
            Branch(5, "catalog_product p WHERE p.initials LIKE %s", (_part(lower),)),
            Branch(5, "catalog_product p WHERE p.name ILIKE %s", (_part(word),)),
        ]
    if len(word) >= 4:
        branches += [
            Branch(5, "catalog_product p WHERE p.code LIKE %s", (_part(upper),)),
            Branch(
                1,
                "catalog_listing l JOIN catalog_product p ON p.id = l.product_id"
                " WHERE l.listing_no LIKE %s",
                (_prefix(upper),),
            ),
        ]
        branches += _by_registration(word)
    return branches


def _by_name(word: str) -> list[Branch]:
    branches = [
        Branch(2, "catalog_product p WHERE p.name = %s", (word,)),
        Branch(3, "catalog_product p WHERE p.name LIKE %s", (_prefix(word),)),
    ]
    if len(word) == 2:
        # Trigrams know nothing of two characters; the recheck is by the same pair.
        branches.append(
            Branch(4, "catalog_product p WHERE catalog_pairs(p.name) @> ARRAY[%s]", (word.lower(),))
        )
    elif len(word) > 2:
        branches.append(Branch(4, "catalog_product p WHERE p.name ILIKE %s", (_part(word),)))
    return branches


def _by_registration(word: str) -> list[Branch]:
    """注册证号 and 批准文号, whole or from the start."""
    joined = (
        "catalog_registration r JOIN catalog_productregistration k ON k.registration_id = r.id"
        " JOIN catalog_product p ON p.id = k.product_id WHERE r.number"
    )
    branches = [Branch(0, f"{joined} = %s", (word,))]
    if len(word) >= 4:
        branches.append(Branch(2, f"{joined} LIKE %s", (_prefix(word),)))
    return branches


def _by_party(word: str) -> list[Branch]:
    """All products of a group or a manufacturer whose name has the word."""
    return [
        Branch(
            5,
            "catalog_group g JOIN catalog_product p ON p.group_id = g.id WHERE g.name LIKE %s",
            (_part(word),),
        ),
        Branch(
            6,
            "organisations_organisation o JOIN catalog_product p ON p.manufacturer_id = o.id"
            " WHERE o.is_manufacturer AND o.name LIKE %s",
            (_part(word),),
        ),
    ]


def _own_items(word: str, scope: Scope) -> list[Branch]:
    """A hospital also finds products by its own HIS codes and names."""
    if not scope.institution_ids:
        return []
    joined = (
        "catalog_hospitalitem h JOIN catalog_itemmapping m ON m.item_id = h.id"
        " AND m.valid_to IS NULL JOIN catalog_product p ON p.id = m.product_id"
        " WHERE h.institution_id = %s"
    )
    own = scope.organisation_id
    return [Branch(0, f"{joined} AND h.his_code = %s", (own, word))]


def _united(branches: list[Branch], others: list[str], limit: int) -> tuple[str, list[Any]]:
    narrowed, extra = _narrowing(others)
    parts: list[str] = []
    values: list[Any] = []
    for branch in branches:
        head, _, where = branch.sql.partition(" WHERE ")
        parts.append(
            f"(SELECT p.id, p.code, {branch.rank} AS rank FROM {head}{narrowed[0]}"
            f" WHERE ({where}){narrowed[1]} LIMIT {BRANCH_CAP})"
        )
        values += [*branch.values, *extra]
    sql = (
        f"SELECT id FROM ({' UNION ALL '.join(parts)}) f"
        " GROUP BY id, code ORDER BY min(rank), code, id LIMIT %s"
    )
    return sql, [*values, limit]


def _narrowing(others: list[str]) -> tuple[tuple[str, str], list[Any]]:
    """Joins and conditions for the words beside the first, each found anywhere."""
    if not others:
        return ("", ""), []
    joins = (
        " LEFT JOIN catalog_group ng ON ng.id = p.group_id"
        " JOIN organisations_organisation nm ON nm.id = p.manufacturer_id"
    )
    text = (
        "concat_ws(' ', p.name, p.specification, p.code, p.initials, ng.name, ng.initials,"
        " nm.name, nm.initials)"
    )
    return (joins, f" AND {text} ILIKE %s" * len(others)), [_part(word) for word in others]


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def _prefix(word: str) -> str:
    return f"{_escaped(word)}%"


def _part(word: str) -> str:
    return f"%{_escaped(word)}%"
