"""Warnings are numbered from a sequence; gaps are allowed, repeats are not."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_tables")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE monitoring_warning_no", "DROP SEQUENCE monitoring_warning_no"
        ),
    ]
