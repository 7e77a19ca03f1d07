"""retention_inputs.csv: baseline prices and shares for 结余留用."""

from core.datasets import DatasetFile, Reference, Sign, number, refers, text, whole
from core.datasets.column import MAX_SMALL_INTEGER

SELECT = """
SELECT t.id, b.code AS batch_code, t.year_no::integer AS year_no, p.code AS pool_code,
       g.code AS group_code, t.baseline_price, t.fund_share_before, t.fund_share, t.insured_share
FROM settlement_retentioninput t
JOIN catalog_batch b ON b.id = t.batch_id
JOIN organisations_pool p ON p.id = t.pool_id
JOIN catalog_group g ON g.id = t.group_id
"""

INSERT = """
INSERT INTO settlement_retentioninput
    (batch_id, year_no, pool_id, group_id, baseline_price, fund_share_before, fund_share,
     insured_share)
SELECT b.id, n.year_no, p.id, g.id, n.baseline_price, n.fund_share_before, n.fund_share,
       n.insured_share
FROM n_retention_inputs n
JOIN catalog_batch b ON b.code = n.batch_code
JOIN organisations_pool p ON p.code = n.pool_code
JOIN catalog_group g ON g.code = n.group_code
"""

UPDATE = """
UPDATE settlement_retentioninput t
SET baseline_price = u.baseline_price, fund_share_before = u.fund_share_before,
    fund_share = u.fund_share, insured_share = u.insured_share
FROM u_retention_inputs u WHERE t.id = u.id
"""

RETENTION_INPUTS = DatasetFile(
    name="retention_inputs",
    label="结余留用测算数据",
    columns=(
        text("batch_code", key=True),
        whole("year_no", key=True, largest=MAX_SMALL_INTEGER),
        text("pool_code", key=True),
        text("group_code", key=True),
        number("baseline_price", optional=True),
        number("fund_share_before", Sign.SHARE, optional=True),
        number("fund_share", Sign.SHARE, optional=True),
        number("insured_share", Sign.SHARE, optional=True),
    ),
    references=(
        Reference(
            ("batch_code", "year_no"), "batch_years", ("batch_code", "year_no"), "采购年度",
            path=(refers("batch_code", "batches", "code", "批次"),),
        ),
        refers("pool_code", "pools", "code", "统筹区"),
        refers("group_code", "groups", "code", "品种"),
    ),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)  # fmt: skip
