"""Masters by what people type: name, code or pinyin initials."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Q, QuerySet

from catalog.models import Batch
from core.pinyin.spell import Spelling, spell


def named(words: str, prefix: str = "") -> Q:
    """Rows of a master with pinyin columns, or rows that refer to one by `prefix`."""
    typed = words.strip()
    letters = typed.lower()
    return (
        Q(**{f"{prefix}name__icontains": typed})
        | Q(**{f"{prefix}code__istartswith": typed})
        | Q(**{f"{prefix}initials__startswith": letters})
        | Q(**{f"{prefix}pinyin__startswith": letters})
    )


def batches_named(rows: QuerySet[Batch], words: str) -> QuerySet[Batch]:
    """Batches have no pinyin columns: there are few, so their names are spelled when asked for."""
    typed = words.strip()
    letters = typed.lower()
    found = Q(name__icontains=typed) | Q(code__istartswith=typed)
    if letters.isascii() and letters.isalnum():
        spelled = [
            pk
            for pk, name in rows.order_by().values_list("pk", "name")
            if _begins(_spelling(name), letters)
        ]
        found |= Q(pk__in=spelled)
    return rows.filter(found)


def _begins(spelling: Spelling, letters: str) -> bool:
    """Anywhere in the initials, since names begin with a year; from the start in full pinyin."""
    return letters in spelling.initials or spelling.pinyin.startswith(letters)


@lru_cache(maxsize=1024)
def _spelling(name: str) -> Spelling:
    return spell(name)
