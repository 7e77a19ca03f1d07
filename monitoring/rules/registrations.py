"""注册证: what is about to expire (flow.md, Catalogue)."""

from monitoring.rules.rule import Rule

CLAUSE = "平台规则：注册证到期前 90、30、0 天预警，到期暂停采购"

REGISTRATION_EXPIRING = Rule(
    code="registration_expiring",
    label="注册证即将到期",
    indicator="",
    parameter="",
    unit="days",
    meaning="产品现行注册证（批准文号）距有效期截止 90 天以内为黄色，30 天以内为橙色，到期为红色并暂停采购；延续生效后自动恢复",
    answered_by="生产企业",
    sql=f"""
        WITH place AS (
            SELECT o.id AS organisation_id,
                   CASE WHEN r.level = 'county' THEN r.id END AS county_id,
                   CASE r.level WHEN 'city' THEN r.id WHEN 'county' THEN r.parent_id END AS city_id,
                   CASE r.level WHEN 'province' THEN r.id WHEN 'city' THEN r.parent_id
                        WHEN 'county' THEN c.parent_id END AS province_id
            FROM organisations_organisation o
            LEFT JOIN organisations_region r ON r.id = o.region_id
            LEFT JOIN organisations_region c ON c.id = r.parent_id
            WHERE o.kind = 'enterprise'
        ), home AS (
            -- Of an enterprise without a place in a province of the platform: its first bureau's.
            SELECT b.region_id AS province_id
            FROM organisations_organisation b
            JOIN organisations_region r ON r.id = b.region_id AND r.level = 'province'
            WHERE b.kind = 'bureau' AND b.is_active
            ORDER BY r.code LIMIT 1
        )
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
