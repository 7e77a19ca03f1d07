"""Every task and notice notes its change in the statement that writes it, whoever writes it.

Triggers per statement, not code beside each writer: months open tens of thousands of tasks by SQL,
and a writer that forgets the feed would leave a gap that nobody sees (ADR 0008).
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION inbox_note_tasks_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, url, at, organisation_id, roles, to_all)
    SELECT 'task.opened', 'task', id::text, url, now(), organisation_id, roles, false
    FROM added WHERE done_at IS NULL ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_tasks_opened AFTER INSERT ON inbox_task
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_tasks_opened();

CREATE FUNCTION inbox_note_tasks_done() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, url, at, organisation_id, roles, to_all)
    SELECT 'task.done', 'task', a.id::text, a.url, now(), a.organisation_id, a.roles, false
    FROM after_it a JOIN before_it b ON b.id = a.id
    WHERE b.done_at IS NULL AND a.done_at IS NOT NULL ORDER BY a.id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_tasks_done AFTER UPDATE ON inbox_task
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_tasks_done();

CREATE FUNCTION inbox_note_notices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, url, at, organisation_id, user_id,
                              roles, to_all)
    SELECT 'notice.sent', 'notice', id::text, url, now(), organisation_id, user_id, '{}', false
    FROM added ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_notices AFTER INSERT ON inbox_notice
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_notices();
"""

BACKWARDS = """
DROP TRIGGER note_notices ON inbox_notice;
DROP FUNCTION inbox_note_notices();
DROP TRIGGER note_tasks_done ON inbox_task;
DROP FUNCTION inbox_note_tasks_done();
DROP TRIGGER note_tasks_opened ON inbox_task;
DROP FUNCTION inbox_note_tasks_opened();
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0004_change_feed_webhooks")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
