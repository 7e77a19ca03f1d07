from django.db import migrations

# What history attaches to its rows (pghistory's own function of its migration 0007), without raising
# inside. There a missing setting is an exception that is caught, row by row; PostgreSQL then walks all
# deferred checks of the transaction again (AfterTriggerEndSubXact), so a statement of n tracked rows
# cost n²: 17,500 lines of reports took 15 seconds. `pgtrigger.ignore` is given at connect for the same
# reason (config/settings/database.py).
QUIET = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE LANGUAGE plpgsql AS $$
DECLARE
    the_id UUID := NULLIF(current_setting('pghistory.context_id', TRUE), '');
    the_metadata JSONB := NULLIF(current_setting('pghistory.context_metadata', TRUE), '');
BEGIN
    IF the_id IS NULL OR the_metadata IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
        VALUES (the_id, the_metadata, NOW(), NOW())
        ON CONFLICT (id) DO UPDATE
            SET metadata = EXCLUDED.metadata, updated_at = EXCLUDED.updated_at
            WHERE pghistory_context.metadata != EXCLUDED.metadata;
    RETURN the_id;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0008_certificates"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [migrations.RunSQL(QUIET, migrations.RunSQL.noop)]
