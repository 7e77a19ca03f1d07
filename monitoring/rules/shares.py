"""用: what is bought besides the selected products (赣2024 五; 鲁 指标五、六; 陕 四(三))."""

from monitoring.rules.rule import KEYS, VALUE, Rule, in_force, over

NON_SELECTED_SHARE = Rule(
    code="non_selected_share",
    label="非中选占比超限",
    indicator="non_selected_share",
    parameter="non_selected_share_max",
    meaning="采购年度内非中选产品采购量占同通用名比例超过规定上限",
    answered_by="医疗机构",
    sql=f"""
        SELECT 'orange' AS severity, {KEYS}, {VALUE} AS measured, p.value AS threshold, p.clause
        FROM month_value v {in_force("non_selected_share_max")}
        WHERE v.indicator = 'non_selected_share' AND v.window = 'ytd'
          AND v.subject_type = 'institution' AND v.assessed AND {over("p.value")}
    """,
)

SELECTED_BELOW_NON_SELECTED = Rule(
    code="selected_below_non_selected",
    label="中选少于非中选",
    indicator="non_selected_share",
    parameter="non_selected_share_max",
    meaning="采购年度内非中选采购量超过一半，即中选用量少于非中选用量",
    answered_by="医疗机构",
    always=True,
    # The policy's own clause: this limit is not the one that a batch may set for itself.
    sql=f"""
        SELECT 'red' AS severity, {KEYS}, {VALUE} AS measured, 0.5 AS threshold,
               p.policy_clause AS clause
        FROM month_value v
        JOIN rule_value p ON p.key = 'non_selected_share_max' AND p.batch_code = v.batch_code
        WHERE v.indicator = 'non_selected_share' AND v.window = 'ytd'
          AND v.subject_type = 'institution' AND v.assessed AND {over("0.5")}
    """,
)

SUBSTITUTE_GROWTH = Rule(
    code="substitute_growth",
    label="可替代药品用量增长",
    indicator="substitute_ratio",
    parameter="substitute_ratio_max",
    meaning="可替代药品采购量超过上年度（橙色），或累计已超过序时进度（黄色）",
    answered_by="医疗机构",
    sql=f"""
        SELECT CASE WHEN {over("p.value")} THEN 'orange' ELSE 'yellow' END AS severity,
               {KEYS}, {VALUE} AS measured,
               CASE WHEN {over("p.value")} THEN p.value
                    ELSE y.elapsed_days::numeric(60, 30) / y.total_days END AS threshold,
               p.clause
        FROM month_value v {in_force("substitute_ratio_max")}
        JOIN rule_year y ON y.batch_code = v.batch_code AND y.year_no = v.year_no
        WHERE v.indicator = 'substitute_ratio'
          AND ({over("p.value")}
               OR sign(v.denominator)
                  * (v.numerator * y.total_days - y.elapsed_days * v.denominator) > 0)
    """,
)

UNREPORTED_PURCHASE = Rule(
    code="unreported_purchase",
    label="未报量大量采购",
    indicator="unreported_share",
    parameter="unreported_share_max",
    meaning="没有报量的品种，非中选及可替代产品采购占比超过规定",
    answered_by="医疗机构",
    sql=f"""
        SELECT 'orange' AS severity, {KEYS}, {VALUE} AS measured, p.value AS threshold, p.clause
        FROM month_value v {in_force("unreported_share_max")}
        WHERE v.indicator = 'unreported_share' AND {over("p.value")}
    """,
)
