"""S-12: every list that leaves as a file, and every page of people's data that a program fetches, is

on the trail: who, which list, by which filter, how many rows.
"""

from __future__ import annotations

import inspect
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.urls import get_resolver, resolve
from openpyxl import load_workbook
from rest_framework import serializers

from core.audit.models import AuditEvent
from organisations.api.base import ScopedViewSet
from organisations.queries.event_values import before_and_after
from organisations.views.list_export import ExportMixin
from tests.matrix.table import Row, address, load_table
from tests.matrix.world import World

OF_PEOPLE = re.compile(r"电话|手机|联系人|联系方式|邮箱|用户名|姓名|签字人|操作人|身份证|证件号")
PERSONAL = frozenset(
    yaml.safe_load(
        (Path(__file__).parents[1] / "architecture" / "personal_fields.yaml").read_text()
    )["personal"]
)
WRITERS = {"workbook_response", "write_workbook", "xlsxwriter", "csv", "XLSX"}
GETS = {
    row.route.name: row
    for row in load_table()
    if row.route.method == "GET" and 200 in row.status.values()
}
"""One row of each route that somebody may read."""


@dataclass(frozen=True)
class Fetched:
    """An answer, and what the trail had of it before all was undone."""

    status: int
    path: str
    headings: tuple[str, ...]
    row_count: int
    told: list[AuditEvent]


def fetch(row: Row, world: World, actor: str = "") -> Fetched:
    actor = actor or next(actor for actor, status in row.status.items() if status == 200)
    with transaction.atomic():
        answer: Any = world.cast.client(actor).get(address(row, world))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        path = answer.wsgi_request.path
        told = list(AuditEvent.objects.filter(action__startswith="list.", object_key=path))
        transaction.set_rollback(True)
    # The marked copies of this world are kept without a body.
    sheet = _sheet(body) if zipfile.is_zipfile(io.BytesIO(body)) else [()]
    return Fetched(answer.status_code, path, sheet[0], len(sheet) - 1, told)


def _sheet(body: bytes) -> list[tuple[str, ...]]:
    lines = load_workbook(io.BytesIO(body), read_only=True).worksheets[0].values
    return [tuple(str(cell) for cell in line) for line in lines] or [()]


def view_of(row: Row, world: World) -> type:
    match = resolve(address(row, world).partition("?")[0])
    return getattr(match.func, "view_class", None) or getattr(match.func, "cls", object)


def test_every_list_that_becomes_a_file_is_told(world: World) -> None:
    """With its filter, its rows and its headings; to nobody whom it was refused."""
    exports = [row for row in GETS.values() if issubclass(view_of(row, world), ExportMixin)]
    assert len(exports) >= 80
    wrong = []
    for row in exports:
        got = fetch(row, world)
        rows, columns = got.row_count, list(got.headings)
        if [(e.action, e.detail["rows"], e.detail["columns"]) for e in got.told] != [
            ("list.export", rows, columns)
        ]:
            wrong.append(f"{row.label}: {[e.detail for e in got.told]}, not {rows} of {columns}")
    assert wrong == []


def test_no_other_file_holds_what_is_about_people(world: World) -> None:
    """A view that writes a sheet by itself has no such column, else its file would go untold."""
    writing = [
        row
        for row in GETS.values()
        if not issubclass(view := view_of(row, world), ExportMixin)
        and not issubclass(view, ScopedViewSet)
        and WRITERS & set(vars(inspect.getmodule(view)))
    ]
    assert len(writing) >= 20
    found = {row.label: fetch(row, world).headings for row in writing}
    assert sum(bool(headings) for headings in found.values()) >= 15
    assert [label for label, each in found.items() if OF_PEOPLE.search(" ".join(each))] == []


def test_words_about_people_are_known(world: World) -> None:
    """The control: the headings of the files that are told have them."""
    for name in ("people-export", "account-export", "audit-export"):
        assert OF_PEOPLE.search(" ".join(fetch(GETS[name], world).headings)), name


def test_filter_is_told_in_words(world: World) -> None:
    row = GETS["people-export"]
    with transaction.atomic():
        client = world.cast.client(next(a for a, code in row.status.items() if code == 200))
        client.get(address(row, world) + "?q=%E7%8E%8B&role=clerk")
        event = AuditEvent.objects.get(action="list.export")
        transaction.set_rollback(True)
    _, told = before_and_after(event.object_type, event.detail)
    words = {each.name: each.value for each in told}
    assert words["筛选条件"] == "角色：经办、查找：王"
    assert (event.object_label, words["行数"]) == ("人员", "0")


def test_refused_list_is_not_told_as_taken(world: World) -> None:
    row = GETS["people-export"]
    refused = next(actor for actor, status in row.status.items() if status == 403)
    got = fetch(row, world, refused)
    assert (got.status, got.told) == (403, [])


# --- the API -----------------------------------------------------------------------------------


def _lists() -> list[type[ScopedViewSet]]:
    """Every endpoint with a list of rows."""
    _ = get_resolver().url_patterns
    found: list[type[ScopedViewSet]] = []
    waiting: list[type[ScopedViewSet]] = [ScopedViewSet]
    while waiting:
        for heir in waiting.pop().__subclasses__():
            waiting.append(heir)
            if hasattr(heir, "list") and heir.serializer_class is not None:
                found.append(heir)
    return found


def _about_people(shown: serializers.BaseSerializer[Any]) -> Iterator[str]:
    """Names of the fields that are, by personal_fields.yaml, about a person."""
    model = getattr(getattr(shown, "Meta", None), "model", None)
    for name, field in getattr(shown, "fields", {}).items():
        child = getattr(field, "child", field)
        if isinstance(child, serializers.BaseSerializer):
            yield from _about_people(child)
        elif model is not None and _kept_as(model, field.source or name) in PERSONAL:
            yield name


def _kept_as(model: Any, source: str) -> str:
    *way, last = source.split(".")
    try:
        for step in way:
            model = model._meta.get_field(step).related_model
        return f"{model._meta.label}.{model._meta.get_field(last).name}"
    except FieldDoesNotExist:
        return ""


def test_every_list_of_the_api_with_people_in_it_says_so() -> None:
    found = _lists()
    assert len(found) >= 60
    wrong = {
        each.__name__: names
        for each in found
        if (names := tuple(_about_people(each.serializer_class()))) != each.personal
    }
    assert wrong == {}, "name them in `personal` of the endpoint"


def test_every_page_of_people_that_a_program_fetches_is_told(world: World) -> None:
    rows = [
        row
        for row in GETS.values()
        if getattr(view_of(row, world), "personal", ()) and row.route.name.endswith("-list")
    ]
    assert len(rows) == sum(bool(each.personal) for each in _lists())
    for row in rows:
        got = fetch(row, world)
        assert got.status == 200
        told = [(e.action, tuple(e.detail["columns"])) for e in got.told]
        assert told in ([], [("list.read_by_api", view_of(row, world).personal)]), row.label
    people = fetch(GETS["api-person-list"], world)
    assert [e.detail["filter"] for e in people.told] == [["没有筛选"]]
