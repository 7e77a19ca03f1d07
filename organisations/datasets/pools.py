"""pools.csv: 统筹区."""

from core.datasets import DatasetFile, refers, text

SELECT = """
SELECT t.id, t.code, t.name, r.code AS region_code
FROM organisations_pool t
JOIN organisations_region r ON r.id = t.region_id
"""

INSERT = """
INSERT INTO organisations_pool (code, name, region_id)
SELECT n.code, n.name, r.id
FROM n_pools n JOIN organisations_region r ON r.code = n.region_code
"""

UPDATE = """
UPDATE organisations_pool t SET name = u.name, region_id = r.id
FROM u_pools u JOIN organisations_region r ON r.code = u.region_code
WHERE t.id = u.id
"""

POOLS = DatasetFile(
    name="pools",
    label="统筹区",
    columns=(text("code", 20, key=True), text("name", 100), text("region_code")),
    references=(refers("region_code", "regions", "code", "行政区划"),),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
