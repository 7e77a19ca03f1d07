"""用: receiving, ordering and paying on time (鲁 指标七; 赣2024 八; 陕 四(四))."""

from monitoring.rules.rule import KEYS, VALUE, Rule, in_force, over, under

LATE_RECEIPT = Rule(
    code="late_receipt",
    label="未及时收货",
    indicator="receipt_overdue_rate",
    parameter="receipt_workdays",
    meaning="存在超过规定工作日仍未确认收货的配送，且配送笔数达到判定下限",
    answered_by="医疗机构",
    sql=f"""
        SELECT 'yellow' AS severity, {KEYS}, {VALUE} AS measured, 0::numeric AS threshold, p.clause
        FROM month_value v {in_force("receipt_workdays")} {in_force("min_deliveries", "few")}
        WHERE v.indicator = 'receipt_overdue_rate' AND v.subject_type = 'institution'
          AND v.denominator >= few.value AND {over("0")}
    """,
)

ABNORMAL_ORDER = Rule(
    code="abnormal_order",
    label="超常规订单",
    indicator="abnormal_order_rate",
    parameter="abnormal_multiple",
    meaning="单行订购量超过该单位该产品前 12 个月月均订购量的规定倍数",
    answered_by="医疗机构",
    # One warning per unit and product, measured by its largest line; who sees it is the unit's row.
    unit="multiple",
    sql=f"""
        SELECT 'yellow' AS severity,
               v.subject_type, v.subject_code, '' AS batch_code, NULL::smallint AS year_no,
               '' AS group_code, a.product_code,
               v.institution_id, v.enterprise_id, v.county_id, v.city_id, v.pool_id, v.province_id,
               a.multiple AS measured, p.value AS threshold, p.clause
        FROM month_value v {in_force("abnormal_multiple")}
        JOIN rule_abnormal_order a ON a.unit_id = v.institution_id
        WHERE v.indicator = 'abnormal_order_rate' AND v.subject_type = 'institution'
    """,
)

LATE_PAYMENT = Rule(
    code="late_payment",
    label="货款未按时结清",
    indicator="payment_on_time_rate",
    parameter="payment_due",
    meaning="到期货款没有全部按时结清；由付款方（医疗机构，或统筹区经办）答复",
    answered_by="付款方：医疗机构或统筹区经办",
    sql=f"""
        SELECT 'orange' AS severity, {KEYS}, {VALUE} AS measured, 1::numeric AS threshold, p.clause
        FROM month_value v {in_force("payment_due")} {in_force("payment_mode", "payer")}
        WHERE v.indicator = 'payment_on_time_rate' AND {under("1")}
          AND v.subject_type = CASE payer.text WHEN 'fund' THEN 'pool' ELSE 'institution' END
    """,
)
