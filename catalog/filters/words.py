"""The field in which people type what they look for, the same on every list: numbers, names, initials."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from catalog.queries.search import named


class WordsFilter(django_filters.CharFilter):
    """Rows that one of `names` names (prefixes of masters with pinyin columns, '' for the row's own),
    or whose `number` fields are exactly what was typed."""

    def __init__(self, *names: str, number: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(**{"label": "查找", "max_length": 60} | kwargs)
        self.names = names
        self.number = number

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        typed = (value or "").strip()
        if not typed:
            return rows
        found = Q()
        for field in self.number:
            found |= Q(**{field: typed})
        for prefix in self.names:
            found |= named(typed, prefix)
        return rows.filter(found)
