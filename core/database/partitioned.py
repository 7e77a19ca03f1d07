"""Create a model's table as a partitioned one, from the same model state as any other table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class CreatePartitionedModel(migrations.CreateModel):
    """CreateModel whose table is PARTITION BY RANGE or LIST of one column.

    PostgreSQL asks for the partition column in every unique rule, so the key in the database is
    (id, column); for Django `id` alone is the key, and the identity makes it unique. Indexes and
    constraints of the model are made on the parent and inherited. A DEFAULT partition takes what
    no other partition holds; it is watched and normally empty.
    """

    def __init__(self, *args: Any, partition_by: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partition_by = partition_by

    @property
    def _column(self) -> str:
        return self.partition_by.split("(")[1].rstrip(")")

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        apps: Apps = to_state.apps
        model = apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        statement, params = schema_editor.table_sql(model)
        key = f", PRIMARY KEY (id, {self._column}))"
        body = statement.replace(" PRIMARY KEY", "", 1).rstrip()
        schema_editor.execute(f"{body[:-1]}{key} PARTITION BY {self.partition_by}", params or None)
        table = schema_editor.quote_name(model._meta.db_table)
        default = schema_editor.quote_name(f"{model._meta.db_table}_default")
        schema_editor.execute(f"CREATE TABLE {default} PARTITION OF {table} DEFAULT")
        schema_editor.deferred_sql.extend(schema_editor._model_indexes_sql(model))  # type: ignore[attr-defined]

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        return name, args, {**kwargs, "partition_by": self.partition_by}

    def describe(self) -> str:
        return f"Create partitioned model {self.name}"
