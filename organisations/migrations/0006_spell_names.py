"""Initials of the names that are there already."""

from typing import Any

from django.db import migrations

from core.pinyin import spell

NAMED = ("User", "Registration", "ApiToken", "Consortium")
PAGE = 2_000


def spell_names(apps: Any, schema_editor: Any) -> None:
    for name in NAMED:
        model = apps.get_model("organisations", name)
        waiting = []
        for row in model.objects.only("pk", "name").iterator(chunk_size=PAGE):
            row.initials = spell(row.name).initials
            waiting.append(row)
            if len(waiting) == PAGE:
                model.objects.bulk_update(waiting, ["initials"])
                waiting = []
        model.objects.bulk_update(waiting, ["initials"])


class Migration(migrations.Migration):
    dependencies = [("organisations", "0005_initials_versions")]

    operations = [migrations.RunPython(spell_names, migrations.RunPython.noop)]
