"""A query that every request asks, put into SQL once in a process instead of at each request.

Only the wording is kept: the statement is sent to the server each time and answers with what is
stored at that moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)


class Among(models.Lookup):
    """`field__among=[…]`: as `__in`, but the list is one value, whatever its length."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, self.rhs)


models.Field.register_lookup(Among)
models.ForeignObject.register_lookup(Among)


class CannotPrepare(Exception):
    """A value of the query does not stand in its SQL, or it answers with other than it should."""


@dataclass(frozen=True)
class _Worded:
    """One query's SQL, and which of the values (by number) or what else stands at each place."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[int | None, ...]
    compiler: Any

    def ask(self, values: tuple[Any, ...], using: str) -> list[tuple[Any, ...]]:
        params = [
            kept if number is None else values[number]
            for kept, number in zip(self.params, self.places, strict=True)
        ]
        with connections[using].cursor() as cursor:
            cursor.execute(self.sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


class _Prepared:
    """`build(*marks)` gives the query; the marks are values that occur in it nowhere else.

    What depends on anything but these values (the day, the scope) must be one of them: `build`
    is called once. A list is one value where the query says `__among`.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *marks: Any) -> None:
        self._build = build
        self._marks = marks
        self._worded: dict[str, _Worded] = {}

    def _word(self, using: str) -> _Worded:
        worded = self._worded.get(using)
        if worded is None:
            worded = self._worded[using] = self._written(using)
        return worded

    def _written(self, using: str) -> _Worded:
        compiler = self._build(*self._marks).query.get_compiler(using=using)
        sql, params = compiler.as_sql()
        places = tuple(self._number(value) for value in params)
        if set(range(len(self._marks))) - set(places):
            raise CannotPrepare(f"not every one of {self._marks} stands in {sql}")
        return _Worded(sql, tuple(params), places, compiler)

    def _number(self, value: Any) -> int | None:
        same = (type(value) is type(mark) and value == mark for mark in self._marks)
        return next((number for number, found in enumerate(same) if found), None)


class PreparedValues(_Prepared):
    """For a query of plain columns: `rows(…)` as `list(build(…))`, `values(…)` of one column flat."""

    def rows(self, *values: Any, using: str = "default") -> list[tuple[Any, ...]]:
        return self._word(using).ask(values, using)

    def values(self, *values: Any, using: str = "default") -> list[Any]:
        return [value for (value,) in self.rows(*values, using=using)]


class Prepared(_Prepared, Generic[M]):
    """`rows(…)` answers as `list(build(…))` does; select_related and annotations come along."""

    def __init__(self, build: Callable[..., QuerySet[M]], *marks: Any) -> None:
        super().__init__(build, *marks)
        self._shapes: dict[str, _Shape] = {}

    def rows(self, *values: Any, using: str = "default") -> list[M]:
        worded = self._word(using)
        shape = self._shapes.get(using)
        if shape is None:
            shape = self._shapes[using] = _shape(worded.compiler, using)
        return [shape.made(list(row), using) for row in worded.ask(values, using)]


@dataclass(frozen=True)
class _Shape:
    """Where each model's columns stand in a row."""

    model: type[models.Model]
    columns: slice
    names: tuple[str, ...]
    related: tuple[Any, ...]
    annotations: tuple[tuple[str, int], ...]
    converters: tuple[tuple[int, Any, Any], ...]

    def made(self, row: list[Any], using: str) -> Any:
        """As Django's ModelIterable makes a row."""
        connection = connections[using]
        for place, functions, expression in self.converters:
            for function in functions:
                row[place] = function(row[place], expression, connection)
        made = self.model.from_db(using, self.names, row[self.columns])
        for populator in self.related:
            populator.populate(row, made)
        for name, place in self.annotations:
            setattr(made, name, row[place])
        return made


def _shape(compiler: Any, using: str) -> _Shape:
    select, klass = compiler.select, compiler.klass_info
    if klass is None:
        raise CannotPrepare("the query does not answer with rows of a model")
    chosen = klass["select_fields"]
    columns = slice(chosen[0], chosen[-1] + 1)
    converters = compiler.get_converters([entry[0] for entry in select])
    return _Shape(
        model=klass["model"],
        columns=columns,
        names=tuple(entry[0].target.attname for entry in select[columns]),
        related=tuple(get_related_populators(klass, select, using)),  # type: ignore[call-arg]
        annotations=tuple((compiler.annotation_col_map or {}).items()),
        converters=tuple((place, *found) for place, found in converters.items()),
    )
