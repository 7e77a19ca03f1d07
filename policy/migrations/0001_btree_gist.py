"""Equality on ids inside an exclusion constraint needs btree_gist (a trusted extension)."""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [BtreeGistExtension()]
