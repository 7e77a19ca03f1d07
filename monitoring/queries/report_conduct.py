"""Tables of 处方点评 for 医保支付资格, and of the year for 纠正不正之风."""

from __future__ import annotations

from typing import Any

from monitoring.queries.report_cells import Table, counts, read, table, with_sum
from monitoring.states.lead import LeadKind
from procurement.models import ClinicalReview

# 处方点评: the newest result of each reason that was given in the period, of the city's institutions.
REVIEWED = """
WITH judged AS (
    SELECT r.id, r.institution_id, r.line_id, r.ordered_at, r.order_id, r.product_id, r.reason,
           r.given_by_name, v.result, v.note, v.reviewed_at
    FROM procurement_clinicalreason r
    LEFT JOIN LATERAL (
        SELECT result, note, reviewed_at FROM procurement_clinicalreview v
        WHERE v.clinical_reason_id = r.id ORDER BY v.review_no DESC LIMIT 1
    ) v ON TRUE
    WHERE r.ordered_at >= %(since)s AND r.ordered_at < %(until)s AND {where}
)
"""
REVIEWS_BY_INSTITUTION = (
    REVIEWED.replace("{where}", "r.city_id = %(city)s")
    + """
SELECT o.code, o.name, count(*), count(j.result),
       count(*) FILTER (WHERE j.result = 'reasonable'),
       count(*) FILTER (WHERE j.result = 'insufficient'),
       count(*) FILTER (WHERE j.result = 'unreasonable'),
       count(*) FILTER (WHERE j.result = 'excessive')
FROM judged j JOIN organisations_organisation o ON o.id = j.institution_id
GROUP BY o.code, o.name ORDER BY o.code
"""
)
REVIEWS_ONE_BY_ONE = (
    REVIEWED.replace("{where}", "r.city_id = %(city)s")
    + """
SELECT o.code, o.name, j.result, p.code, p.name, h.order_no,
       to_char(j.ordered_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'),
       trim_scale(l.packs)::text, round(l.packs * l.unit_price, 2)::text, j.given_by_name, j.reason,
       j.note, to_char(j.reviewed_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')
FROM judged j
JOIN organisations_organisation o ON o.id = j.institution_id
JOIN catalog_product p ON p.id = j.product_id
JOIN procurement_order h ON h.id = j.order_id
JOIN procurement_orderline l ON l.id = j.line_id AND l.ordered_at = j.ordered_at
WHERE j.result IN ('insufficient', 'unreasonable', 'excessive')
ORDER BY o.code, p.code, j.ordered_at, j.id
LIMIT 5000
"""
)
# 纠风: of a year, by institution and by enterprise; of leads only how many.
CONDUCT_INSTITUTIONS = (
    REVIEWED.replace("{where}", "r.province_id = %(province)s")
    + """,
reviews AS (
    SELECT institution_id AS id, count(*) AS reviews FROM judged
    WHERE result IN ('unreasonable', 'excessive') GROUP BY institution_id
),
warned AS (
    SELECT institution_id AS id, count(*) AS warnings,
           count(*) FILTER (WHERE state NOT IN ('closed', 'recovered')) AS unmended
    FROM monitoring_warning
    WHERE province_id = %(province)s AND opened_at >= %(since)s AND opened_at < %(until)s
      AND institution_id IS NOT NULL AND rule IN ('non_selected_share',
          'selected_below_non_selected', 'substitute_growth', 'unreported_purchase',
          'offline_purchase')
    GROUP BY institution_id
),
acted AS (
    SELECT institution_id AS id, count(*) AS actions,
           count(*) FILTER (WHERE outcome = 'not_accepted') AS refused
    FROM monitoring_supervisionaction
    WHERE province_id = %(province)s AND issued_at >= %(since)s AND issued_at < %(until)s
      AND institution_id IS NOT NULL AND state <> 'withdrawn'
    GROUP BY institution_id
)
SELECT o.code, o.name, COALESCE(reviews, 0), COALESCE(warnings, 0), COALESCE(unmended, 0),
       COALESCE(actions, 0), COALESCE(refused, 0)
FROM reviews FULL JOIN warned USING (id) FULL JOIN acted USING (id)
JOIN organisations_organisation o USING (id)
ORDER BY COALESCE(reviews, 0) + COALESCE(unmended, 0) + COALESCE(refused, 0) DESC, o.code
"""
)
CONDUCT_ENTERPRISES = """
SELECT o.code, o.name, count(*), count(*) FILTER (WHERE a.kind IN ('interview', 'admonish', 'caution')),
       count(*) FILTER (WHERE a.outcome = 'not_accepted'),
       count(*) FILTER (WHERE a.state IN ('issued', 'returned') AND a.due_on < %(last)s)
FROM monitoring_supervisionaction a
JOIN organisations_organisation o ON o.id = a.enterprise_id
WHERE a.province_id = %(province)s AND a.issued_at >= %(since)s AND a.issued_at < %(until)s
  AND a.state <> 'withdrawn'
GROUP BY o.code, o.name ORDER BY count(*) DESC, o.code
"""
CONDUCT_LEADS = """
SELECT kind, count(*), count(*) FILTER (WHERE state = 'found'),
       count(*) FILTER (WHERE state = 'dismissed'),
       count(*) FILTER (WHERE state IN ('transferred', 'answered')),
       count(*) FILTER (WHERE state = 'answered')
FROM monitoring_lead
WHERE province_id = %(province)s AND period_to >= %(first)s AND period_to <= %(last)s
GROUP BY kind ORDER BY kind
"""


