"""Initials of the endpoints that are there already."""

from typing import Any

from django.db import migrations

from core.pinyin import spell


def spell_names(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("inbox", "WebhookEndpoint")
    rows_here = model.objects.using(schema_editor.connection.alias)
    rows = list(rows_here.only("pk", "name"))
    for row in rows:
        row.initials = spell(row.name).initials
    rows_here.bulk_update(rows, ["initials"])


class Migration(migrations.Migration):
    dependencies = [("inbox", "0006_webhook_initials_version")]

    operations = [migrations.RunPython(spell_names, migrations.RunPython.noop)]
