"""consortium_members.csv: who belongs to which consortium from when to when, both days included."""

from core.datasets import Check, DatasetFile, at, day, known, refers, text

SELECT = """
SELECT m.id, c.code AS consortium_code, i.code AS institution_code, m.valid_from, m.valid_to
FROM organisations_consortiummembership m
JOIN organisations_consortium c ON c.id = m.consortium_id
JOIN organisations_organisation i ON i.id = m.institution_id
"""

INSERT = """
INSERT INTO organisations_consortiummembership (consortium_id, institution_id, valid_from, valid_to)
SELECT c.id, s.institution_id, n.valid_from, n.valid_to
FROM n_consortium_members n
JOIN organisations_consortium c ON c.code = n.consortium_code
JOIN stamp s ON s.code = n.institution_code
"""

UPDATE = """
UPDATE organisations_consortiummembership m SET valid_to = u.valid_to
FROM u_consortium_members u WHERE m.id = u.id
"""

ENDS_AFTER_START = Check(
    needs=("consortium_members",),
    sql=f"""
    SELECT {at("s", "consortium_members", "valid_to")},
           '早于 valid_from（' || s.valid_from || '），请核对起止日期'
    FROM s_consortium_members s WHERE s.valid_to < s.valid_from
    """,
)

ONE_AT_A_TIME = Check(
    needs=("consortium_members",),
    sql=f"""
    SELECT 'consortium_members',
           coalesce(m.line, m.any_line), 'valid_from',
           '该机构此前的成员期截至 ' || CASE m.reach WHEN 'infinity' THEN '长期' ELSE m.reach::text END
           || '，与本行重叠：一家机构同一天只能属于一个医共体，请先填前一段的 valid_to'
    FROM (SELECT m.*, min(line) OVER (PARTITION BY institution_code) AS any_line,
                 max(coalesce(valid_to, 'infinity')) OVER (
                     PARTITION BY institution_code ORDER BY valid_from, line NULLS FIRST
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
          FROM v_consortium_members m
          WHERE m.valid_from IS NOT NULL AND {known("m", "valid_to", "valid_from")}
            AND coalesce(m.valid_to, 'infinity') >= m.valid_from) m
    WHERE m.valid_from <= m.reach
    """,
)

CONSORTIUM_MEMBERS = DatasetFile(
    name="consortium_members",
    label="医共体成员",
    columns=(
        text("consortium_code", key=True),
        text("institution_code", key=True),
        day("valid_from", key=True),
        day("valid_to", optional=True),
    ),
    references=(
        refers("consortium_code", "consortia", "code", "医共体"),
        refers("institution_code", "institutions", "code", "医疗机构"),
    ),
    checks=(ENDS_AFTER_START, ONE_AT_A_TIME),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
