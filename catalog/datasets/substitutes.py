"""substitutes.csv: 可替代药品 of a group, as they are on the day of the dump; the file has no days."""

from core.datasets import Check, DatasetFile, at_child_or_parent, refers, text

SELECT = """
SELECT s.id, g.code AS group_code, p.code AS product_code
FROM catalog_substitute s
JOIN catalog_group g ON g.id = s.group_id
JOIN catalog_product p ON p.id = s.product_id
WHERE daterange(s.valid_from, s.valid_to, '[]') @> (now() AT TIME ZONE 'Asia/Shanghai')::date
"""

INSERT = """
INSERT INTO catalog_substitute (group_id, product_id, valid_from)
SELECT g.id, p.id,
       -- One that was ended by an edition begins anew with this month; ended months stay.
       CASE WHEN EXISTS (SELECT FROM catalog_substitute x
                         WHERE x.group_id = g.id AND x.product_id = p.id)
            THEN date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai')::date END
FROM n_substitutes n
JOIN catalog_group g ON g.code = n.group_code
JOIN catalog_product p ON p.code = n.product_code
"""

NOT_OF_THE_GROUP = Check(
    needs=("substitutes", "products"),
    sql=f"""
    SELECT {
        at_child_or_parent(("s", "substitutes", "product_code"), ("p", "products", "group_code"))
    },
           '产品 ' || p.code || ' 就属于品种 ' || s.group_code || '，不能又是它的可替代药品'
    FROM v_substitutes s JOIN v_products p ON p.code = s.product_code
    WHERE p.group_code = s.group_code
    """,
)

SUBSTITUTES = DatasetFile(
    name="substitutes",
    label="可替代药品",
    columns=(text("group_code", key=True), text("product_code", key=True)),
    references=(
        refers("group_code", "groups", "code", "品种"),
        refers("product_code", "products", "code", "产品"),
    ),
    checks=(NOT_OF_THE_GROUP,),
    select=SELECT,
    inserts=(INSERT,),
)
