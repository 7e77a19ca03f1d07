"""selections.csv: selected and standby products by supply region and dates."""

from catalog.models import Selection
from core.datasets import (
    Check,
    DatasetFile,
    Sign,
    at,
    at_child_or_parent,
    choice,
    day,
    known,
    number,
    refers,
    text,
)

SELECT = """
SELECT s.id, b.code AS batch_code, p.code AS product_code, r.code AS region_code,
       s.valid_from, s.valid_to, s.role, s.price
FROM catalog_selection s
JOIN catalog_batch b ON b.id = s.batch_id AND s.withdrawn_at IS NULL
JOIN catalog_product p ON p.id = s.product_id
JOIN organisations_region r ON r.id = s.region_id
"""

INSERT = """
INSERT INTO catalog_selection (batch_id, product_id, region_id, valid_from, valid_to, role, price)
SELECT b.id, p.id, r.id, n.valid_from, n.valid_to, n.role, n.price
FROM n_selections n
JOIN catalog_batch b ON b.code = n.batch_code
JOIN catalog_product p ON p.code = n.product_code
JOIN organisations_region r ON r.code = n.region_code
"""

UPDATE = """
UPDATE catalog_selection s SET valid_to = u.valid_to, role = u.role, price = u.price
FROM u_selections u WHERE s.id = u.id
"""

NOT_A_COUNTY = Check(
    needs=("selections", "regions"),
    sql=f"""
    SELECT {at_child_or_parent(("s", "selections", "region_code"), ("r", "regions", "level"))},
           '供应地区 ' || r.code || ' 是县，应为设区市或全省'
    FROM v_selections s JOIN v_regions r ON r.code = s.region_code
    WHERE r.level = 'county'
    """,
)

ENDS_AFTER_START = Check(
    needs=("selections",),
    sql=f"""
    SELECT {at("s", "selections", "valid_to")},
           '早于 valid_from（' || s.valid_from || '），请核对起止日期'
    FROM s_selections s WHERE s.valid_to < s.valid_from
    """,
)

NO_OVERLAP = Check(
    needs=("selections",),
    sql=f"""
    SELECT 'selections', coalesce(s.line, s.any_line), 'valid_from',
           '同一批次、产品和地区的前一段'
           || CASE s.reach WHEN 'infinity' THEN '没有截止日期' ELSE '截至 ' || s.reach END
           || '，与本行重叠：请先填前一段的 valid_to，或改本行的 valid_from'
    FROM (SELECT s.*, min(line) OVER place AS any_line,
                 max(coalesce(valid_to, 'infinity')) OVER (
                     PARTITION BY batch_code, product_code, region_code
                     ORDER BY coalesce(valid_from, '-infinity'), line NULLS FIRST
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
          FROM v_selections s
          WHERE s.batch_code IS NOT NULL AND s.product_code IS NOT NULL
            AND s.region_code IS NOT NULL AND {known("s", "valid_from", "valid_to")}
            AND coalesce(s.valid_to, 'infinity') >= coalesce(s.valid_from, '-infinity')
          WINDOW place AS (PARTITION BY batch_code, product_code, region_code)) s
    WHERE coalesce(s.valid_from, '-infinity') <= s.reach
    """,
)

SELECTIONS = DatasetFile(
    name="selections",
    label="中选结果",
    columns=(
        text("batch_code", key=True),
        text("product_code", key=True),
        text("region_code", key=True),
        day("valid_from", key=True, optional=True),
        day("valid_to", optional=True),
        choice("role", Selection.Role.values),
        number("price", Sign.POSITIVE),
    ),
    references=(
        refers("batch_code", "batches", "code", "批次"),
        refers("product_code", "products", "code", "产品"),
        refers("region_code", "regions", "code", "行政区划"),
    ),
    checks=(NOT_A_COUNTY, ENDS_AFTER_START, NO_OVERLAP),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
