"""Indexes of the search: pairs of characters for short Chinese words, trigrams for the rest.

pg_trgm finds nothing in a word of two characters inside a name (头孢 in 注射用头孢曲松钠), which is what
people type; an index of all neighbouring pairs does.
"""

from django.db import migrations

PAIRS = """
CREATE FUNCTION catalog_pairs(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(
    SELECT DISTINCT substr(lower(words), i, 2)
    FROM generate_series(1, greatest(length(words) - 1, 1)) AS i
)
"""

INDEXES = (
    ("catalog_product_name_pairs", "USING gin (catalog_pairs(name))"),
    ("catalog_product_name_trigrams", "USING gin (name gin_trgm_ops)"),
    ("catalog_product_code_trigrams", "USING gin (code gin_trgm_ops)"),
    ("catalog_product_initials_trigrams", "USING gin (initials gin_trgm_ops)"),
    ("catalog_product_pinyin", "(pinyin)"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_hospital_items"),
        ("core", "0001_extensions"),
    ]

    operations = [
        migrations.RunSQL(PAIRS, "DROP FUNCTION catalog_pairs(text)"),
        *(
            migrations.RunSQL(
                f"CREATE INDEX {name} ON catalog_product {how}", f"DROP INDEX {name}"
            )
            for name, how in INDEXES
        ),
    ]
