"""Warnings and computed months note their changes in the statement that writes them (ADR 0008)."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION monitoring_note_warnings_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              institution_id, enterprise_id, pool_id, county_id, city_id,
                              province_id)
    SELECT 'warning.opened', 'warning', warning_no, row_version,
           '/monitoring/warnings/' || warning_no || '/', now(), '{}', false,
           institution_id, enterprise_id, pool_id, county_id, city_id, province_id
    FROM added ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_warnings_opened AFTER INSERT ON monitoring_warning
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_warnings_opened();

CREATE FUNCTION monitoring_note_warnings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              institution_id, enterprise_id, pool_id, county_id, city_id,
                              province_id)
    SELECT 'warning.' || CASE WHEN a.state = b.state THEN 'updated'
                              WHEN a.state = 'open' THEN 'opened' ELSE a.state END,
           'warning', a.warning_no, a.row_version,
           '/monitoring/warnings/' || a.warning_no || '/', now(), '{}', false,
           a.institution_id, a.enterprise_id, a.pool_id, a.county_id, a.city_id, a.province_id
    FROM after_it a JOIN before_it b ON b.id = a.id
    WHERE (a.state, a.severity, a.measured, a.threshold, a.last_month, a.mended_month,
           a.row_version)
          IS DISTINCT FROM
          (b.state, b.severity, b.measured, b.threshold, b.last_month, b.mended_month,
           b.row_version)
    ORDER BY a.id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_warnings_changed AFTER UPDATE ON monitoring_warning
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_warnings_changed();

CREATE FUNCTION monitoring_note_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox_change (kind, object_type, object_key, version, url, at, roles, to_all,
                              province_id)
    SELECT 'month.computed', 'month', to_char(month, 'YYYY-MM'), revision,
           '/monitoring/?month=' || to_char(month, 'YYYY-MM'), now(), '{}', true, province_id
    FROM computed WHERE revision > 0 ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER note_months_added AFTER INSERT ON monitoring_computedmonth
    REFERENCING NEW TABLE AS computed
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_months();
CREATE TRIGGER note_months_again AFTER UPDATE ON monitoring_computedmonth
    REFERENCING NEW TABLE AS computed
    FOR EACH STATEMENT EXECUTE FUNCTION monitoring_note_months();
"""

BACKWARDS = """
DROP TRIGGER note_months_again ON monitoring_computedmonth;
DROP TRIGGER note_months_added ON monitoring_computedmonth;
DROP FUNCTION monitoring_note_months();
DROP TRIGGER note_warnings_changed ON monitoring_warning;
DROP FUNCTION monitoring_note_warnings_changed();
DROP TRIGGER note_warnings_opened ON monitoring_warning;
DROP FUNCTION monitoring_note_warnings_opened();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0004_live_notes"), ("inbox", "0005_note_changes")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
