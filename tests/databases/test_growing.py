"""Migrating by growing classes leaves the same database as Django's own way."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command, load_command_class
from django.core.management.commands import migrate as django_migrate
from django.db import connections, migrations, models, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models import F, Q
from pgtrigger import compiler
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from core.database.growing import GrowingExecutor
from core.embedded.binaries import client_program
from tests.databases import server
from tests.databases.pointing import point_at
from tests.plugins.worker import database_url_of

LABEL = "grown"
SEEN: list[list[str]] = []


def look(apps: Any, schema_editor: Any) -> None:
    """What code of a migration finds: classes whose relations lead to each other both ways."""
    tree, leaf = apps.get_model(LABEL, "Tree"), apps.get_model(LABEL, "Leaf")
    rows = tree.objects.using(schema_editor.connection.alias)
    first = rows.create(name="甲", height=3)
    rows.create(name="乙", height=4, beside=first)
    leaves = leaf.objects.using(schema_editor.connection.alias)
    leaves.create(tree=first, tags=["x"])
    SEEN.append([
        *sorted(field.name for field in tree._meta.get_fields()),
        *(row.name for row in rows.filter(leaf__tags=["x"])),
        str(leaves.get().tree == first),
    ])  # fmt: skip


def _trigger(name: str) -> compiler.Trigger:
    return compiler.Trigger(
        name=name,
        sql=compiler.UpsertTriggerSql(
            func="RETURN NEW;", hash="0" * 40, operation="UPDATE", pgid=f"pgtrigger_{name}_1",
            table=f"{LABEL}_tree", when="BEFORE",
        ),
    )  # fmt: skip


FIRST = [
    migrations.CreateModel("Tree", [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20, unique=True)),
    ]),
    migrations.CreateModel("Leaf", [
        ("id", models.BigAutoField(primary_key=True)),
        ("tree", models.ForeignKey(f"{LABEL}.tree", models.PROTECT)),
        ("tags", ArrayField(models.CharField(max_length=9))),
    ], options={"indexes": [models.Index(fields=["tree", "id"], name="leaf_order")]}),
    migrations.AddField("Tree", "crown", models.ForeignKey(
        f"{LABEL}.leaf", models.PROTECT, null=True, related_name="+")),
    migrations.AddField("tree", "beside", models.ForeignKey("self", models.PROTECT, null=True)),
    migrations.AddField("tree", "height", models.PositiveIntegerField(default=1),
                        preserve_default=False),
    migrations.AddField("tree", "friends", models.ManyToManyField(f"{LABEL}.leaf", related_name="+")),
    migrations.AddIndex("tree", models.Index(fields=["height", "crown"], name="tree_height")),
    migrations.AddConstraint("tree", models.CheckConstraint(
        condition=Q(height__lt=100), name="tree_low")),
    migrations.AddConstraint("tree", models.CheckConstraint(
        condition=~Q(beside=F("id")), name="tree_apart")),
    migrations.AddConstraint("leaf", models.UniqueConstraint(
        fields=["tree", "tags"], condition=Q(tree__isnull=False), name="leaf_once")),
    AddTrigger("tree", _trigger("kept")),
    AddTrigger("tree", _trigger("gone")),
    migrations.RunSQL(f"CREATE VIEW {LABEL}_high AS SELECT * FROM {LABEL}_tree WHERE height > 9"),
]  # fmt: skip
BETWEEN = [
    migrations.CreateModel("Ring", [("id", models.BigAutoField(primary_key=True))]),
    migrations.AddField("tree", "ring", models.ForeignKey(
        f"{LABEL}.ring", models.PROTECT, null=True, related_name="+")),
]  # fmt: skip
SECOND = [
    migrations.RunPython(look),
    migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE"),
    migrations.RunSQL(f"DROP VIEW {LABEL}_high"),
    migrations.RemoveConstraint("tree", "tree_low"),
    RemoveTrigger("tree", "gone"),
    migrations.AlterField("tree", "name", models.CharField(max_length=40, null=True)),
    migrations.AddConstraint("tree", models.CheckConstraint(
        condition=Q(height__lt=200), name="tree_low")),
    migrations.RenameField("tree", "height", "metres"),
    migrations.AddField("leaf", "wide", models.BooleanField(default=False, db_default=False)),
    migrations.CreateModel("Root", [
        ("id", models.BigAutoField(primary_key=True)),
        ("tree", models.OneToOneField(f"{LABEL}.tree", models.PROTECT, to_field="id")),
    ]),
    migrations.RemoveField("tree", "crown"),
    migrations.RenameModel("Leaf", "Blade"),
    migrations.DeleteModel("Root"),
]  # fmt: skip
SHAPE = """
SELECT 'column', table_name, column_name, data_type || ' ' || is_nullable,
       coalesce(column_default, '') || coalesce(character_maximum_length::text, '')
