"""Equality inside exclusion constraints needs btree_gist; search of Chinese names pg_trgm."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [BtreeGistExtension(), TrigramExtension()]
