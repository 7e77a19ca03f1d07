"""供: how enterprises answer, deliver and fulfil (赣2024 三; 鲁 指标二)."""

from monitoring.rules.rule import KEYS, VALUE, Rule, in_force, under

LOW_RESPONSE = Rule(
    code="low_response",
    label="订单响应率低",
    indicator="response_rate",
    parameter="response_rate_min",
    meaning="企业当月订单响应率低于规定，且订单行数达到判定下限",
    answered_by="企业",
    sql=f"""
        SELECT 'orange' AS severity, {KEYS}, {VALUE} AS measured, p.value AS threshold, p.clause
        FROM month_value v {in_force("response_rate_min")} {in_force("min_lines", "few")}
        WHERE v.indicator = 'response_rate' AND v.subject_type IN ('distributor', 'manufacturer')
          AND v.denominator >= few.value AND {under("p.value")}
    """,
)

LATE_DELIVERY = Rule(
    code="late_delivery",
    label="配送及时率低",
    indicator="on_time_rate",
    parameter="on_time_rate_min",
    meaning="企业当月配送及时率低于规定；规定个数的季度连续低于规定为红色",
    answered_by="企业",
    sql=f"""
        SELECT CASE WHEN EXISTS (
                 SELECT FROM rule_low_quarters q
                 WHERE q.subject_type = v.subject_type AND q.subject_code = v.subject_code
                   AND q.province_id = v.province_id
               ) THEN 'red' ELSE 'orange' END AS severity,
               {KEYS}, {VALUE} AS measured, p.value AS threshold, p.clause
        FROM month_value v {in_force("on_time_rate_min")} {in_force("min_lines", "few")}
        WHERE v.indicator = 'on_time_rate' AND v.subject_type IN ('distributor', 'manufacturer')
          AND v.denominator >= few.value AND {under("p.value")}
    """,
)

LOW_FULFILMENT = Rule(
    code="low_fulfilment",
    label="供应配送率低",
    indicator="fulfilment_rate",
    parameter="fulfilment_rate_min",
    meaning="有约定采购量的医疗机构，其中选产品年度供应配送率低于规定",
    answered_by="生产企业、配送企业",
    sql=f"""
        SELECT 'orange' AS severity, {KEYS}, {VALUE} AS measured, p.value AS threshold, p.clause
        FROM month_value v {in_force("fulfilment_rate_min")}
        WHERE v.indicator = 'fulfilment_rate' AND v.window = 'ytd'
          AND v.subject_type = 'institution' AND {under("p.value")}
          AND EXISTS (
            SELECT FROM month_value a
            WHERE a.indicator = 'completion_rate' AND a.denominator > 0
              AND a.subject_code = v.subject_code AND a.batch_code = v.batch_code
              AND a.year_no = v.year_no AND a.product_code = v.product_code
          )
    """,
)
