"""consortia.csv: 紧密型县域医共体."""

from core.datasets import Check, DatasetFile, at, refers, text

SELECT = """
SELECT c.id, c.code, c.name, i.code AS lead_institution_code
FROM organisations_consortium c
JOIN organisations_organisation i ON i.id = c.lead_id
"""

INSERT = """
INSERT INTO organisations_consortium (code, name, lead_id)
SELECT n.code, n.name, s.institution_id
FROM n_consortia n JOIN stamp s ON s.code = n.lead_institution_code
"""

UPDATE = """
UPDATE organisations_consortium c SET name = u.name, lead_id = s.institution_id
FROM u_consortia u JOIN stamp s ON s.code = u.lead_institution_code
WHERE c.id = u.id
"""

LEAD_IS_MEMBER = Check(
    needs=("consortia", "consortium_members"),
    sql=f"""
    SELECT {at("c", "consortia", "lead_institution_code")},
           '牵头机构不是成员：请在 consortium_members.csv 中为它加一行'
    FROM s_consortia c
    WHERE c.code IS NOT NULL AND c.lead_institution_code IS NOT NULL
      AND NOT EXISTS (SELECT FROM v_consortium_members m
                      WHERE m.consortium_code = c.code
                        AND m.institution_code = c.lead_institution_code)
    """,
)

CONSORTIA = DatasetFile(
    name="consortia",
    label="医共体",
    columns=(text("code", 40, key=True), text("name", 200), text("lead_institution_code")),
    references=(refers("lead_institution_code", "institutions", "code", "医疗机构"),),
    checks=(LEAD_IS_MEMBER,),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
