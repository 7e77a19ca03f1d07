import django.db.models.deletion
from django.db import migrations, models

# Sums of one task × home region (county, else city, else province) anew from its lines, whenever a
# report is handed in, goes back or moves: in between its figures stand (migration 0002). The lock makes
# the later of two writers sum what the earlier one has committed.
SUMMED = """
CREATE FUNCTION volumes_sum_home(the_task bigint, the_home bigint) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM pg_advisory_xact_lock(7310031, hashtext(the_task || '/' || the_home));
    INSERT INTO volumes_grouptotal AS kept
        (task_id, home_id, county_id, city_id, province_id, group_id, lines, units, reported_qty,
         prior_year_qty, dropped, risen)
    SELECT the_task, the_home,
           CASE WHEN h.level = 'county' THEN h.id END,
           CASE h.level WHEN 'county' THEN h.parent_id WHEN 'city' THEN h.id END,
           CASE h.level WHEN 'county' THEN p.parent_id WHEN 'city' THEN h.parent_id ELSE h.id END,
           group_id, coalesce(s.lines, 0), coalesce(s.units, 0), coalesce(s.reported, 0),
           coalesce(s.prior, 0), coalesce(s.dropped, 0), coalesce(s.risen, 0)
    FROM (
        SELECT v.group_id, count(*) AS lines, count(*) FILTER (WHERE v.reported_qty > 0) AS units,
               sum(v.reported_qty) AS reported, sum(v.prior_year_qty) AS prior,
               count(*) FILTER (WHERE v.prior_year_qty > 0
                   AND v.reported_qty < v.prior_year_qty * (1 - t.drop_max)) AS dropped,
               count(*) FILTER (WHERE v.prior_year_qty > 0
                   AND v.reported_qty > v.prior_year_qty * (1 + t.rise_max)) AS risen
        FROM volumes_volumereport r
        JOIN volumes_reporttask t ON t.id = r.task_id
        JOIN volumes_volumereportline v ON v.report_id = r.id
        WHERE r.task_id = the_task AND coalesce(r.county_id, r.city_id, r.province_id) = the_home
          AND volumes_is_handed(r.state)
        GROUP BY v.group_id
    ) s
    FULL JOIN (SELECT group_id FROM volumes_grouptotal
               WHERE task_id = the_task AND home_id = the_home) k USING (group_id)
    CROSS JOIN organisations_region h
    LEFT JOIN organisations_region p ON p.id = h.parent_id
    WHERE h.id = the_home
    ORDER BY group_id
    ON CONFLICT (task_id, home_id, group_id) DO UPDATE SET
        lines = EXCLUDED.lines, units = EXCLUDED.units, reported_qty = EXCLUDED.reported_qty,
        prior_year_qty = EXCLUDED.prior_year_qty, dropped = EXCLUDED.dropped,
        risen = EXCLUDED.risen
    WHERE (kept.lines, kept.units, kept.reported_qty, kept.prior_year_qty, kept.dropped, kept.risen)
        IS DISTINCT FROM (EXCLUDED.lines, EXCLUDED.units, EXCLUDED.reported_qty,
                          EXCLUDED.prior_year_qty, EXCLUDED.dropped, EXCLUDED.risen);
END
$body$;
CREATE FUNCTION volumes_is_handed(state text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $body$
    SELECT state IN ('submitted', 'county_review', 'city_review', 'province_review', 'confirmed')
$body$;
CREATE FUNCTION volumes_sum_moved_reports() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE each record;
BEGIN
    FOR each IN
        SELECT DISTINCT m.task_id, h.home
        FROM (
            SELECT n.task_id, coalesce(o.county_id, o.city_id, o.province_id) AS was,
                   coalesce(n.county_id, n.city_id, n.province_id) AS is_now,
                   volumes_is_handed(o.state) AS handed_before, volumes_is_handed(n.state) AS handed
            FROM moved n JOIN before o ON o.id = n.id
        ) m
        CROSS JOIN LATERAL (VALUES (m.was), (m.is_now)) h(home)
        WHERE m.handed <> m.handed_before OR (m.handed AND m.was <> m.is_now)
        ORDER BY 1, 2
    LOOP
        PERFORM volumes_sum_home(each.task_id, each.home);
    END LOOP;
    RETURN NULL;
END
$body$;
CREATE TRIGGER reports_summed AFTER UPDATE ON volumes_volumereport
    REFERENCING NEW TABLE AS moved OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION volumes_sum_moved_reports();
"""
# The counts of migration 0004 again, of an array of reports: joined to the table of touched lines, whose
# size nobody knows beforehand, a bulk change of many reports took minutes.
COUNTED = """
CREATE OR REPLACE FUNCTION volumes_count_lines() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE ids bigint[] := ARRAY(SELECT DISTINCT report_id FROM touched WHERE report_id IS NOT NULL);
BEGIN
    PERFORM FROM volumes_volumereport WHERE id = ANY(ids) ORDER BY id FOR UPDATE;
    INSERT INTO volumes_reportcount AS kept
        (report_id, lines, flagged, unjudged, returned, dropped, unreported)
    SELECT v.report_id, count(*), count(*) FILTER (WHERE f.dropped OR f.risen),
           count(*) FILTER (WHERE (f.dropped OR f.risen) AND v.review = ''),
           count(*) FILTER (WHERE v.review = 'returned'), count(*) FILTER (WHERE f.dropped),
           count(*) FILTER (WHERE v.prior_year_qty > 0 AND v.reported_qty = 0)
    FROM volumes_volumereportline v
    JOIN volumes_volumereport r ON r.id = v.report_id
    JOIN volumes_reporttask t ON t.id = r.task_id
    CROSS JOIN LATERAL (SELECT
        v.prior_year_qty > 0 AND v.reported_qty < v.prior_year_qty * (1 - t.drop_max) AS dropped,
        v.prior_year_qty > 0 AND v.reported_qty > v.prior_year_qty * (1 + t.rise_max) AS risen
    ) f
    WHERE v.report_id = ANY(ids)
    GROUP BY v.report_id
    ON CONFLICT (report_id) DO UPDATE SET
        lines = EXCLUDED.lines, flagged = EXCLUDED.flagged, unjudged = EXCLUDED.unjudged,
        returned = EXCLUDED.returned, dropped = EXCLUDED.dropped,
        unreported = EXCLUDED.unreported
    WHERE (kept.lines, kept.flagged, kept.unjudged, kept.returned, kept.dropped, kept.unreported)
        IS DISTINCT FROM (EXCLUDED.lines, EXCLUDED.flagged, EXCLUDED.unjudged, EXCLUDED.returned,
                          EXCLUDED.dropped, EXCLUDED.unreported);
    RETURN NULL;
END
$body$;
"""
NOT_SUMMED = """
DROP TRIGGER reports_summed ON volumes_volumereport;
DROP FUNCTION volumes_sum_moved_reports();
DROP FUNCTION volumes_is_handed(text);
DROP FUNCTION volumes_sum_home(bigint, bigint);
"""
# Reports that were handed in already.
SUM_NOW = """
SELECT volumes_sum_home(x.task_id, x.home)
FROM (SELECT DISTINCT task_id, coalesce(county_id, city_id, province_id) AS home
      FROM volumes_volumereport WHERE volumes_is_handed(state)) x
"""


