"""regions.csv: administrative regions."""

from core.datasets import (
    Check,
    DatasetFile,
    at,
    at_child_or_parent,
    choice,
    code,
    known,
    refers,
    text,
)
from organisations.models import Region

SELECT = """
SELECT r.id, r.code, r.name, r.level, p.code AS parent_code
FROM organisations_region r
LEFT JOIN organisations_region p ON p.id = r.parent_id
"""

INSERT_LEVEL = """
INSERT INTO organisations_region (code, name, level, parent_id, pinyin, initials)
SELECT n.code, n.name, n.level, p.id, '', ''
FROM n_regions n
LEFT JOIN organisations_region p ON p.code = n.parent_code
WHERE n.level = '{level}'
"""

UPDATE = """
UPDATE organisations_region r
SET name = u.name, level = u.level, parent_id = p.id
FROM u_regions u
LEFT JOIN organisations_region p ON p.code = u.parent_code
WHERE r.id = u.id
"""

PARENT_NEEDED = Check(
    needs=("regions",),
    sql=f"""
    SELECT {at("s", "regions", "parent_code")},
           CASE WHEN s.level = 'province' THEN '省没有上级，请留空'
                ELSE '必填：市填所属省，县填所属市的代码' END
    FROM s_regions s
    WHERE {known("s", "level", "parent_code")}
      AND (s.level = 'province') <> (s.parent_code IS NULL)
    """,
)

PARENT_ABOVE = Check(
    needs=("regions",),
    sql=f"""
    SELECT {at_child_or_parent(("c", "regions", "parent_code"), ("p", "regions", "level"))},
           '上级的级别不对：市的上级是省，县的上级是市或省，请核对 level 与 parent_code'
    FROM v_regions c JOIN v_regions p ON p.code = c.parent_code
    WHERE (c.level = 'city' AND p.level <> 'province')
       OR (c.level = 'county' AND p.level = 'county')
    """,
)

REGIONS = DatasetFile(
    name="regions",
    label="行政区划",
    columns=(
        code("code", r"^[0-9]{6}$", "6 位数字的行政区划代码", key=True),
        text("name", 100),
        choice("level", Region.Level.values),
        text("parent_code", optional=True),
    ),
    references=(refers("parent_code", "regions", "code", "行政区划"),),
    checks=(PARENT_NEEDED, PARENT_ABOVE),
    select=SELECT,
    inserts=tuple(INSERT_LEVEL.format(level=level) for level in ("province", "city", "county")),
    updates=(UPDATE,),
)
