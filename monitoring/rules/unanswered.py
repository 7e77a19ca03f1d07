"""供: order lines that nobody answered within their hours (赣2024 十六), looked at every hour."""

from monitoring.rules.enterprise_places import ENTERPRISE_PLACES
from monitoring.rules.rule import Rule

CLAUSE = "赣医保字〔2024〕22号 十六"

ORDER_UNANSWERED = Rule(
    code="order_unanswered",
    label="订单超时未响应",
    indicator="",
    parameter="",
    unit="lines",
    meaning="配送企业有订单行超过响应时限仍未确认或拒绝，每小时核对；逐行列入延迟响应清单，全部响应后自动恢复",
    answered_by="配送企业",
    sql=f"""
        WITH {ENTERPRISE_PLACES}, late AS (
            SELECT p.distributor_id, count(*) AS lines
            FROM rule_day d
            JOIN procurement_lineprogress p ON p.state = 'sent' AND p.due_at < d.at
            WHERE p.distributor_id IS NOT NULL
            GROUP BY p.distributor_id
        )
        SELECT 'yellow' AS severity, 'distributor' AS subject_type, o.code AS subject_code,
               '' AS batch_code, NULL::smallint AS year_no, '' AS group_code, '' AS product_code,
               NULL::bigint AS institution_id, o.id AS enterprise_id,
               place.county_id, place.city_id, NULL::bigint AS pool_id,
               COALESCE(place.province_id, home.province_id) AS province_id,
               late.lines::numeric AS measured, 0::numeric AS threshold, '{CLAUSE}'::text AS clause
        FROM late
        JOIN organisations_organisation o ON o.id = late.distributor_id
        JOIN place ON place.organisation_id = o.id
        LEFT JOIN home ON true
        WHERE COALESCE(place.province_id, home.province_id) IS NOT NULL
    """,
)
