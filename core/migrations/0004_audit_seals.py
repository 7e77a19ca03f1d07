"""Blocks that chain the audit trail, behind the same wall as the trail itself."""

import django.contrib.postgres.fields
from django.db import migrations, models

CREATE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_auditseal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON core_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

DROP = """
DROP TRIGGER append_only_truncate ON core_auditseal;
DROP TRIGGER append_only ON core_auditseal;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_append_only")]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed_at", models.DateTimeField(verbose_name="封存时间")),
                (
                    "event_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="事件编号"
                    ),
                ),
                ("last_event_id", models.BigIntegerField(verbose_name="最大事件编号")),
                (
                    "previous_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="前一摘要"),
                ),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="摘要")),
            ],
            options={
                "verbose_name": "审计封存",
                "indexes": [models.Index(fields=["last_event_id"], name="audit_seal_last_event")],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