FROM information_schema.columns WHERE table_name LIKE 'grown%%'
UNION ALL SELECT 'rule', conrelid::regclass::text, conname, pg_get_constraintdef(oid), ''
FROM pg_constraint WHERE conrelid::regclass::text LIKE 'grown%%'
UNION ALL SELECT 'index', tablename, indexname, indexdef, '' FROM pg_indexes WHERE tablename LIKE 'grown%%'
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), ''
FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'grown%%' AND NOT tgisinternal
ORDER BY 1, 2, 3
"""


def _migrations() -> Iterator[Migration]:
    for number, operations in enumerate((FIRST, BETWEEN, SECOND), start=1):
        made = Migration(f"000{number}", LABEL)
        made.operations = operations
        yield made


def _shape_by(
    executor: type[MigrationExecutor], *, copied: bool = False
) -> tuple[list[Any], list[list[str]]]:
    """The tables as they are after all migrations, and what code of them saw; all undone.

    `copied`: each migration begins with a copy of a state that was drawn before, as those of a
    database do that has migrations already.
    """
    SEEN.clear()
    connection = connections["owner"]
    with transaction.atomic("owner"):
        runner, state = executor(connection), ProjectState(real_apps=set())
        for migration in _migrations():
            if copied:
                state.apps  # noqa: B018 - draws it
                state = state.clone()
            state = runner.apply_migration(state, migration)
        with connection.cursor() as cursor:
            cursor.execute(SHAPE)
            shape = cursor.fetchall()
        transaction.set_rollback(True, "owner")
    return shape, list(SEEN)


@pytest.mark.django_db(databases=["default", "owner"])
def test_every_kind_of_step_leaves_the_same_tables() -> None:
    shape, seen = _shape_by(MigrationExecutor)
    assert len(shape) > 25
    assert seen[0][-2:] == ["甲", "True"]
    assert _shape_by(GrowingExecutor) == (shape, seen)
    assert _shape_by(GrowingExecutor, copied=True) == (shape, seen)


def test_the_command_migrates_in_this_way() -> None:
    load_command_class("core", "migrate")
    assert django_migrate.MigrationExecutor is GrowingExecutor


@pytest.mark.reliability
def test_the_whole_database_is_the_same(
    database_template: str, django_db_blocker: Any, rounds: Callable[[int, int], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Tables, triggers, functions, grants and shipped rows; Django's way takes minutes."""
    if not rounds(0, 1):
        pytest.skip("Django's own way takes minutes; runs with --effort full")
    with django_db_blocker.unblock():
        with _migrated() as ours:
            text = _dumped(ours)
        monkeypatch.setattr(django_migrate, "MigrationExecutor", MigrationExecutor)
        with _migrated() as theirs:
            assert _dumped(theirs) == text
    assert text.count("CREATE TABLE") > 100


@contextmanager
def _migrated() -> Iterator[str]:
    name = f"{server.CLONE_PREFIX}{os.getpid()}_grown"
    with server.owner_cursor() as cursor:
        server.drop(cursor, name)
        server.create(cursor, name)
        with point_at(name):
            call_command("migrate", verbosity=0, interactive=False)
            yield database_url_of("owner")
        server.drop(cursor, name)


def _dumped(url: str) -> str:
    """The whole database as text, but for the hours in it and the dump's own random mark."""
    command = [str(client_program("pg_dump")), "--inserts", "--no-owner", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    lines = [line for line in done.stdout.splitlines() if "restrict" not in line]
    return re.sub(r"'[-0-9]{10} [:0-9]{8}[.0-9]*[+]\d\d'", "'…'", "\n".join(lines))