def reviews_tables(marks: dict[str, Any]) -> list[Table]:
    results = dict(ClinicalReview.Result.choices)
    by_institution = [
        [code, name, *counts(rest)] for code, name, *rest in read(REVIEWS_BY_INSTITUTION, marks)
    ]
    each = [
        [code, name, str(results[result]), *rest]
        for code, name, result, *rest in read(REVIEWS_ONE_BY_ONE, marks)
    ]
    return [
        table("各机构处方点评情况", ("机构代码", "医疗机构", "非中选订单行", "已点评", "合理",
               "理由不充分", "不合理", "用量不合理"), by_institution,
               "期间下单、填写了临床理由的非中选订单行；同一行多次点评的以最近一次为准"),
        table("需处理的点评结果", ("机构代码", "医疗机构", "点评结果", "国家医保编码", "产品", "订单号",
               "下单日期", "包装数", "金额（元）", "理由填写人", "临床理由", "点评意见", "点评日期"), each,
               "理由不充分、不合理、用量不合理的逐笔结果，至多 5000 笔"),
    ]  # fmt: skip


def conduct_tables(marks: dict[str, Any]) -> list[Table]:
    institutions, enterprises = (
        [[code, name, *counts(rest)] for code, name, *rest in read(statement, marks)]
        for statement in (CONDUCT_INSTITUTIONS, CONDUCT_ENTERPRISES)
    )
    kinds = dict(LeadKind.choices)
    leads = [[str(kinds[kind]), *counts(rest)] for kind, *rest in read(CONDUCT_LEADS, marks)]
    return [
        table("医疗机构", ("机构代码", "医疗机构", "不合理处方点评", "使用类预警", "未消除的预警",
               "监管措施", "整改不到位"), institutions,
               "使用类预警指非中选占比、可替代产品增长、未报量采购、线下采购；问题多的在前"),
        table("企业", ("企业代码", "企业", "监管措施", "约谈、告诫、警示", "整改不到位", "逾期未答复"),
               enterprises),
        table("线索办理数量", ("类型", "发现", "待核查", "排除", "移交", "已反馈"), with_sum(leads),
               "只列数量，不列所涉单位"),
    ]  # fmt: skip
