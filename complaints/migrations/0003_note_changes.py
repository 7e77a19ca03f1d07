"""Steps and words of complaints note their changes in the statement that writes them (ADR 0008).

Stamped as the complaint, so that a change is seen by whoever sees the complaint. A case that is made
for a complaint of the dataset is nothing new; what happens to it afterwards is told like all others.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION complaints_note_filed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              institution_id, manufacturer_id, distributor_id, pool_id, county_id,
                              city_id, province_id)
    SELECT 'complaint.' || n.state, 'complaint', c.complaint_no, n.row_version,
           '/complaints/of/' || c.complaint_no || '/', now(), '{}', false,
           c.institution_id, c.manufacturer_id, c.distributor_id, c.pool_id, c.county_id,
           c.city_id, c.province_id
    FROM added n JOIN complaints_complaint c ON c.id = n.complaint_id
    WHERE NOT n.from_dataset ORDER BY n.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_filed AFTER INSERT ON complaints_complaintcase
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_note_filed();

CREATE FUNCTION complaints_note_moved() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              institution_id, manufacturer_id, distributor_id, pool_id, county_id,
                              city_id, province_id)
    SELECT 'complaint.' || CASE WHEN a.state <> b.state THEN a.state
                                WHEN a.level <> b.level THEN 'escalated' ELSE 'supervised' END,
           'complaint', c.complaint_no, a.row_version,
           '/complaints/of/' || c.complaint_no || '/', now(), '{}', false,
           c.institution_id, c.manufacturer_id, c.distributor_id, c.pool_id, c.county_id,
           c.city_id, c.province_id
    FROM after_it a JOIN before_it b ON b.id = a.id
    JOIN complaints_complaint c ON c.id = a.complaint_id
    WHERE (a.state, a.level, a.supervised_at) IS DISTINCT FROM (b.state, b.level, b.supervised_at)
    ORDER BY a.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_moved AFTER UPDATE ON complaints_complaintcase
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_note_moved();

CREATE FUNCTION complaints_note_said() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              institution_id, manufacturer_id, distributor_id, pool_id, county_id,
                              city_id, province_id)
    SELECT 'complaint.said', 'complaint', c.complaint_no, k.row_version,
           '/complaints/of/' || c.complaint_no || '/', now(), '{}', false,
           c.institution_id, c.manufacturer_id, c.distributor_id, c.pool_id, c.county_id,
           c.city_id, c.province_id
    FROM added n JOIN complaints_complaintcase k ON k.id = n.case_id
    JOIN complaints_complaint c ON c.id = k.complaint_id
    WHERE n.kind = 'say' ORDER BY n.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_said AFTER INSERT ON complaints_complaintmessage
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_note_said();
"""

BACKWARDS = """
DROP FUNCTION complaints_note_said() CASCADE;
DROP FUNCTION complaints_note_moved() CASCADE;
DROP FUNCTION complaints_note_filed() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_workflow"), ("inbox", "0010_bulk_run_begun")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
