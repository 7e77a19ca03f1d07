"""A changed conversion factor asks for a rebuild of the live figures, as a changed product does."""

from django.db import migrations

UP = (
    "CREATE TRIGGER note_rebuild AFTER INSERT OR UPDATE OR DELETE ON catalog_conversion"
    " FOR EACH STATEMENT EXECUTE FUNCTION note_rebuild()"
)
DOWN = "DROP TRIGGER note_rebuild ON catalog_conversion"


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0006_rehearsals"),
        ("catalog", "0004_quality_and_editions"),
    ]

    operations = [migrations.RunSQL(UP, DOWN)]
