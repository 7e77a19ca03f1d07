"""batches.csv: procurement projects and the policy that each is carried out under."""

from catalog.models import Batch
from catalog.models.group import Category
from core.datasets import Check, DatasetFile, at, choice, day, text

SELECT = """
SELECT b.id, b.code, b.name, b.category, b.organizer, p.code AS policy_code,
       b.issued_on, b.effective_on, b.ends_on
FROM catalog_batch b
JOIN policy_policy p ON p.id = b.policy_id
"""

INSERT = """
INSERT INTO catalog_batch
    (code, name, category, organizer, policy_id, issued_on, imported_at, effective_on, ends_on)
SELECT n.code, n.name, n.category, n.organizer, p.id, n.issued_on, c.at, n.effective_on, n.ends_on
FROM n_batches n JOIN policy_policy p ON p.code = n.policy_code, load_clock c
"""

UPDATE = """
UPDATE catalog_batch b
SET name = u.name, category = u.category, organizer = u.organizer, policy_id = p.id,
    issued_on = u.issued_on, effective_on = u.effective_on, ends_on = u.ends_on
FROM u_batches u JOIN policy_policy p ON p.code = u.policy_code
WHERE b.id = u.id
"""

POLICY_EXISTS = Check(
    needs=("batches",),
    sql=f"""
    SELECT {at("s", "batches", "policy_code")},
           '平台没有这个政策，可用的有：'
           || coalesce((SELECT string_agg(p.code, '、' ORDER BY p.code) FROM policy_policy p), '（无）')
    FROM s_batches s
    WHERE s.policy_code IS NOT NULL
      AND NOT EXISTS (SELECT FROM policy_policy p WHERE p.code = s.policy_code)
    """,
)

ENDS_AFTER_START = Check(
    needs=("batches",),
    sql=f"""
    SELECT {at("s", "batches", "ends_on")}, '早于 effective_on（' || s.effective_on || '），请核对'
    FROM s_batches s WHERE s.ends_on < s.effective_on
    """,
)

BATCHES = DatasetFile(
    name="batches",
    label="批次",
    columns=(
        text("code", 40, key=True),
        text("name", 200),
        choice("category", Category.values),
        choice("organizer", Batch.Organizer.values),
        text("policy_code"),
        day("issued_on", optional=True),
        day("effective_on"),
        day("ends_on"),
    ),
    checks=(POLICY_EXISTS, ENDS_AFTER_START),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
