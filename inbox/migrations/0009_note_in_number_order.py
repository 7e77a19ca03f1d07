"""Changes of one statement are noted in the order in which their tasks and notices were made.

`SELECT id::text … ORDER BY id` orders by the column it gives out, which is text: 10 before 8.
"""

from django.db import migrations

OPENED = """
CREATE OR REPLACE FUNCTION inbox_note_tasks_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, url, at, organisation_id, roles, to_all)
    SELECT 'task.opened', 'task', id::text, url, now(), organisation_id, roles, false
    FROM added WHERE done_at IS NULL ORDER BY {order};
    RETURN NULL;
END $$;
"""
SENT = """
CREATE OR REPLACE FUNCTION inbox_note_notices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, url, at, organisation_id, user_id,
                              roles, to_all)
    SELECT 'notice.sent', 'notice', id::text, url, now(), organisation_id, user_id, '{{}}', false
    FROM added ORDER BY {order};
    RETURN NULL;
END $$;
"""


def ordered(order: str) -> str:
    return (OPENED + SENT).format(order=order)


class Migration(migrations.Migration):
    dependencies = [("inbox", "0008_note_offices")]

    operations = [migrations.RunSQL(ordered("added.id"), ordered("id"))]
