"""The ways in which one word finds products, each with an index of its own and a rank, 0 the best."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from organisations.queries.scope import Scope

_LETTERS = re.compile(r"[0-9A-Za-z._-]+")
_WHOLE_CODE = re.compile(r"[CXZ](?=[0-9A-Z]*[0-9])[0-9A-Z]{19,26}")
PRODUCT = "catalog_product p"
LISTED = "catalog_listing l JOIN catalog_product p ON p.id = l.product_id"
GROUPED = "catalog_group g JOIN catalog_product p ON p.group_id = g.id"
MADE_BY = "organisations_organisation o JOIN catalog_product p ON p.manufacturer_id = o.id"
PAPERED = (
    "catalog_registration r JOIN catalog_productregistration k ON k.registration_id = r.id"
    " JOIN catalog_product p ON p.id = k.product_id"
)
OWN_ITEM = (
    "catalog_hospitalitem h JOIN catalog_itemmapping m ON m.item_id = h.id"
    " AND m.valid_to IS NULL JOIN catalog_product p ON p.id = m.product_id"
)


@dataclass(frozen=True)
class Branch:
    """One way of being found: rank, the FROM (products as p), the WHERE and its values.

    `by` names a column that begins with the word: it is read in the order of its index, so that
    the whole word comes before what is longer, and gets `whole` as its rank.
    """

    rank: int
    rows: str
    condition: str
    values: tuple[Any, ...]
    by: str = ""
    word: str = ""
    whole: int = 0


def begins(rank: int, rows: str, column: str, word: str, *, whole: int) -> Branch:
    """The column is the word (rank `whole`) or begins with it; one branch, for less planning."""
    return Branch(rank, rows, f"{column} LIKE %s", (prefix_of(word),), column, word, whole)


def branches_of(word: str, *, everything: bool = False) -> list[Branch]:
    """A whole code by codes only; letters and digits by numbers and spelling; else by names.

    `everything` also looks for a single character inside names, which no index knows: for lists.
    """
    if _WHOLE_CODE.fullmatch(word.upper()):
        return _by_code(word.upper())
    if _LETTERS.fullmatch(word):
        return _by_letters(word)
    inside = [Branch(4, PRODUCT, "p.name LIKE %s", (part_of(word),))]
    return [
        *_by_name(word),
        *(inside if everything and len(word) == 1 else []),
        *_by_registration(word),
        *_by_party(word),
    ]


def own_item_branches(word: str, scope: Scope) -> list[Branch]:
    """A hospital also finds products by its own HIS codes."""
    if not scope.institution_ids:
        return []
    own = scope.organisation_id
    return [Branch(0, OWN_ITEM, "h.institution_id = %s AND h.his_code = %s", (own, word))]


def _by_code(upper: str) -> list[Branch]:
    """20 or more characters of a code: that product, and those whose longer code begins so."""
    return [begins(1, PRODUCT, "p.code", upper, whole=0)]


def _by_letters(word: str) -> list[Branch]:
    """Codes, 挂网ID, initials and pinyin, and Latin letters inside a name."""
    upper, lower = word.upper(), word.lower()
    branches = [
        begins(3, PRODUCT, "p.initials", lower, whole=2),
        Branch(
            6, GROUPED, "g.code LIKE %s OR g.initials LIKE %s OR g.pinyin LIKE %s",
            (prefix_of(upper), prefix_of(lower), prefix_of(lower)),
        ),
        Branch(
            7, MADE_BY, "o.is_manufacturer AND (o.code = %s OR o.initials LIKE %s)",
            (upper, prefix_of(lower)),
        ),
    ]  # fmt: skip
    if len(word) == 1:
        return [*branches, Branch(0, PRODUCT, "p.code = %s", (upper,))]
    branches.append(begins(1, PRODUCT, "p.code", upper, whole=0))
    if len(word) >= 3:
        branches += [
            Branch(4, PRODUCT, "p.pinyin LIKE %s", (prefix_of(lower),)),
            Branch(5, PRODUCT, "p.initials LIKE %s", (part_of(lower),)),
            Branch(5, PRODUCT, "p.name ILIKE %s", (part_of(word),)),
        ]
    if len(word) >= 4:
        branches += [
            Branch(5, PRODUCT, "p.code LIKE %s", (part_of(upper),)),
            begins(1, LISTED, "l.listing_no", upper, whole=0),
            *_by_registration(word),
        ]
    return branches


def _by_name(word: str) -> list[Branch]:
    # A name has no index in its own order: the whole one is a branch of its own.
    branches = [
        Branch(2, PRODUCT, "p.name = %s", (word,)),
        Branch(3, PRODUCT, "p.name LIKE %s", (prefix_of(word),)),
    ]
    if len(word) == 2:
        # Trigrams know nothing of two characters; the recheck is by the same pair.
        pair = "catalog_pairs(p.name) @> ARRAY[%s]"
        branches.append(Branch(4, PRODUCT, pair, (word.lower(),)))
    elif len(word) > 2:
        branches.append(Branch(4, PRODUCT, "p.name ILIKE %s", (part_of(word),)))
    return branches


def _by_registration(word: str) -> list[Branch]:
    """注册证号 and 批准文号, whole or from the start."""
    if len(word) < 4:
        return [Branch(0, PAPERED, "r.number = %s", (word,))]
    return [begins(2, PAPERED, "r.number", word, whole=0)]


def _by_party(word: str) -> list[Branch]:
    """All products of a group or a manufacturer whose name has the word."""
    return [
        Branch(5, GROUPED, "g.name LIKE %s", (part_of(word),)),
        Branch(6, MADE_BY, "o.is_manufacturer AND o.name LIKE %s", (part_of(word),)),
    ]


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def prefix_of(word: str) -> str:
    """A LIKE pattern: begins with the word as it is."""
    return f"{_escaped(word)}%"


def part_of(word: str) -> str:
    """A LIKE pattern: has the word as it is."""
    return f"%{_escaped(word)}%"
