"""Announcements, registrations and changes of organisations note their changes (ADR 0008).

The tables of organisations lie below inbox, so their triggers stand here.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION inbox_note_announced() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, organisation_id,
                              roles, to_all)
    SELECT 'announcement.published', 'announcement', a.code, a.row_version,
           '/announcements/' || a.code || '/', now(), r.organisation_id, '{}', false
    FROM added r JOIN inbox_announcement a ON a.id = r.announcement_id ORDER BY r.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_announced AFTER INSERT ON inbox_announcementrecipient
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_announced();

CREATE FUNCTION inbox_note_taken_back() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, organisation_id,
                              roles, to_all)
    SELECT 'announcement.' || a.state, 'announcement', a.code, a.row_version,
           '/announcements/' || a.code || '/', now(), r.organisation_id, '{}', false
    FROM after_it a JOIN before_it b ON b.id = a.id
    JOIN inbox_announcementrecipient r ON r.announcement_id = a.id
    WHERE a.state <> b.state AND a.state IN ('withdrawn', 'superseded') ORDER BY r.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_taken_back AFTER UPDATE ON inbox_announcement
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_taken_back();

CREATE FUNCTION inbox_note_registration_filed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, organisation_id,
                              roles, to_all)
    SELECT 'registration.' || state, 'registration', receipt_no, row_version,
           '/registrations/' || receipt_no || '/', now(), bureau_id, '{}', false
    FROM added WHERE state <> 'draft' AND bureau_id IS NOT NULL ORDER BY id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_filed AFTER INSERT ON organisations_registration
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_registration_filed();

CREATE FUNCTION inbox_note_registration_moved() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, organisation_id,
                              roles, to_all)
    SELECT 'registration.' || a.state, 'registration', a.receipt_no, a.row_version,
           '/registrations/' || a.receipt_no || '/', now(), a.bureau_id, '{}', false
    FROM after_it a JOIN before_it b ON b.id = a.id
    WHERE a.state <> b.state AND a.state <> 'draft' AND a.bureau_id IS NOT NULL ORDER BY a.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_moved AFTER UPDATE ON organisations_registration
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_registration_moved();

-- Both sides: whose change it is, and the bureau that decides.
CREATE FUNCTION inbox_note_organisation_filed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, organisation_id,
                              roles, to_all)
    SELECT 'organisation_change.' || n.state, 'organisation_change', n.change_no, n.row_version,
           '/organisation-changes/' || n.change_no || '/', now(), told.id, '{}', false
    FROM added n
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY[n.organisation_id, n.bureau_id]) AS id) told
    ORDER BY n.id, told.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_filed AFTER INSERT ON organisations_organisationchange
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_organisation_filed();

CREATE FUNCTION inbox_note_organisation_moved() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, organisation_id,
                              roles, to_all)
    SELECT 'organisation_change.' || a.state, 'organisation_change', a.change_no, a.row_version,
           '/organisation-changes/' || a.change_no || '/', now(), told.id, '{}', false
    FROM after_it a JOIN before_it b ON b.id = a.id
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY[a.organisation_id, a.bureau_id]) AS id) told
    WHERE a.state <> b.state ORDER BY a.id, told.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_moved AFTER UPDATE ON organisations_organisationchange
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION inbox_note_organisation_moved();
"""

BACKWARDS = """
DROP FUNCTION inbox_note_organisation_moved() CASCADE;
DROP FUNCTION inbox_note_organisation_filed() CASCADE;
DROP FUNCTION inbox_note_registration_moved() CASCADE;
DROP FUNCTION inbox_note_registration_filed() CASCADE;
DROP FUNCTION inbox_note_taken_back() CASCADE;
DROP FUNCTION inbox_note_announced() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0007_spell_webhooks"), ("organisations", "0006_spell_names")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
