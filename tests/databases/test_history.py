"""Rows with history are written without an exception each, which made n rows cost n²."""

from __future__ import annotations

import pghistory
import pgtrigger
import pytest
from django.db import connection

from organisations.models import Organisation
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
EVENTS = "SELECT count(*), count(pgh_context_id) FROM organisations_organisationevent WHERE id = %s"


def value(sql: str, *terms: object) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, terms)
        found: tuple[object, ...] = cursor.fetchone()
    return found


def test_what_triggers_ask_for_is_there_from_the_start() -> None:
    assert value("SHOW pgtrigger.ignore") == ("{}",)
    source = value("SELECT prosrc FROM pg_proc WHERE proname = '_pgh_attach_context'")[0]
    # The one of pghistory catches what a missing setting raises, once a row.
    assert "EXCEPTION" not in str(source)


def test_history_is_kept_ignored_and_kept_again_with_its_context() -> None:
    row = people.organisation(name="甲医院")

    def named(name: str) -> None:
        Organisation.objects.filter(pk=row.pk).update(name=name)

    assert value(EVENTS, row.pk) == (1, 0)
    with pgtrigger.ignore("organisations.Organisation:update_update"):
        named("不记")
    assert value(EVENTS, row.pk) == (1, 0)
    named("又记")
    assert value(EVENTS, row.pk) == (2, 0)
    with pghistory.context(why="测试"):
        named("记缘由")
    assert value(EVENTS, row.pk) == (3, 1)
