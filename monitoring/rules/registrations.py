"""注册证: what is about to expire (flow.md, Catalogue)."""

from monitoring.rules.enterprise_places import ENTERPRISE_PLACES
from monitoring.rules.rule import Rule
from policy.queries.read import FALLBACK_POLICY

CLAUSE = "平台规则：注册证到期前按省级设定的天数预警，到期暂停采购"
NOTICE, URGENT = "registration_notice_days", "registration_urgent_days"


def _days(key: str) -> str:
    """The province's days on the day; the platform's own where it has none in force."""
    return f"""
        coalesce(
            (SELECT v.value FROM rule_value v
             WHERE v.key = '{key}' AND v.batch_code = '' AND v.in_force
               AND v.province_id = r.id),
            (SELECT s.value::numeric FROM policy_parametervalue s
             JOIN policy_policy o ON o.id = s.policy_id AND o.code = '{FALLBACK_POLICY}'
             JOIN policy_parameter k ON k.id = s.parameter_id AND k.key = '{key}'
             WHERE s.withdrawn_at IS NULL AND s.valid_from <= greatest(d.day, o.effective_from)
               AND (s.valid_to IS NULL OR s.valid_to >= greatest(d.day, o.effective_from)))
        )"""


REGISTRATION_EXPIRING = Rule(
    code="registration_expiring",
    label="注册证即将到期",
    indicator="",
    parameter="",
    unit="days",
    tells_buyers=True,
    meaning="产品现行注册证（批准文号）距有效期截止在省级设定的天数（平台默认 90 天）以内为黄色，再近（默认 30 天）为橙色，到期为红色并暂停采购；延续生效后自动恢复",
    answered_by="生产企业",
    sql=f"""
        WITH {ENTERPRISE_PLACES}, days AS (
            SELECT r.id AS province_id, {_days(NOTICE)} AS notice, {_days(URGENT)} AS urgent
            FROM rule_day d
            JOIN organisations_region r
              ON r.id IN (SELECT province_id FROM place UNION ALL SELECT province_id FROM home)
        )
        SELECT CASE WHEN p.left_days <= 0 THEN 'red' WHEN p.left_days <= days.urgent THEN 'orange'
                    ELSE 'yellow' END AS severity,
               'manufacturer' AS subject_type, m.code AS subject_code, '' AS batch_code,
               NULL::smallint AS year_no, '' AS group_code, p.code AS product_code,
               NULL::bigint AS institution_id, m.id AS enterprise_id,
               place.county_id, place.city_id, NULL::bigint AS pool_id,
               COALESCE(place.province_id, home.province_id) AS province_id,
               p.left_days::numeric AS measured,
               CASE WHEN p.left_days <= 0 THEN 0 WHEN p.left_days <= days.urgent THEN days.urgent
                    ELSE days.notice END::numeric AS threshold,
               '{CLAUSE}'::text AS clause
        FROM (
            SELECT x.code, x.manufacturer_id, v.expires_on - d.day AS left_days
            FROM rule_day d
            JOIN catalog_productregistration l
              ON l.valid_from <= d.day AND (l.valid_to IS NULL OR l.valid_to > d.day)
            JOIN catalog_registrationversion v
              ON v.registration_id = l.registration_id AND v.valid_from <= d.day
             AND (v.valid_to IS NULL OR v.valid_to > d.day)
             AND v.expires_on <= d.day + (SELECT max(greatest(notice, urgent))::int FROM days)
            JOIN catalog_product x ON x.id = l.product_id
        ) p
        JOIN organisations_organisation m ON m.id = p.manufacturer_id
        JOIN place ON place.organisation_id = m.id
        LEFT JOIN home ON true
        JOIN days ON days.province_id = COALESCE(place.province_id, home.province_id)
        WHERE p.left_days <= greatest(days.notice, days.urgent)
    """,
)
