"""complaints.csv: complaints of institutions and of enterprises."""

from complaints.models import Complaint
from core.datasets import Check, DatasetFile, at, choice, day, instant, refers, text

SELECT = """
SELECT c.id, c.complaint_no, c.filed_by, i.code AS institution_code, m.code AS manufacturer_uscc,
       d.code AS distributor_uscc, p.code AS product_code, NULLIF(c.category, '') AS category,
       c.filed_at, c.replied_at, c.promised_on, c.resolved_at
FROM complaints_complaint c
JOIN organisations_organisation i ON i.id = c.institution_id
LEFT JOIN organisations_organisation m ON m.id = c.manufacturer_id
LEFT JOIN organisations_organisation d ON d.id = c.distributor_id
LEFT JOIN catalog_product p ON p.id = c.product_id
"""

NARROW = "WHERE complaint_no IN (SELECT complaint_no FROM s_complaints)"

INSERT = """
INSERT INTO complaints_complaint
    (complaint_no, filed_by, product_id, category, filed_at, replied_at, promised_on, resolved_at,
     manufacturer_id, distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT n.complaint_no, n.filed_by, p.id, coalesce(n.category, ''), n.filed_at, n.replied_at,
       n.promised_on, n.resolved_at,
       m.id, d.id, s.institution_id, s.county_id, s.city_id, s.province_id, s.pool_id
FROM n_complaints n
JOIN stamp s ON s.code = n.institution_code
LEFT JOIN organisations_organisation m ON m.code = n.manufacturer_uscc
LEFT JOIN organisations_organisation d ON d.code = n.distributor_uscc
LEFT JOIN catalog_product p ON p.code = n.product_code
"""

RESTAMP = """
UPDATE complaints_complaint c
SET institution_id = s.institution_id, county_id = s.county_id, city_id = s.city_id,
    province_id = s.province_id, pool_id = s.pool_id
FROM u_complaints u JOIN stamp s ON s.code = u.institution_code
WHERE c.id = u.id AND c.institution_id <> s.institution_id
"""

UPDATE = """
UPDATE complaints_complaint c
SET filed_by = u.filed_by, product_id = p.id, category = coalesce(u.category, ''),
    filed_at = u.filed_at, replied_at = u.replied_at, promised_on = u.promised_on,
    resolved_at = u.resolved_at, manufacturer_id = m.id, distributor_id = d.id
FROM u_complaints u
LEFT JOIN organisations_organisation m ON m.code = u.manufacturer_uscc
LEFT JOIN organisations_organisation d ON d.code = u.distributor_uscc
LEFT JOIN catalog_product p ON p.code = u.product_code
WHERE c.id = u.id
"""


def party_is_one(column: str, flag: str, word: str) -> Check:
    """The complaint's enterprise is registered as what the column says."""
    return Check(
        needs=("complaints", "enterprises"),
        sql=f"""
        SELECT {at("c", "complaints", column)},
               '企业未登记为{word}：请核对，或把 enterprises.csv 中它的 {flag} 改为 1'
        FROM s_complaints c JOIN v_enterprises e ON e.uscc = c.{column}
        WHERE NOT e.{flag}
        """,
    )


def party_stays_one(party: str, flag: str) -> Check:
    """An enterprise of complaints in the database does not lose its flag."""
    return Check(
        needs=("complaints", "enterprises"),
        sql=f"""
        SELECT {at("s", "enterprises", flag)}, '已有诉求涉及它的这一身份，不能改为 0'
        FROM s_enterprises s JOIN d_enterprises d ON d.uscc = s.uscc
        WHERE d.{flag} AND NOT s.{flag}
          AND EXISTS (SELECT FROM complaints_complaint c
                      WHERE c.{party}_id = d.id
                        AND NOT EXISTS (SELECT FROM s_complaints n
                                        WHERE n.complaint_no = c.complaint_no))
        """,
    )


COMPLAINTS = DatasetFile(
    name="complaints",
    label="诉求",
    columns=(
        text("complaint_no", 60, key=True),
        choice("filed_by", Complaint.FiledBy.values, optional=True, default="institution"),
        text("institution_code"),
        text("manufacturer_uscc", optional=True),
        text("distributor_uscc", optional=True),
        text("product_code", optional=True),
        choice("category", Complaint.Category.values, optional=True),
        instant("filed_at"),
        instant("replied_at", optional=True),
        day("promised_on", optional=True),
        instant("resolved_at", optional=True),
    ),
    references=(
        refers("institution_code", "institutions", "code", "医疗机构"),
        refers("manufacturer_uscc", "enterprises", "uscc", "企业"),
        refers("distributor_uscc", "enterprises", "uscc", "企业"),
        refers("product_code", "products", "code", "产品"),
    ),
    checks=(
        party_is_one("manufacturer_uscc", "is_manufacturer", "生产企业"),
        party_is_one("distributor_uscc", "is_distributor", "配送企业"),
        party_stays_one("manufacturer", "is_manufacturer"),
        party_stays_one("distributor", "is_distributor"),
    ),
    select=SELECT,
    narrow=NARROW,
    inserts=(INSERT,),
    updates=(RESTAMP, UPDATE),
)
