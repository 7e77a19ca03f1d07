"""What the application role may do to each table.

A model says it with a class attribute `db_privileges`; without one its table
is a stage table. Tables without a model of ours are listed by name.
"""

from typing import Literal

from django.apps import apps
from django.db import models

Policy = Literal["stage", "append", "full", "read"]

VERBS: dict[Policy, tuple[str, ...]] = {
    # No DELETE on stage tables: states end things, rows stay.
    "stage": ("SELECT", "INSERT", "UPDATE"),
    # Ledger, audit and other trails.
    "append": ("SELECT", "INSERT"),
    # Sessions, memberships, caches, queues, derived data.
    "full": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "read": ("SELECT",),
}

_READ_ONLY_TABLES = {"django_migrations", "django_content_type", "auth_permission"}
_OWN_APPS = {
    "core",
    "organisations",
    "inbox",
    "policy",
    "catalog",
    "contracts",
    "procurement",
    "volumes",
    "complaints",
    "monitoring",
    "settlement",
    "interchange",
}


def table_policies() -> dict[str, Policy]:
    """Policy of every table that a model of this project writes, by table name."""
    policies: dict[str, Policy] = {}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy and not model._meta.swapped:
            policies[model._meta.db_table] = _policy_of(model)
    return policies | dict.fromkeys(_READ_ONLY_TABLES, "read")


def _policy_of(model: type[models.Model]) -> Policy:
    declared = getattr(model, "db_privileges", None)
    if declared is not None:
        if declared not in VERBS:
            raise ValueError(f"{model._meta.label}.db_privileges = {declared!r} is not known")
        return declared  # type: ignore[no-any-return]
    if hasattr(model, "pgh_tracked_model"):
        return "append"
    if model._meta.app_label not in _OWN_APPS or model._meta.auto_created:
        return "full"
    return "stage"
