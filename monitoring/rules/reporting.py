"""报: reported quantities that fall or rise too much against last year's (赣2024 十二; 鲁 指标一)."""

from monitoring.rules.rule import KEYS, VALUE, Rule, in_force, over, under

_NOT_EXPLAINED = """
    NOT EXISTS (
        SELECT FROM rule_explained_report e
        WHERE e.unit_id = v.institution_id AND e.batch_code = v.batch_code
          AND e.year_no = v.year_no AND e.group_code = v.group_code
    )
"""

REPORT_DROP = Rule(
    code="report_drop",
    label="报量降幅过大",
    indicator="report_deviation",
    parameter="report_drop_max",
    meaning="报量较上年实际减少超过规定幅度，且没有经确认的说明",
    answered_by="医疗机构",
    sql=f"""
        SELECT 'yellow' AS severity, {KEYS}, {VALUE} AS measured, -p.value AS threshold, p.clause
        FROM month_value v {in_force("report_drop_max")}
        WHERE v.indicator = 'report_deviation' AND {under("-p.value")} AND {_NOT_EXPLAINED}
    """,
)

REPORT_RISE = Rule(
    code="report_rise",
    label="报量增幅过大",
    indicator="report_deviation",
    parameter="report_rise_max",
    meaning="报量较上年实际增加超过规定幅度，且没有经确认的说明",
    answered_by="医疗机构",
    sql=f"""
        SELECT 'yellow' AS severity, {KEYS}, {VALUE} AS measured, p.value AS threshold, p.clause
        FROM month_value v {in_force("report_rise_max")}
        WHERE v.indicator = 'report_deviation' AND {over("p.value")} AND {_NOT_EXPLAINED}
    """,
)
