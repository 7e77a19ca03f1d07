"""products.csv: products at package level; what is listed for them feeds the price history."""

from catalog.models import Product
from catalog.models.group import Category
from core.datasets import (
    Check,
    DatasetFile,
    Sign,
    at,
    at_child_or_parent,
    choice,
    number,
    refers,
    tags,
    text,
)

SELECT = """
SELECT p.id, p.code, p.name, g.code AS group_code, m.code AS manufacturer_uscc, p.category,
       NULLIF(p.specification, '') AS specification, NULLIF(p.pack_unit, '') AS pack_unit,
       p.base_units_per_pack, p.listed_price, p.tags::text[] AS tags
FROM catalog_product p
LEFT JOIN catalog_group g ON g.id = p.group_id
JOIN organisations_organisation m ON m.id = p.manufacturer_id
"""

INSERT = """
INSERT INTO catalog_product
    (code, name, group_id, manufacturer_id, category, specification, pack_unit,
     base_units_per_pack, listed_price, tags, pinyin, initials)
SELECT n.code, n.name, g.id, m.id, n.category, coalesce(n.specification, ''),
       coalesce(n.pack_unit, ''), n.base_units_per_pack, n.listed_price, n.tags, '', ''
FROM n_products n
LEFT JOIN catalog_group g ON g.code = n.group_code
JOIN organisations_organisation m ON m.code = n.manufacturer_uscc
"""

UPDATE = """
UPDATE catalog_product p
SET name = u.name, group_id = g.id, manufacturer_id = m.id, category = u.category,
    specification = coalesce(u.specification, ''), pack_unit = coalesce(u.pack_unit, ''),
    base_units_per_pack = u.base_units_per_pack, listed_price = u.listed_price, tags = u.tags
FROM u_products u
LEFT JOIN catalog_group g ON g.code = u.group_code
JOIN organisations_organisation m ON m.code = u.manufacturer_uscc
WHERE p.id = u.id
"""

# The history's first price has no known beginning; every later one counts from the day it is
# loaded until the next day for which a price is already set. A price set on the day of the load
# is replaced, so that no day has two.
CLOSE_PRICE = """
UPDATE catalog_listedprice h SET valid_to = c.today
FROM catalog_product p JOIN s_products s ON s.code = p.code, load_clock c
WHERE h.product_id = p.id AND h.valid_from <= c.today
  AND (h.valid_to IS NULL OR h.valid_to > c.today) AND h.price IS DISTINCT FROM p.listed_price
"""

OPEN_PRICE = """
INSERT INTO catalog_listedprice (product_id, price, valid_from, valid_to, source)
SELECT p.id, p.listed_price,
       CASE WHEN EXISTS (SELECT FROM catalog_listedprice h WHERE h.product_id = p.id)
            THEN c.today ELSE DATE '2000-01-01' END,
       (SELECT min(h.valid_from) FROM catalog_listedprice h
        WHERE h.product_id = p.id AND h.valid_from > c.today
          AND (h.valid_to IS NULL OR h.valid_to > h.valid_from)),
       '数据集导入'
FROM catalog_product p JOIN s_products s ON s.code = p.code, load_clock c
WHERE p.listed_price IS NOT NULL
  AND NOT EXISTS (SELECT FROM catalog_listedprice h
                  WHERE h.product_id = p.id AND h.valid_from <= c.today
                    AND (h.valid_to IS NULL OR h.valid_to > c.today))
"""

# What has a listed price is listed: it gets its 挂网ID once and keeps it.
LIST = """
INSERT INTO catalog_listing (product_id, listed_on, since, state_at, state_by_name)
SELECT p.id, c.today, c.today, c.at, '数据集导入'
FROM catalog_product p JOIN s_products s ON s.code = p.code, load_clock c
WHERE p.listed_price IS NOT NULL
  AND NOT EXISTS (SELECT FROM catalog_listing l WHERE l.product_id = p.id)
ORDER BY p.code
"""

CODE_FORM = Check(
    needs=("products",),
    sql=f"""
    SELECT {at("s", "products", "code")},
           CASE s.category
           WHEN 'drug' THEN '不是药品编码：应为 X 加 22 位或 Z 加 19 位大写字母或数字'
           WHEN 'consumable' THEN '不是耗材编码：应为 C 加 19 位或 26 位大写字母或数字'
           ELSE '不是国家医保编码：药品 X 加 22 位或 Z 加 19 位，耗材 C 加 19 位或 26 位'
           END
    FROM s_products s
    WHERE s.code IS NOT NULL AND NOT CASE s.category
        WHEN 'drug' THEN s.code ~ '^(X[0-9A-Z]{{22}}|Z[0-9A-Z]{{19}})$'
        WHEN 'consumable' THEN s.code ~ '^C[0-9A-Z]{{19}}([0-9A-Z]{{7}})?$'
        ELSE s.code ~ '^(X[0-9A-Z]{{22}}|Z[0-9A-Z]{{19}}|C[0-9A-Z]{{19}}([0-9A-Z]{{7}})?)$' END
    """,
)

CATEGORY_OF_GROUP = Check(
    needs=("products", "groups"),
    sql=f"""
    SELECT {at_child_or_parent(("p", "products", "category"), ("g", "groups", "category"))},
           '产品与其品种 ' || g.code || ' 的类别不一致（品种为 ' || g.category || '），请核对'
    FROM v_products p JOIN v_groups g ON g.code = p.group_code
    WHERE p.category <> g.category
    """,
)

MANUFACTURER_IS_ONE = Check(
    needs=("products", "enterprises"),
    sql=f"""
    SELECT {
        at_child_or_parent(
            ("p", "products", "manufacturer_uscc"), ("e", "enterprises", "is_manufacturer")
        )
    },
           '企业 ' || e.uscc || ' 未登记为生产企业，却是产品 ' || p.code
           || ' 的生产企业：请核对，或把 enterprises.csv 中它的 is_manufacturer 改为 1'
    FROM v_products p JOIN v_enterprises e ON e.uscc = p.manufacturer_uscc
    WHERE NOT e.is_manufacturer
    """,
)

PRODUCTS = DatasetFile(
    name="products",
    label="产品",
    columns=(
        text("code", key=True),
        text("name", 200),
        text("group_code", optional=True),
        text("manufacturer_uscc"),
        choice("category", Category.values),
        text("specification", 200, optional=True),
        text("pack_unit", 20, optional=True),
        number("base_units_per_pack", Sign.POSITIVE),
        number("listed_price", optional=True),
        tags("tags", Product.Tag.values),
    ),
    references=(
        refers("group_code", "groups", "code", "品种"),
        refers("manufacturer_uscc", "enterprises", "uscc", "企业"),
    ),
    checks=(CODE_FORM, CATEGORY_OF_GROUP, MANUFACTURER_IS_ONE),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
    after=(CLOSE_PRICE, OPEN_PRICE, LIST),
)
