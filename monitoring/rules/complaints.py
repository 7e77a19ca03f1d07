"""Complaints past their day, and many institutions with the same complaint (赣2024 三、四)."""

from monitoring.rules.rule import Rule

CONCENTRATION_DAYS = 30
"""Complaints filed on so many days back, the day itself included."""

# Both enterprises of an institution's complaint are asked, so both are warned. One warning of each
# enterprise and product, whatever the number of places: the county's own part of it is the 督办 of
# the complaint itself, so the warning is seen by the enterprise and the province.
OVERDUE = """
        SELECT '{severity}' AS severity, x.subject_type, o.code AS subject_code,
               '' AS batch_code, NULL::smallint AS year_no, '' AS group_code,
               coalesce(p.code, '') AS product_code, NULL::bigint AS institution_id,
               o.id AS enterprise_id, NULL::bigint AS county_id, NULL::bigint AS city_id,
               NULL::bigint AS pool_id, min(c.province_id) AS province_id,
               count(*)::numeric AS measured, 0::numeric AS threshold, min(v.clause) AS clause
        FROM rule_day d
        JOIN complaints_complaintcase k ON k.state IN ({states}) AND k.due_on < d.day
        JOIN complaints_complaint c ON c.id = k.complaint_id AND c.filed_by = 'institution'
        JOIN rule_value v ON v.key = '{parameter}' AND v.batch_code = '' AND v.in_force
         AND v.province_id = c.province_id
        CROSS JOIN LATERAL (VALUES ('manufacturer', c.manufacturer_id),
                                   ('distributor', c.distributor_id)) x(subject_type, party_id)
        JOIN organisations_organisation o ON o.id = x.party_id
        LEFT JOIN catalog_product p ON p.id = c.product_id
        GROUP BY x.subject_type, o.code, o.id, p.code
"""

COMPLAINT_UNANSWERED = Rule(
    code="complaint_unanswered",
    label="诉求逾期未回复",
    indicator="",
    parameter="reply_workdays",
    unit="cases",
    meaning="医疗机构的诉求过了回复期限仍未回复的件数，按企业和产品；回复后自动恢复",
    answered_by="企业；医保局同时督办",
    sql=OVERDUE.format(severity="orange", states="'filed', 'refused'", parameter="reply_workdays"),
)

COMPLAINT_UNRESOLVED = Rule(
    code="complaint_unresolved",
    label="诉求逾期未解决",
    indicator="",
    parameter="promise_workdays",
    unit="cases",
    meaning="医疗机构的诉求过了承诺的解决日期仍未解决的件数，按企业和产品；申报解决后自动恢复",
    answered_by="企业；医保局同时督办",
    sql=OVERDUE.format(severity="red", states="'replied'", parameter="promise_workdays"),
)

COMPLAINT_CONCENTRATION = Rule(
    code="complaint_concentration",
    label="诉求集中",
    indicator="",
    parameter="complaint_concentration",
    unit="institutions",
    meaning="近 30 日内反映同一产品的医疗机构达到规定家数；撤回的不计，降到规定家数以下后自动恢复",
    answered_by="生产企业；医保局关注",
    sql=f"""
        SELECT DISTINCT ON (f.product_id)
               'orange' AS severity, 'manufacturer' AS subject_type, m.code AS subject_code,
               '' AS batch_code, NULL::smallint AS year_no, '' AS group_code,
               p.code AS product_code, NULL::bigint AS institution_id, m.id AS enterprise_id,
               NULL::bigint AS county_id, NULL::bigint AS city_id, NULL::bigint AS pool_id,
               f.province_id, f.institutions::numeric AS measured, v.value AS threshold, v.clause
        FROM (
            SELECT c.product_id, c.province_id, count(DISTINCT c.institution_id) AS institutions
            FROM rule_day d JOIN complaints_complaint c
              ON c.filed_by = 'institution' AND c.withdrawn_at IS NULL
             AND c.filed_at >= (d.day - {CONCENTRATION_DAYS - 1})::timestamp
                               AT TIME ZONE 'Asia/Shanghai'
             AND c.filed_at < (d.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
            WHERE c.product_id IS NOT NULL
            GROUP BY c.product_id, c.province_id
        ) f
        JOIN rule_value v ON v.key = 'complaint_concentration' AND v.batch_code = ''
         AND v.in_force AND v.province_id = f.province_id
        JOIN catalog_product p ON p.id = f.product_id
        JOIN organisations_organisation m ON m.id = p.manufacturer_id
        WHERE f.institutions >= v.value
        ORDER BY f.product_id, f.institutions DESC, f.province_id
    """,
)
