"""agreements.csv: lines of tripartite agreements with their three signatures."""

from core.datasets import (
    Check,
    DatasetFile,
    Reference,
    Sign,
    at,
    at_child_or_parent,
    instant,
    known,
    number,
    refers,
    text,
    whole,
)
from core.datasets.column import MAX_SMALL_INTEGER

SELECT = """
SELECT a.id, a.agreement_no, b.code AS batch_code, a.year_no::integer AS year_no,
       i.code AS institution_code, m.code AS manufacturer_uscc, d.code AS distributor_uscc,
       p.code AS product_code, a.agreed_qty, a.price,
       a.institution_signed_at, a.manufacturer_signed_at, a.distributor_signed_at
FROM contracts_agreementline a
JOIN catalog_batch b ON b.id = a.batch_id
JOIN organisations_organisation i ON i.id = a.institution_id
JOIN organisations_organisation m ON m.id = a.manufacturer_id
JOIN organisations_organisation d ON d.id = a.distributor_id
JOIN catalog_product p ON p.id = a.product_id
"""

NARROW = """
WHERE (agreement_no, product_code) IN (SELECT agreement_no, product_code FROM s_agreements)
"""

INSERT = """
INSERT INTO contracts_agreementline
    (agreement_no, batch_id, year_no, product_id, agreed_qty, price,
     institution_signed_at, manufacturer_signed_at, distributor_signed_at,
     manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT n.agreement_no, b.id, n.year_no, p.id, n.agreed_qty, n.price,
       n.institution_signed_at, n.manufacturer_signed_at, n.distributor_signed_at,
       m.id, d.id, s.institution_id, s.county_id, s.city_id, s.province_id, s.pool_id
FROM n_agreements n
JOIN catalog_batch b ON b.code = n.batch_code
JOIN catalog_product p ON p.code = n.product_code
JOIN organisations_organisation m ON m.code = n.manufacturer_uscc
JOIN organisations_organisation d ON d.code = n.distributor_uscc
JOIN stamp s ON s.code = n.institution_code
"""

RESTAMP = """
UPDATE contracts_agreementline a
SET institution_id = s.institution_id, county_id = s.county_id, city_id = s.city_id,
    province_id = s.province_id, pool_id = s.pool_id
FROM u_agreements u JOIN stamp s ON s.code = u.institution_code
WHERE a.id = u.id AND a.institution_id <> s.institution_id
"""

UPDATE = """
UPDATE contracts_agreementline a
SET batch_id = b.id, year_no = u.year_no, agreed_qty = u.agreed_qty, price = u.price,
    institution_signed_at = u.institution_signed_at,
    manufacturer_signed_at = u.manufacturer_signed_at,
    distributor_signed_at = u.distributor_signed_at,
    manufacturer_id = m.id, distributor_id = d.id
FROM u_agreements u
JOIN catalog_batch b ON b.code = u.batch_code
JOIN organisations_organisation m ON m.code = u.manufacturer_uscc
JOIN organisations_organisation d ON d.code = u.distributor_uscc
WHERE a.id = u.id
"""

MANUFACTURER_OF_PRODUCT = Check(
    needs=("agreements", "products"),
    sql=f"""
    SELECT {
        at_child_or_parent(
            ("a", "agreements", "manufacturer_uscc"), ("p", "products", "manufacturer_uscc")
        )
    },
           '不是产品 ' || p.code || ' 的生产企业（' || p.manufacturer_uscc || '），请核对'
    FROM v_agreements a JOIN v_products p ON p.code = a.product_code
    WHERE a.manufacturer_uscc <> p.manufacturer_uscc
      AND EXISTS (SELECT FROM v_enterprises e WHERE e.uscc = a.manufacturer_uscc)
    """,
)

PRODUCT_KEEPS_MANUFACTURER = Check(
    needs=("agreements", "products"),
    sql=f"""
    SELECT {at("s", "products", "manufacturer_uscc")},
           '已有协议以原生产企业 ' || d.manufacturer_uscc || ' 签订：请在同一文件夹的 agreements.csv 中一并改正'
    FROM s_products s JOIN d_products d ON d.code = s.code
    WHERE s.manufacturer_uscc <> d.manufacturer_uscc
      AND EXISTS (SELECT FROM contracts_agreementline a
                  WHERE a.product_id = d.id
                    AND NOT EXISTS (SELECT FROM s_agreements n
                                    WHERE n.agreement_no = a.agreement_no
                                      AND n.product_code = s.code))
    """,
)

