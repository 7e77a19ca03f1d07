"""The quick look at a line takes nothing that the format refuses."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.datasets import Column
from core.datasets.column import Kind
from interchange.files import FILES
from interchange.runner.kinds import is_right
from interchange.runner.shapes import shape_of

pytestmark = pytest.mark.django_db

COLUMNS = sorted(
    {repr(column): column for file in FILES for column in file.columns}.values(), key=repr
)
NUMBERS = st.from_regex(r"\A-?[0-9]{0,16}(\.[0-9]{0,5})?\Z")
DAYS = st.from_regex(r"\A[0-9]{4}-[0-3][0-9]-[0-3][0-9]\Z")
INSTANTS = st.from_regex(
    r"\A(19|20|2[0-9]|0[0-9])[0-9]{2}-[01][0-9]-[0-3][0-9][T ]?[0-2][0-9]:[0-6][0-9](:[0-6][0-9](\.[0-9]{0,7})?)?"
    r"(Z|[+-][012][0-9]:?[0-6][0-9])?\Z"
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters=',"\\\t\r\n\0'), max_size=12)


def cells_for(column: Column) -> st.SearchStrategy[str]:
    match column.kind:
        case Kind.NUMBER | Kind.WHOLE:
            return NUMBERS | TEXTS
        case Kind.DAY | Kind.MONTH:
            return DAYS | DAYS.map(lambda text: text[:7]) | TEXTS
        case Kind.INSTANT:
            return INSTANTS | DAYS | TEXTS
        case Kind.CHOICE | Kind.TAGS:
            words = st.sampled_from(column.choices)
            return words | st.lists(words, max_size=3).map(";".join) | TEXTS
        case _ if column.pattern:
            return st.from_regex(column.pattern.removesuffix("$") + r"\Z") | TEXTS
        case _:
            return TEXTS | TEXTS.map(lambda text: text * 20)


@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_the_shape_takes_is_right(data: st.DataObject) -> None:
    column = data.draw(st.sampled_from(COLUMNS))
    cells = data.draw(st.lists(cells_for(column), min_size=20, max_size=20))
    taken = [cell for cell in cells if shape_of([column]).fullmatch(cell.encode())]
    if not taken:
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Shanghai'")
        cursor.execute("CREATE TEMP TABLE shaped (value text NOT NULL) ON COMMIT DROP")
        cursor.executemany("INSERT INTO shaped VALUES (%s)", [[cell] for cell in taken])
        cursor.execute(f"SELECT value FROM shaped WHERE NOT ({is_right(column, 'value')})")
        refused = [value for (value,) in cursor.fetchall()]
        cursor.execute("DROP TABLE shaped")
    assert refused == []
