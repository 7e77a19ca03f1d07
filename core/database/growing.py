"""Applying migrations while the model classes grow, instead of being made anew at every step.

Django draws a model's whole neighbourhood again after each operation; ours all hang together, so a
fresh database costs minutes of drawing and seconds of SQL. Most operations only add: a new class
joins the registry, a new field joins its class, and an index, constraint, trigger or statement
leaves the classes as they are. Whatever else an operation does, and whatever code of a migration
reads, gets classes made from nothing, as Django would. The database is the same either way
(`tests/databases/test_growing.py`).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from core.database.partitioned import CreatePartitionedModel

_NEW_MODEL = (ops.CreateModel, CreatePartitionedModel)
_OF_A_MODEL = (
    ops.AddIndex,
    ops.AddConstraint,
    ops.RemoveConstraint,
    AddTrigger,
    RemoveTrigger,
)
"""Change what the table has, read nothing of the class but its fields."""


class GrowingExecutor(MigrationExecutor):
    """Django's executor; only a migration's own steps forward are taken in our way."""

    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        _leave_a_copy(state)
        if migration.atomic:
            migration.apply = partial(_apply, migration)  # type: ignore[method-assign]
        else:
            state.clear_delayed_apps_cache()
        return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)


def _leave_a_copy(state: ProjectState) -> None:
    """Let go of a registry that was copied with its state, as `migrate` does before it begins.

    A copy's classes answer to the registry that they were made in: what is added to one of them
    would look there for the models that it names, and not find those that are new.
    """
    apps = state.__dict__.get("apps")
    if apps is not None and any(model._meta.apps is not apps for model in apps.get_models()):
        del state.__dict__["apps"]


def _apply(migration: Migration, state: ProjectState, schema_editor: Any) -> ProjectState:
    for operation in migration.operations:
        if _only_adds(operation):
            _grow(migration.app_label, operation, state, schema_editor)
        else:
            _make_anew(migration.app_label, operation, state, schema_editor)
    return state


def _only_adds(operation: Operation) -> bool:
    """Exactly these types: what a subclass does besides is not known here."""
    kind = type(operation)
    if isinstance(operation, ops.AddField):
        return kind is ops.AddField and not operation.field.many_to_many
    if isinstance(operation, ops.RunSQL):
        return kind is ops.RunSQL and not operation.state_operations
    return kind in _NEW_MODEL or kind in _OF_A_MODEL


def _grow(app_label: str, operation: Any, state: ProjectState, schema_editor: Any) -> None:
    """Both states share one registry, to which the operation's model or field is added."""
    name: str = getattr(operation, "model_name", "") or getattr(operation, "name", "")
    key = app_label, name.lower()
    apps = state.apps
    before = ProjectState(models=dict(state.models), real_apps=state.real_apps)
    before.__dict__["apps"] = apps
    if key in state.models:  # neither for a new model nor for a statement
        state.models[key] = state.models[key].clone()
    # Without a registry the state has nothing to draw again.
    del state.__dict__["apps"]
    operation.state_forwards(app_label, state)
    state.__dict__["apps"] = apps
    if not isinstance(operation, ops.RunSQL):
        state.is_delayed = True
        _join(apps, state, key, operation)
    operation.database_forwards(app_label, schema_editor, before, state)


def _join(apps: StateApps, state: ProjectState, key: tuple[str, str], operation: Operation) -> None:
    if isinstance(operation, ops.CreateModel):
        apps.render_multiple([state.models[key]])
    elif isinstance(operation, ops.AddField):
        field = state.models[key].fields[operation.name]
        apps.get_model(*key).add_to_class(operation.name, field.clone())
        apps.clear_cache()


def _make_anew(
    app_label: str, operation: Operation, state: ProjectState, schema_editor: Any
) -> None:
    """As Django does it; a registry that has not grown since it was made is used again."""
    apps = state.__dict__.pop("apps", None)
    before = state.clone()
    if apps is not None and not state.is_delayed:
        before.__dict__["apps"] = apps
    before.is_delayed = state.is_delayed = False
    operation.state_forwards(app_label, state)
    operation.database_forwards(app_label, schema_editor, before, state)
    if isinstance(operation, ops.RunPython) and "apps" in before.__dict__:
        state.__dict__["apps"] = before.__dict__["apps"]
