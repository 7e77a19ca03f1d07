"""The owner's function by which the application gets month partitions of the four fact tables."""

from django.db import migrations

CREATE = """
CREATE FUNCTION ensure_partitions(from_day date, to_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $body$
DECLARE
    first_month date := date_trunc('month', from_day)::date;
    this_month date;
    parent text;
    partition_name text;
    options text;
    made integer := 0;
BEGIN
    IF from_day < DATE '2000-01-01' OR to_day > DATE '2099-12-31' OR to_day < from_day THEN
        RAISE EXCEPTION 'partitions from % to % are out of range', from_day, to_day;
    END IF;
    -- Two callers at once must not both create one.
    PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
    FOREACH parent IN ARRAY ARRAY[
        'procurement_orderline', 'procurement_delivery', 'procurement_receipt', 'procurement_return'
    ] LOOP
        this_month := first_month;
        WHILE this_month <= to_day LOOP
            partition_name := parent || '_' || to_char(this_month, 'YYYYMM');
            IF to_regclass(partition_name) IS NULL THEN
                -- Room on each page keeps the workflow's updates off the indexes (HOT).
                options := CASE parent WHEN 'procurement_orderline' THEN ' WITH (fillfactor = 85)'
                           ELSE '' END;
                EXECUTE format(
                    'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)%s',
                    partition_name, parent,
                    to_char(this_month, 'YYYY-MM-DD') || ' 00:00:00+08',
                    to_char(this_month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+08',
                    options
                );
                made := made + 1;
            END IF;
            this_month := (this_month + interval '1 month')::date;
        END LOOP;
    END LOOP;
    RETURN made;
END
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_tables")]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION ensure_partitions(date, date)"),
    ]
