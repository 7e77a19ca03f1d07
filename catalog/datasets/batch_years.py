"""batch_years.csv: agreement years, contiguous and inside the batch's cycle, both days included."""

from core.datasets import (
    Check,
    DatasetFile,
    at,
    at_child_or_parent,
    day,
    known,
    refers,
    text,
    whole,
)
from core.datasets.column import MAX_SMALL_INTEGER

SELECT = """
SELECT y.id, b.code AS batch_code, y.year_no::integer AS year_no, y.starts_on, y.ends_on
FROM catalog_agreementyear y
JOIN catalog_batch b ON b.id = y.batch_id
"""

INSERT = """
INSERT INTO catalog_agreementyear (batch_id, year_no, starts_on, ends_on)
SELECT b.id, n.year_no, n.starts_on, n.ends_on
FROM n_batch_years n JOIN catalog_batch b ON b.code = n.batch_code
"""

UPDATE = """
UPDATE catalog_agreementyear y SET starts_on = u.starts_on, ends_on = u.ends_on
FROM u_batch_years u WHERE y.id = u.id
"""

ENDS_AFTER_START = Check(
    needs=("batch_years",),
    sql=f"""
    SELECT {at("s", "batch_years", "ends_on")}, '早于 starts_on（' || s.starts_on || '），请核对'
    FROM s_batch_years s WHERE s.ends_on < s.starts_on
    """,
)

STARTS_IN_CYCLE = Check(
    needs=("batch_years", "batches"),
    sql=f"""
    SELECT {
        at_child_or_parent(("y", "batch_years", "starts_on"), ("b", "batches", "effective_on"))
    },
           '采购年度早于批次执行日期 ' || b.effective_on || '：采购年度须在批次周期之内'
    FROM v_batch_years y JOIN v_batches b ON b.code = y.batch_code
    WHERE y.starts_on < b.effective_on
    """,
)

ENDS_IN_CYCLE = Check(
    needs=("batch_years", "batches"),
    sql=f"""
    SELECT {at_child_or_parent(("y", "batch_years", "ends_on"), ("b", "batches", "ends_on"))},
           '采购年度晚于批次周期截止 ' || b.ends_on || '：采购年度须在批次周期之内'
    FROM v_batch_years y JOIN v_batches b ON b.code = y.batch_code
    WHERE y.ends_on > b.ends_on AND b.ends_on >= b.effective_on
    """,
)

# Left out for a batch of which a year is wrong by itself: its neighbours are not to blame.
CONTIGUOUS = Check(
    needs=("batch_years",),
    sql=f"""
    SELECT 'batch_years', coalesce(y.line, y.any_line),
           CASE WHEN y.starts_on = y.before_end + 1 THEN 'year_no' ELSE 'starts_on' END,
           CASE WHEN y.starts_on > y.before_end + 1
                THEN '与上一采购年度（截至 ' || y.before_end || '）之间有空档，应为 ' || (y.before_end + 1)
                WHEN y.starts_on <= y.before_end
                THEN '与上一采购年度（截至 ' || y.before_end || '）重叠，应为 ' || (y.before_end + 1)
                ELSE '年度序号不连续，应为 ' || (y.before_no + 1) END
    FROM (SELECT y.*, min(line) OVER (PARTITION BY batch_code) AS any_line,
                 lag(ends_on) OVER years AS before_end, lag(year_no) OVER years AS before_no
          FROM v_batch_years y
          WHERE NOT EXISTS (
              SELECT FROM v_batch_years w
              WHERE w.batch_code = y.batch_code
                AND NOT ({known("w", "year_no", "starts_on", "ends_on")}
                         AND w.starts_on <= w.ends_on))
          WINDOW years AS (PARTITION BY batch_code ORDER BY starts_on, year_no)) y
    WHERE y.starts_on <> y.before_end + 1 OR y.year_no <> y.before_no + 1
    """,
)

BATCH_YEARS = DatasetFile(
    name="batch_years",
    label="采购年度",
    columns=(
        text("batch_code", key=True),
        whole("year_no", key=True, largest=MAX_SMALL_INTEGER),
        day("starts_on"),
        day("ends_on"),
    ),
    references=(refers("batch_code", "batches", "code", "批次"),),
    checks=(ENDS_AFTER_START, STARTS_IN_CYCLE, ENDS_IN_CYCLE, CONTIGUOUS),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
