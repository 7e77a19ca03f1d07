"""注册证: what is about to expire (flow.md, Catalogue)."""

from monitoring.rules.enterprise_places import ENTERPRISE_PLACES
from monitoring.rules.rule import Rule

CLAUSE = "平台规则：注册证到期前 90、30、0 天预警，到期暂停采购"

REGISTRATION_EXPIRING = Rule(
    code="registration_expiring",
    label="注册证即将到期",
    indicator="",
    parameter="",
    unit="days",
    tells_buyers=True,
    meaning="产品现行注册证（批准文号）距有效期截止 90 天以内为黄色，30 天以内为橙色，到期为红色并暂停采购；延续生效后自动恢复",
    answered_by="生产企业",
    sql=f"""
        WITH {ENTERPRISE_PLACES}
        SELECT CASE WHEN p.left_days <= 0 THEN 'red' WHEN p.left_days <= 30 THEN 'orange'
                    ELSE 'yellow' END AS severity,
               'manufacturer' AS subject_type, m.code AS subject_code, '' AS batch_code,
               NULL::smallint AS year_no, '' AS group_code, p.code AS product_code,
               NULL::bigint AS institution_id, m.id AS enterprise_id,
               place.county_id, place.city_id, NULL::bigint AS pool_id,
               COALESCE(place.province_id, home.province_id) AS province_id,
               p.left_days::numeric AS measured,
               CASE WHEN p.left_days <= 0 THEN 0 WHEN p.left_days <= 30 THEN 30
                    ELSE 90 END::numeric AS threshold,
               '{CLAUSE}'::text AS clause
        FROM (
            SELECT x.code, x.manufacturer_id, v.expires_on - d.day AS left_days
            FROM rule_day d
            JOIN catalog_productregistration l
              ON l.valid_from <= d.day AND (l.valid_to IS NULL OR l.valid_to > d.day)
            JOIN catalog_registrationversion v
              ON v.registration_id = l.registration_id AND v.valid_from <= d.day
             AND (v.valid_to IS NULL OR v.valid_to > d.day) AND v.expires_on <= d.day + 90
            JOIN catalog_product x ON x.id = l.product_id
        ) p
        JOIN organisations_organisation m ON m.id = p.manufacturer_id
        JOIN place ON place.organisation_id = m.id
        LEFT JOIN home ON true
        WHERE COALESCE(place.province_id, home.province_id) IS NOT NULL
    """,
)