class Migration(migrations.Migration):
    dependencies = [
        ('catalog', '0011_service_prices'),
        ('organisations', '0008_certificates'),
        ('volumes', '0004_report_counts'),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lines', models.PositiveIntegerField(verbose_name='报量行')),
                ('units', models.PositiveIntegerField(verbose_name='报量单位')),
                ('reported_qty', models.DecimalField(decimal_places=4, max_digits=28, verbose_name='报量合计')),
                ('prior_year_qty', models.DecimalField(decimal_places=4, max_digits=28, verbose_name='上年实际合计')),
                ('dropped', models.PositiveIntegerField(verbose_name='减少超过限度')),
                ('risen', models.PositiveIntegerField(verbose_name='增加超过限度')),
                ('city', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.region', verbose_name='设区市')),
                ('county', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.region', verbose_name='县（市、区）')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.group')),
                ('home', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.region', verbose_name='地区')),
                ('province', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.region', verbose_name='省份')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='group_totals', to='volumes.reporttask')),
            ],
            options={
                'verbose_name': '报量品种合计',
                'constraints': [models.UniqueConstraint(fields=('task', 'home', 'group'), name='group_total_key'), models.CheckConstraint(condition=models.Q(('prior_year_qty__gte', 0), ('reported_qty__gte', 0)), name='group_total_not_negative')],
            },
        ),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
        migrations.RunSQL(SUMMED, NOT_SUMMED),
        migrations.RunSQL(SUM_NOW, migrations.RunSQL.noop),
    ]