DISTRIBUTOR_IS_ONE = Check(
    needs=("agreements", "enterprises"),
    sql=f"""
    SELECT {at("a", "agreements", "distributor_uscc")},
           '企业未登记为配送企业：请核对，或把 enterprises.csv 中它的 is_distributor 改为 1'
    FROM s_agreements a JOIN v_enterprises e ON e.uscc = a.distributor_uscc
    WHERE NOT e.is_distributor
    """,
)

DISTRIBUTOR_STAYS_ONE = Check(
    needs=("agreements", "enterprises"),
    sql=f"""
    SELECT {at("s", "enterprises", "is_distributor")}, '已有协议由它配送，不能改为 0'
    FROM s_enterprises s JOIN d_enterprises d ON d.uscc = s.uscc
    WHERE d.is_distributor AND NOT s.is_distributor
      AND EXISTS (SELECT FROM contracts_agreementline a
                  JOIN catalog_product p ON p.id = a.product_id
                  WHERE a.distributor_id = d.id
                    AND NOT EXISTS (SELECT FROM s_agreements n
                                    WHERE n.agreement_no = a.agreement_no
                                      AND n.product_code = p.code))
    """,
)

# What was made here as a document with its signatures is not changed by a file.
MADE_ON_THE_PLATFORM = Check(
    needs=("agreements",),
    sql=f"""
    SELECT {at("s", "agreements", "agreed_qty")},
           '该协议行由平台上的三方协议生成，不能用数据文件改动：请在协议上办理变更'
    FROM s_agreements s
    JOIN contracts_agreementline l ON l.agreement_no = s.agreement_no
    JOIN catalog_product p ON p.id = l.product_id AND p.code = s.product_code
    JOIN organisations_organisation d ON d.id = l.distributor_id
    WHERE l.agreement_id IS NOT NULL
      AND {
        known(
            "s",
            "agreed_qty",
            "price",
            "distributor_uscc",
            "institution_signed_at",
            "manufacturer_signed_at",
            "distributor_signed_at",
        )
    }
      AND (s.agreed_qty, s.price, s.distributor_uscc, s.institution_signed_at,
           s.manufacturer_signed_at, s.distributor_signed_at)
          IS DISTINCT FROM
          (l.agreed_qty, l.price, d.code, l.institution_signed_at, l.manufacturer_signed_at,
           l.distributor_signed_at)
    """,
)

AGREEMENTS = DatasetFile(
    name="agreements",
    label="协议",
    columns=(
        text("agreement_no", 60, key=True),
        text("batch_code"),
        whole("year_no", largest=MAX_SMALL_INTEGER),
        text("institution_code"),
        text("manufacturer_uscc"),
        text("distributor_uscc"),
        text("product_code", key=True),
        number("agreed_qty", Sign.POSITIVE),
        number("price", Sign.POSITIVE),
        instant("institution_signed_at", optional=True),
        instant("manufacturer_signed_at", optional=True),
        instant("distributor_signed_at", optional=True),
    ),
    references=(
        Reference(
            ("batch_code", "year_no"), "batch_years", ("batch_code", "year_no"), "采购年度",
            path=(refers("batch_code", "batches", "code", "批次"),),
        ),
        refers("institution_code", "institutions", "code", "医疗机构"),
        refers("manufacturer_uscc", "enterprises", "uscc", "企业"),
        refers("distributor_uscc", "enterprises", "uscc", "企业"),
        refers("product_code", "products", "code", "产品"),
    ),
    checks=(
        MANUFACTURER_OF_PRODUCT,
        PRODUCT_KEEPS_MANUFACTURER,
        DISTRIBUTOR_IS_ONE,
        DISTRIBUTOR_STAYS_ONE,
        MADE_ON_THE_PLATFORM,
    ),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(RESTAMP, UPDATE),
)  # fmt: skip
