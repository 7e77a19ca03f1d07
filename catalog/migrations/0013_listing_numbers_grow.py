"""Listing numbers with more than nine digits are not cut (core/database/serial.py)."""

from django.db import migrations

from catalog.models.listing import NextListingNo


class Migration(migrations.Migration):
    dependencies = [("catalog", "0012_effects_of_results")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ALTER COLUMN listing_no SET DEFAULT {NextListingNo.template}",
            migrations.RunSQL.noop,
        )
        for table in ("catalog_listing", "catalog_listingevent")
    ]
