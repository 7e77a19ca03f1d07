"""exemptions.csv: verified cases that an assessment leaves out."""

from catalog.models import Exemption
from core.datasets import Check, DatasetFile, at, choice, day, refers, text

SELECT = """
SELECT e.id, e.exemption_no, b.code AS batch_code, g.code AS group_code, p.code AS product_code,
       i.code AS institution_code, e.kind, e.from_on, e.to_on, NULLIF(e.reason, '') AS reason
FROM catalog_exemption e
LEFT JOIN catalog_batch b ON b.id = e.batch_id
LEFT JOIN catalog_group g ON g.id = e.group_id
LEFT JOIN catalog_product p ON p.id = e.product_id
LEFT JOIN organisations_organisation i ON i.id = e.institution_id
"""

INSERT = """
INSERT INTO catalog_exemption
    (exemption_no, batch_id, group_id, product_id, institution_id, kind, from_on, to_on, reason)
SELECT n.exemption_no, b.id, g.id, p.id, s.institution_id, n.kind, n.from_on, n.to_on,
       coalesce(n.reason, '')
FROM n_exemptions n
LEFT JOIN catalog_batch b ON b.code = n.batch_code
LEFT JOIN catalog_group g ON g.code = n.group_code
LEFT JOIN catalog_product p ON p.code = n.product_code
LEFT JOIN stamp s ON s.code = n.institution_code
"""

UPDATE = """
UPDATE catalog_exemption e
SET batch_id = b.id, group_id = g.id, product_id = p.id, institution_id = s.institution_id,
    kind = u.kind, from_on = u.from_on, to_on = u.to_on, reason = coalesce(u.reason, '')
FROM u_exemptions u
LEFT JOIN catalog_batch b ON b.code = u.batch_code
LEFT JOIN catalog_group g ON g.code = u.group_code
LEFT JOIN catalog_product p ON p.code = u.product_code
LEFT JOIN stamp s ON s.code = u.institution_code
WHERE e.id = u.id
"""

ENDS_AFTER_START = Check(
    needs=("exemptions",),
    sql=f"""
    SELECT {at("s", "exemptions", "to_on")}, '早于 from_on（' || s.from_on || '），请核对起止日期'
    FROM s_exemptions s WHERE s.to_on < s.from_on
    """,
)

EXEMPTIONS = DatasetFile(
    name="exemptions",
    label="考核豁免",
    columns=(
        text("exemption_no", 60, key=True),
        text("batch_code", optional=True),
        text("group_code", optional=True),
        text("product_code", optional=True),
        text("institution_code", optional=True),
        choice("kind", Exemption.Kind.values),
        day("from_on", optional=True),
        day("to_on", optional=True),
        text("reason", optional=True),
    ),
    references=(
        refers("batch_code", "batches", "code", "批次"),
        refers("group_code", "groups", "code", "品种"),
        refers("product_code", "products", "code", "产品"),
        refers("institution_code", "institutions", "code", "医疗机构"),
    ),
    checks=(ENDS_AFTER_START,),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
