"""Notes of single lines instead of (institution, month); what waits is dropped, figures are rebuilt."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procurement", "0002_ensure_partitions")]

    operations = [
        migrations.RunSQL("DELETE FROM procurement_linedelta", migrations.RunSQL.noop),
        migrations.RemoveField("linedelta", "institution_id"),
        migrations.RemoveField("linedelta", "month"),
        migrations.AddField(
            "linedelta",
            "kind",
            models.CharField("种类", max_length=10, default="rebuild"),
            preserve_default=False,
        ),
        migrations.AddField("linedelta", "row_id", models.BigIntegerField("行编号", null=True)),
        migrations.AddField("linedelta", "line_id", models.BigIntegerField("订单行编号", null=True)),
        migrations.AddField(
            "linedelta", "ordered_at", models.DateTimeField("订单发送时间", null=True)
        ),
        migrations.AddField("linedelta", "old", models.JSONField("变动前", null=True)),
    ]
