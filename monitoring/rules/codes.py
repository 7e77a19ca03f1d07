"""追溯码 received twice, or elsewhere than where it was shipped to: 串货、回流 (赣2026 质量监管)."""

from monitoring.rules.rule import Rule

FOUND_DAYS = 30
"""Findings of so many days back, the day itself included, keep the warning open."""
CLAUSE = "赣2026 质量监管：应采尽采、依码结算、依码支付"

DUPLICATE_TRACE_CODE = Rule(
    code="duplicate_trace_code",
    label="追溯码重复或串货",
    indicator="",
    parameter="trace_codes",
    unit="codes",
    # A code that is somewhere twice is odd under every policy, whether it had to be scanned or not.
    always=True,
    meaning="近 30 日收货时扫到已收过的追溯码，或登记发往其他机构的追溯码；扫码机构和配送企业各一条，30 日内没有新发现自动恢复",
    answered_by="医疗机构、配送企业；省级医保局关注",
    sql=f"""
        WITH found AS (
            SELECT f.*, p.code AS product_code
            FROM rule_day d
            JOIN procurement_codefinding f
              ON f.found_at >= (d.day - {FOUND_DAYS - 1})::timestamp AT TIME ZONE 'Asia/Shanghai'
             AND f.found_at < (d.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
            JOIN catalog_product p ON p.id = f.product_id
        )
        SELECT 'red' AS severity, s.subject_type, o.code AS subject_code, '' AS batch_code,
               NULL::smallint AS year_no, '' AS group_code, f.product_code,
               CASE s.subject_type WHEN 'institution' THEN o.id END AS institution_id,
               CASE s.subject_type WHEN 'distributor' THEN o.id END AS enterprise_id,
               min(f.county_id) AS county_id, min(f.city_id) AS city_id, min(f.pool_id) AS pool_id,
               min(f.province_id) AS province_id,
               count(DISTINCT f.trace_code_id)::numeric AS measured, 0::numeric AS threshold,
               '{CLAUSE}'::text AS clause
        FROM found f
        CROSS JOIN LATERAL (VALUES
            ('institution', f.institution_id), ('distributor', f.distributor_id)
        ) AS s(subject_type, organisation_id)
        JOIN organisations_organisation o ON o.id = s.organisation_id
        GROUP BY s.subject_type, o.id, o.code, f.product_code
    """,
)
