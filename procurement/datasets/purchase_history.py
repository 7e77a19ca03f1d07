"""purchase_history.csv: accepted purchases of months before this platform held orders."""

from core.datasets import DatasetFile, Sign, month, number, refers, text

SELECT = """
SELECT h.id, i.code AS institution_code, p.code AS product_code, h.month, h.packs, h.amount
FROM procurement_purchasehistory h
JOIN organisations_organisation i ON i.id = h.institution_id
JOIN catalog_product p ON p.id = h.product_id
"""

NARROW = """
WHERE (institution_code, product_code, month) IN
      (SELECT institution_code, product_code, month FROM s_purchase_history)
"""

INSERT = """
INSERT INTO procurement_purchasehistory
    (product_id, month, packs, amount, manufacturer_id,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT p.id, n.month, n.packs, n.amount, p.manufacturer_id,
       s.institution_id, s.county_id, s.city_id, s.province_id, s.pool_id
FROM n_purchase_history n
JOIN catalog_product p ON p.code = n.product_code
JOIN stamp s ON s.code = n.institution_code
"""

UPDATE = """
UPDATE procurement_purchasehistory h SET packs = u.packs, amount = u.amount
FROM u_purchase_history u WHERE h.id = u.id
"""

PURCHASE_HISTORY = DatasetFile(
    name="purchase_history",
    label="历史采购",
    columns=(
        text("institution_code", key=True),
        text("product_code", key=True),
        month("month", key=True),
        number("packs", Sign.POSITIVE),
        number("amount"),
    ),
    references=(
        refers("institution_code", "institutions", "code", "医疗机构"),
        refers("product_code", "products", "code", "产品"),
    ),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
