"""institutions.csv: hospitals, township and community centres, clinics, pharmacies."""

from core.datasets import Check, DatasetFile, at, choice, code, refers, text
from organisations.models import Organisation

SELECT = """
SELECT o.id, o.code, o.name, r.code AS region_code, p.code AS pool_code, o.level, o.ownership,
       o.institution_kind AS kind
FROM organisations_organisation o
JOIN organisations_region r ON r.id = o.region_id
JOIN organisations_pool p ON p.id = o.pool_id
WHERE o.kind = 'institution'
"""

INSERT = """
INSERT INTO organisations_organisation
    (code, name, kind, region_id, pool_id, level, ownership, institution_kind,
     is_manufacturer, is_distributor, is_active, pinyin, initials)
SELECT n.code, n.name, 'institution', r.id, p.id, n.level, n.ownership, n.kind,
       false, false, true, '', ''
FROM n_institutions n
JOIN organisations_region r ON r.code = n.region_code
JOIN organisations_pool p ON p.code = n.pool_code
"""

# A moved institution keeps its old rows where they were: their stamps are not touched here.
UPDATE = """
UPDATE organisations_organisation o
SET name = u.name, region_id = r.id, pool_id = p.id, level = u.level, ownership = u.ownership,
    institution_kind = u.kind
FROM u_institutions u
JOIN organisations_region r ON r.code = u.region_code
JOIN organisations_pool p ON p.code = u.pool_code
WHERE o.id = u.id
"""

STAMP = """
CREATE TEMP TABLE stamp ON COMMIT DROP AS
SELECT o.id AS institution_id, o.code,
       CASE r.level WHEN 'county' THEN r.id END AS county_id,
       CASE r.level WHEN 'city' THEN r.id
                    WHEN 'county' THEN CASE p.level WHEN 'city' THEN p.id END END AS city_id,
       CASE r.level WHEN 'province' THEN r.id
                    WHEN 'city' THEN p.id
                    ELSE CASE p.level WHEN 'province' THEN p.id ELSE p.parent_id END
       END AS province_id,
       o.pool_id
FROM organisations_organisation o
JOIN organisations_region r ON r.id = o.region_id
LEFT JOIN organisations_region p ON p.id = r.parent_id
WHERE o.kind = 'institution'
"""
"""What rows about an institution copy from it; made once the institutions are written."""

CODE_IS_FREE = Check(
    needs=("institutions",),
    sql=f"""
    SELECT {at("s", "institutions", "code")}, '这个编码已属于“' || o.name || '”，不是医疗机构'
    FROM s_institutions s JOIN organisations_organisation o ON o.code = s.code
    WHERE o.kind <> 'institution'
    """,
)

INSTITUTIONS = DatasetFile(
    name="institutions",
    label="医疗机构",
    columns=(
        code(
            "code", r"^[HP][0-9]{11}$", "12 位定点编码：医疗机构 H、药店 P，加 11 位数字", key=True
        ),
        text("name", 200),
        text("region_code"),
        text("pool_code"),
        choice("level", Organisation.Level.values),
        choice("ownership", Organisation.Ownership.values),
        choice("kind", Organisation.InstitutionKind.values),
    ),
    references=(
        refers("region_code", "regions", "code", "行政区划"),
        refers("pool_code", "pools", "code", "统筹区"),
    ),
    checks=(CODE_IS_FREE,),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
