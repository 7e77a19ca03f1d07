"""Numbers of carts and plans with more than eight digits are not cut (core/database/serial.py)."""

from django.db import migrations

from procurement.models.cart import NextCartNo
from procurement.models.plan import NextPlanNo


class Migration(migrations.Migration):
    dependencies = [("procurement", "0025_waiting_longest")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {number.template}",
            migrations.RunSQL.noop,
        )
        for table, column, number in (
            ("procurement_cart", "cart_no", NextCartNo),
            ("procurement_procurementplan", "plan_no", NextPlanNo),
        )
    ]
