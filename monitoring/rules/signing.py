"""采: agreements that are not signed by all three sides (赣2024 二)."""

from monitoring.rules.rule import KEYS, VALUE, Rule, under

UNSIGNED_AGREEMENT = Rule(
    code="unsigned_agreement",
    label="协议未签订",
    indicator="signing_rate",
    parameter="entry_check_month",
    meaning="批次执行日已过，三方协议仍未全部签订；执行满规定月数后升为红色",
    answered_by="尚未签订的各方",
    always=True,
    # starts_on's own calendar month is the first month of the agreement year.
    sql=f"""
        SELECT CASE WHEN p.in_force AND y.month_no >= p.value THEN 'red' ELSE 'orange' END AS severity,
               {KEYS}, {VALUE} AS measured, 1::numeric AS threshold, p.clause
        FROM month_value v
        JOIN rule_value p ON p.key = 'entry_check_month' AND p.batch_code = v.batch_code
        JOIN rule_year y ON y.batch_code = v.batch_code AND y.year_no = v.year_no
        WHERE v.indicator = 'signing_rate' AND v.subject_type = 'institution'
          AND {under("1")} AND y.last_day > y.effective_on
    """,
)
