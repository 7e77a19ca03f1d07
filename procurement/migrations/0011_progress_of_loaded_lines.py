"""Lines that are under way get their progress; ended ones get it when somebody acts on them."""

from django.db import migrations

from procurement.queries.line_facts import write_progress

# The statement of the load: at this migration the tables are those that it is written for.
BACKFILL = write_progress(
    "SELECT l.id AS line_id, l.ordered_at FROM procurement_orderline l",
    by="数据集",
    only_under_way=True,
    renew=False,
)


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0010_line_progress"),
    ]

    operations = [
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
