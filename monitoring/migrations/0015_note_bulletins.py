"""Bulletins and what comes back of them note their changes per statement (ADR 0008).

Whoever is named learns of the 核对期, everybody of the trade of what is issued (as its page is open
to all of them), issuer and recipient of a receipt's steps, both sides of an objection.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION monitoring_note_bulletins() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              organisation_id, province_id)
    SELECT 'bulletin.' || m.state, 'bulletin', m.bulletin_no, m.row_version,
           '/monitoring/bulletins/' || m.bulletin_no || '/', now(), '{}', m.to_all,
           m.organisation_id, CASE WHEN m.to_all THEN m.province_id END
    FROM (
        SELECT a.*, a.state IN ('issued', 'closed') AS to_all, told.organisation_id
        FROM after_it a JOIN before_it b ON b.id = a.id
        CROSS JOIN LATERAL (
            SELECT NULL::bigint AS organisation_id WHERE a.state IN ('issued', 'closed')
            UNION
            SELECT a.issuer_id WHERE a.state NOT IN ('issued', 'closed')
            UNION
            SELECT a.countersigner_id
            WHERE a.state = 'countersign' AND a.countersigner_id IS NOT NULL
            UNION
            SELECT l.organisation_id FROM monitoring_bulletinline l
            WHERE a.state = 'checking' AND l.bulletin_id = a.id AND NOT l.removed
              AND l.organisation_id IS NOT NULL
        ) told
        WHERE a.state <> b.state
    ) m ORDER BY m.id, m.organisation_id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_moved AFTER UPDATE ON monitoring_bulletin
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_bulletins();

CREATE FUNCTION monitoring_note_receipts() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              organisation_id)
    SELECT 'bulletin_receipt.' || a.state, 'bulletin_receipt', a.id::text, a.row_version,
           '/monitoring/bulletins/' || m.bulletin_no || '/', now(), '{}', false, told.id
    FROM after_it a JOIN before_it b ON b.id = a.id
    JOIN monitoring_bulletin m ON m.id = a.bulletin_id
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(ARRAY[a.organisation_id, m.issuer_id]) AS id) told
    WHERE a.state <> b.state ORDER BY a.id, told.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_moved AFTER UPDATE ON monitoring_bulletinreceipt
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_receipts();

-- The object is the bulletin: an objection has no address of its own.
CREATE FUNCTION monitoring_tell_objections(bulletins bigint[], organisations bigint[], kinds text[])
RETURNS void LANGUAGE sql AS $body$
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              organisation_id)
    SELECT DISTINCT t.kind, 'bulletin', m.bulletin_no, m.row_version,
           '/monitoring/bulletins/' || m.bulletin_no || '/', now(), '{}'::varchar[], false, told.id
    FROM unnest(bulletins, organisations, kinds) AS t (bulletin_id, organisation_id, kind)
    JOIN monitoring_bulletin m ON m.id = t.bulletin_id
    CROSS JOIN LATERAL (SELECT unnest(ARRAY[t.organisation_id, m.issuer_id]) AS id) told;
$body$;

CREATE FUNCTION monitoring_note_objections_filed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM monitoring_tell_objections(array_agg(bulletin_id), array_agg(organisation_id),
                                       array_agg('bulletin_objection.' || state))
    FROM added;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_filed AFTER INSERT ON monitoring_bulletinobjection
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_objections_filed();

CREATE FUNCTION monitoring_note_objections_ruled() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM monitoring_tell_objections(array_agg(a.bulletin_id), array_agg(a.organisation_id),
                                       array_agg('bulletin_objection.' || a.state))
    FROM after_it a JOIN before_it b ON b.id = a.id WHERE a.state <> b.state;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_ruled AFTER UPDATE ON monitoring_bulletinobjection
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_objections_ruled();
"""

BACKWARDS = """
DROP FUNCTION monitoring_note_objections_ruled() CASCADE;
DROP FUNCTION monitoring_note_objections_filed() CASCADE;
DROP FUNCTION monitoring_tell_objections(bigint[], bigint[], text[]);
DROP FUNCTION monitoring_note_receipts() CASCADE;
DROP FUNCTION monitoring_note_bulletins() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0014_bulletin_numbered_first"),
        ("inbox", "0010_bulk_run_begun"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
