"""volume_reports.csv: reported quantities, in base units."""

from core.datasets import (
    Check,
    DatasetFile,
    Reference,
    at,
    choice,
    instant,
    known,
    number,
    refers,
    text,
    whole,
)
from core.datasets.column import MAX_SMALL_INTEGER
from volumes.models import VolumeReportLine

SELECT = """
SELECT v.id, b.code AS batch_code, v.year_no::integer AS year_no, i.code AS institution_code,
       g.code AS group_code, v.reported_qty, v.prior_year_qty,
       NULLIF(v.explanation, '') AS explanation, v.submitted_at, v.status
FROM volumes_volumereportline v
JOIN catalog_batch b ON b.id = v.batch_id
JOIN organisations_organisation i ON i.id = v.institution_id
JOIN catalog_group g ON g.id = v.group_id
"""

NARROW = """
WHERE (batch_code, year_no, institution_code, group_code) IN
      (SELECT batch_code, year_no, institution_code, group_code FROM s_volume_reports)
"""

INSERT = """
INSERT INTO volumes_volumereportline
    (batch_id, year_no, group_id, reported_qty, prior_year_qty, explanation, submitted_at, status,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT b.id, n.year_no, g.id, n.reported_qty, n.prior_year_qty, coalesce(n.explanation, ''),
       n.submitted_at, n.status,
       s.institution_id, s.county_id, s.city_id, s.province_id, s.pool_id
FROM n_volume_reports n
JOIN catalog_batch b ON b.code = n.batch_code
JOIN catalog_group g ON g.code = n.group_code
JOIN stamp s ON s.code = n.institution_code
"""

UPDATE = """
UPDATE volumes_volumereportline v
SET reported_qty = u.reported_qty, prior_year_qty = u.prior_year_qty,
    explanation = coalesce(u.explanation, ''), submitted_at = u.submitted_at, status = u.status
FROM u_volume_reports u WHERE v.id = u.id
"""

SUBMITTED_HAS_TIME = Check(
    needs=("volume_reports",),
    sql=f"""
    SELECT {at("s", "volume_reports", "submitted_at")}, '必填：只有 draft（填报中）的报量可以没有提交时间'
    FROM s_volume_reports s
    WHERE {known("s", "submitted_at", "status")}
      AND s.status <> 'draft' AND s.submitted_at IS NULL
    """,
)

# A figure that a unit reports here, with its approval and its letter, is not changed by a file.
REPORTED_ON_THE_PLATFORM = Check(
    needs=("volume_reports",),
    sql=f"""
    SELECT {at("s", "volume_reports", "reported_qty")},
           '该单位这个品种由平台的报量任务 ' || t.task_no || ' 填报，不能用数据文件写入或改动'
    FROM s_volume_reports s
    JOIN catalog_batch b ON b.code = s.batch_code
    JOIN organisations_organisation i ON i.code = s.institution_code
    JOIN catalog_group g ON g.code = s.group_code
    JOIN volumes_reporttask t
      ON t.batch_id = b.id AND t.year_no = s.year_no AND t.state IN ('open', 'closed')
    JOIN volumes_reporttaskgroup tg ON tg.task_id = t.id AND tg.group_id = g.id
    JOIN volumes_volumereport r ON r.task_id = t.id AND r.institution_id = i.id
    LEFT JOIN volumes_volumereportline v
      ON v.batch_id = b.id AND v.year_no = s.year_no AND v.institution_id = i.id
     AND v.group_id = g.id
    WHERE {known("s", "reported_qty", "prior_year_qty", "explanation", "submitted_at", "status")}
      AND (s.reported_qty, coalesce(s.prior_year_qty, 0), coalesce(s.explanation, ''),
           s.submitted_at, s.status)
          IS DISTINCT FROM
          (v.reported_qty, v.prior_year_qty, v.explanation, v.submitted_at, v.status)
    """,
)

VOLUME_REPORTS = DatasetFile(
    name="volume_reports",
    label="报量",
    columns=(
        text("batch_code", key=True),
        whole("year_no", key=True, largest=MAX_SMALL_INTEGER),
        text("institution_code", key=True),
        text("group_code", key=True),
        number("reported_qty"),
        number("prior_year_qty", optional=True, default="0"),
        text("explanation", optional=True),
        instant("submitted_at", optional=True),
        choice("status", VolumeReportLine.Status.values),
    ),
    references=(
        Reference(
            ("batch_code", "year_no"), "batch_years", ("batch_code", "year_no"), "采购年度",
            path=(refers("batch_code", "batches", "code", "批次"),),
        ),
        refers("institution_code", "institutions", "code", "医疗机构"),
        refers("group_code", "groups", "code", "品种"),
    ),
    checks=(SUBMITTED_HAS_TIME, REPORTED_ON_THE_PLATFORM),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(UPDATE,),
)  # fmt: skip
