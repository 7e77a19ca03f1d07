"""What explains a difference is one of stated kinds; reports from before keep their words."""

from django.db import migrations, models

UNSORTED = """
UPDATE procurement_recallholder SET difference_kind = 'unsorted'
WHERE state = 'reported' AND holder_note <> ''
  AND kept_packs + sent_back_packs + used_packs <> received_packs - returned_packs
"""


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0007_newest_orders"),
    ]

    operations = [
        migrations.AddField(
            model_name="recallholder",
            name="difference_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("other_source", "另有其他来源（调拨、捐赠、未经平台采购）"),
                    ("not_received", "已到院使用，平台尚未验收登记"),
                    ("earlier_stock", "平台登记以前的库存"),
                    ("lost", "破损、遗失或盘亏"),
                    ("sent_elsewhere", "已退回或调出，平台未登记"),
                    ("unsorted", "此前的报告，只有说明"),
                ],
                db_default="",
                default="",
                max_length=16,
                verbose_name="差异原因",
            ),
        ),
        migrations.RunSQL(UNSORTED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="recallholder",
            constraint=models.CheckConstraint(
                condition=models.Q(("difference_kind", ""), models.Q(("holder_note", ""), _negated=True), _connector="OR"),
                name="recall_holder_difference_has_words",
            ),
        ),
    ]
