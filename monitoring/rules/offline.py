"""线下采购: bought off the platform without a reason that stands (rules.md)."""

from monitoring.rules.rule import Rule

CLAUSE = "S1-三(四)7"

OFFLINE_PURCHASE = Rule(
    code="offline_purchase",
    label="违规线下采购",
    indicator="",
    parameter="",
    unit="yuan",
    always=True,
    meaning="医疗机构有线下采购等待说明原因，或原因经所属医保局审核不成立；同一产品合并计算金额，原因成立后自动恢复",
    answered_by="医疗机构",
    sql=f"""
        SELECT 'yellow' AS severity, 'institution' AS subject_type, i.code AS subject_code,
               '' AS batch_code, NULL::smallint AS year_no, '' AS group_code,
               x.code AS product_code, i.id AS institution_id, NULL::bigint AS enterprise_id,
               u.county_id, u.city_id, u.pool_id, u.province_id,
               u.amount AS measured, 0::numeric AS threshold, '{CLAUSE}'::text AS clause
        FROM (
            SELECT o.institution_id, o.product_id, max(o.county_id) AS county_id,
                   max(o.city_id) AS city_id, max(o.pool_id) AS pool_id,
                   max(o.province_id) AS province_id, sum(o.packs * o.unit_price) AS amount
            FROM procurement_offlinepurchase o
            CROSS JOIN rule_day d
            WHERE o.state IN ('asked', 'refused') AND o.bought_on <= d.day
            GROUP BY o.institution_id, o.product_id
        ) u
        JOIN organisations_organisation i ON i.id = u.institution_id
        JOIN catalog_product x ON x.id = u.product_id
    """,
)
