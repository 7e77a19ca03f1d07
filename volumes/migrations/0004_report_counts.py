import django.db.models.deletion
from django.db import migrations, models

# The report's row is locked first: the count is then taken by a statement that sees whatever the
# writer before has committed.
COUNTED = """
CREATE FUNCTION volumes_count_lines() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM FROM volumes_volumereport
    WHERE id IN (SELECT report_id FROM touched) ORDER BY id FOR UPDATE;
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
    WHERE v.report_id IN (SELECT report_id FROM touched)
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
CREATE TRIGGER report_lines_counted_insert AFTER INSERT ON volumes_volumereportline
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION volumes_count_lines();
CREATE TRIGGER report_lines_counted_update AFTER UPDATE ON volumes_volumereportline
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION volumes_count_lines();
"""
NOT_COUNTED = """
DROP TRIGGER report_lines_counted_update ON volumes_volumereportline;
DROP TRIGGER report_lines_counted_insert ON volumes_volumereportline;
DROP FUNCTION volumes_count_lines();
"""
# Reports that have lines already.
COUNT_NOW = """
UPDATE volumes_volumereportline SET review = review WHERE report_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("volumes", "0003_agreed_quantities"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportCount",
            fields=[
                ("report", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="counts", serialize=False, to="volumes.volumereport")),
                ("lines", models.PositiveIntegerField(verbose_name="品种")),
                ("flagged", models.PositiveIntegerField(verbose_name="偏差超过限度")),
                ("unjudged", models.PositiveIntegerField(verbose_name="超过限度未审")),
                ("returned", models.PositiveIntegerField(verbose_name="判为退回")),
                ("dropped", models.PositiveIntegerField(verbose_name="低于限度的品种")),
                ("unreported", models.PositiveIntegerField(verbose_name="有使用未报的品种")),
            ],
            options={"verbose_name": "报量计数"},
        ),
        migrations.RunSQL(COUNTED, NOT_COUNTED),
        migrations.RunSQL(COUNT_NOW, migrations.RunSQL.noop),
    ]
