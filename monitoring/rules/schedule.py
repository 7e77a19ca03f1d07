"""用: completion behind 序时进度, and far over the agreed quantity (赣2024 五; 鲁 指标四; 陕 五)."""

from monitoring.rules.rule import KEYS, VALUE, Rule, in_force, over

# Exact: numerator ÷ A < elapsed ÷ days, without dividing.
_BEHIND = "v.numerator * y.total_days < y.elapsed_days * v.denominator"
_GAP = "y.elapsed_days * v.denominator - v.numerator * y.total_days"

BEHIND_SCHEDULE = Rule(
    code="behind_schedule",
    label="低于序时进度",
    indicator="completion_rate",
    parameter="schedule_check",
    meaning="约定采购量完成率低于序时进度；差距过大为橙色、红色，年度结束仍未完成为红色",
    answered_by="医疗机构",
    sql=f"""
        SELECT CASE
                 WHEN y.ends_on <= y.last_day
                   OR {_GAP} > red.value * v.denominator * y.total_days THEN 'red'
                 WHEN {_GAP} > orange.value * v.denominator * y.total_days THEN 'orange'
                 ELSE 'yellow'
               END AS severity,
               {KEYS}, {VALUE} AS measured,
               y.elapsed_days::numeric(60, 30) / y.total_days AS threshold, p.clause
        FROM month_value v {in_force("schedule_check")}
        JOIN rule_year y ON y.batch_code = v.batch_code AND y.year_no = v.year_no
        {in_force("behind_orange", "orange")} {in_force("behind_red", "red")}
        WHERE v.indicator = 'completion_rate' AND v.assessed AND p.value = 1
          AND v.denominator > 0 AND {_BEHIND}
    """,
)

OVERRUN = Rule(
    code="overrun",
    label="采购量远超约定量",
    indicator="completion_rate",
    parameter="overrun_multiple",
    meaning="实际采购量超过约定采购量的规定倍数，提示供应风险",
    answered_by="生产企业备货；医保局关注",
    unit="multiple",
    sql=f"""
        SELECT 'yellow' AS severity, {KEYS}, {VALUE} AS measured, p.value AS threshold, p.clause
        FROM month_value v {in_force("overrun_multiple")}
        WHERE v.indicator = 'completion_rate' AND v.assessed AND {over("p.value")}
    """,
)
