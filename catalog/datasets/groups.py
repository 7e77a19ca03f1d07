"""groups.csv: 同通用名品种."""

from catalog.models.group import Category
from core.datasets import DatasetFile, choice, text

SELECT = """
SELECT g.id, g.code, g.name, g.category, g.base_unit FROM catalog_group g
"""

INSERT = """
INSERT INTO catalog_group (code, name, category, base_unit, pinyin, initials)
SELECT n.code, n.name, n.category, n.base_unit, '', '' FROM n_groups n
"""

UPDATE = """
UPDATE catalog_group g SET name = u.name, category = u.category, base_unit = u.base_unit
FROM u_groups u WHERE g.id = u.id
"""

GROUPS = DatasetFile(
    name="groups",
    label="品种",
    columns=(
        text("code", 40, key=True),
        text("name", 200),
        choice("category", Category.values),
        text("base_unit", 20),
    ),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
