"""The figures of a periodic report as tables of texts, taken from the records of its period.

Set-based: a fixed number of statements for each kind, whatever the province holds.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from complaints.models import Complaint
from monitoring.indicators.cut import day_start
from monitoring.queries.bulletin_period import months_of
from monitoring.queries.report_cells import Table, counts, read, share, table, with_sum
from monitoring.queries.report_conduct import conduct_tables, reviews_tables
from monitoring.rules import RULES_BY_CODE
from monitoring.states.action_kinds import KINDS
from monitoring.states.report import ReportKind

TRADED_NOTE = (
    "交易完成率＝期间发送、医疗机构已确认收货的订单行÷期间发送的订单行（撤单的不计）；"
    "响应率、及时率按到期的订单行，与监测指标一致"
)

COMPLAINTS = """
SELECT category, count(*), count(*) FILTER (WHERE replied_at IS NOT NULL),
       count(*) FILTER (WHERE resolved_at IS NOT NULL),
       count(*) FILTER (WHERE withdrawn_at IS NOT NULL),
       count(*) FILTER (WHERE resolved_at IS NULL AND withdrawn_at IS NULL)
FROM complaints_complaint
WHERE city_id = %(city)s AND filed_at >= %(since)s AND filed_at < %(until)s
GROUP BY category ORDER BY count(*) DESC, category
"""
BY_COUNTY = """
SELECT COALESCE(r.name, '市直'), count(*), count(*) FILTER (WHERE c.resolved_at IS NOT NULL),
       count(*) FILTER (WHERE c.resolved_at IS NULL AND c.withdrawn_at IS NULL)
FROM complaints_complaint c
LEFT JOIN organisations_region r ON r.id = c.county_id
WHERE c.city_id = %(city)s AND c.filed_at >= %(since)s AND c.filed_at < %(until)s
GROUP BY r.code, r.name ORDER BY r.code NULLS FIRST
"""
ACTIONS = """
SELECT kind, count(*), count(*) FILTER (WHERE answered_at IS NOT NULL),
       count(*) FILTER (WHERE outcome IN ('accepted', 'recovered', 'ended')),
       count(*) FILTER (WHERE outcome = 'not_accepted'),
       count(*) FILTER (WHERE state IN ('issued', 'returned') AND due_on < %(last)s)
FROM monitoring_supervisionaction
WHERE city_id = %(city)s AND issued_at >= %(since)s AND issued_at < %(until)s
  AND state <> 'withdrawn'
GROUP BY kind ORDER BY count(*) DESC, kind
"""
WARNINGS = """
SELECT rule, count(*), count(*) FILTER (WHERE state = 'closed'),
       count(*) FILTER (WHERE state = 'recovered'),
       count(*) FILTER (WHERE state NOT IN ('closed', 'recovered'))
FROM monitoring_warning
WHERE city_id = %(city)s AND opened_at >= %(since)s AND opened_at < %(until)s
GROUP BY rule ORDER BY count(*) DESC, rule
"""
# 响应率 and 及时率 as the months' figures have them; 交易完成率 from the lines themselves.
RATES = """
WITH rated AS (
    SELECT subject_type, subject_code,
           sum(numerator) FILTER (WHERE indicator = 'response_rate') AS answered,
           sum(denominator) FILTER (WHERE indicator = 'response_rate') AS asked,
           sum(numerator) FILTER (WHERE indicator = 'on_time_rate') AS on_time,
           sum(denominator) FILTER (WHERE indicator = 'on_time_rate') AS due
    FROM rollup.indicator_value
    WHERE month = ANY(%(months)s) AND province_id = %(province)s AND "window" = 'month'
      AND indicator IN ('response_rate', 'on_time_rate')
      AND subject_type IN ('manufacturer', 'distributor')
    GROUP BY subject_type, subject_code
),
traded AS (
    SELECT side.kind, side.id, count(*) AS sent,
           count(*) FILTER (WHERE r.line_id IS NOT NULL) AS received
    FROM procurement_orderline l
    LEFT JOIN (
        SELECT DISTINCT line_id, ordered_at FROM procurement_receipt
        WHERE ordered_at >= %(since)s AND ordered_at < %(until)s AND received_at >= %(since)s
    ) r ON r.line_id = l.id AND r.ordered_at = l.ordered_at
    CROSS JOIN LATERAL (VALUES ('manufacturer', l.manufacturer_id),
                               ('distributor', l.distributor_id)) side(kind, id)
    WHERE l.ordered_at >= %(since)s AND l.ordered_at < %(until)s AND l.province_id = %(province)s
      AND l.cancelled_at IS NULL AND side.id IS NOT NULL
    GROUP BY side.kind, side.id
)
SELECT COALESCE(t.kind, v.subject_type), o.name, o.code, COALESCE(t.sent, 0), v.answered, v.asked,
       v.on_time, v.due, COALESCE(t.received, 0)
FROM traded t
FULL JOIN (SELECT rated.*, x.id FROM rated JOIN organisations_organisation x
           ON x.code = rated.subject_code) v ON v.subject_type = t.kind AND v.id = t.id
JOIN organisations_organisation o ON o.id = COALESCE(t.id, v.id)
ORDER BY 1 DESC, o.code
"""
BY_CITY = """
SELECT COALESCE(r.name, '省直'), count(*), round(sum(l.packs * l.unit_price), 2),
       count(*) FILTER (WHERE l.response = 'confirmed'), count(*) FILTER (WHERE l.response = 'rejected'),
       count(*) FILTER (WHERE x.line_id IS NOT NULL)
FROM procurement_orderline l
LEFT JOIN organisations_region r ON r.id = l.city_id
LEFT JOIN (
    SELECT DISTINCT line_id, ordered_at FROM procurement_receipt
    WHERE ordered_at >= %(since)s AND ordered_at < %(until)s AND received_at >= %(since)s
) x ON x.line_id = l.id AND x.ordered_at = l.ordered_at
WHERE l.ordered_at >= %(since)s AND l.ordered_at < %(until)s AND l.province_id = %(province)s
  AND l.cancelled_at IS NULL
GROUP BY r.code, r.name ORDER BY r.code NULLS FIRST
"""
# 短缺风险: products of which a tenth of the due lines did not arrive in time, the worst first.
SHORT = """
SELECT p.code, p.name, g.name, count(*), count(*) FILTER (WHERE l.response = 'rejected'),
       count(*) FILTER (WHERE x.line_id IS NULL)
FROM procurement_orderline l
JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN catalog_group g ON g.id = p.group_id
LEFT JOIN (
    SELECT DISTINCT line_id, ordered_at FROM procurement_delivery
    WHERE ordered_at >= %(since)s AND ordered_at < %(until)s AND recorded_at >= %(since)s
) x ON x.line_id = l.id AND x.ordered_at = l.ordered_at
WHERE l.ordered_at >= %(since)s AND l.ordered_at < %(until)s AND l.province_id = %(province)s
  AND l.cancelled_at IS NULL AND l.delivery_due_at < %(until)s AND l.batch_id IS NOT NULL
GROUP BY p.code, p.name, g.name
HAVING count(*) >= 10 AND count(*) FILTER (WHERE x.line_id IS NULL) * 10 >= count(*)
ORDER BY count(*) FILTER (WHERE x.line_id IS NULL)::numeric / count(*) DESC, p.code
LIMIT 200
"""
# S2-5.2: who made, distributed and used selected products in the month, by what was ordered.
TRADERS = """
SELECT side.kind, o.code, o.name, COALESCE(r.name, ''), count(DISTINCT l.product_id), count(*)
FROM procurement_orderline l
CROSS JOIN LATERAL (VALUES ('1', l.manufacturer_id), ('2', l.distributor_id),
                           ('3', l.institution_id)) side(kind, id)
JOIN organisations_organisation o ON o.id = side.id
LEFT JOIN organisations_region r ON r.id = o.region_id
WHERE l.ordered_at >= %(since)s AND l.ordered_at < %(until)s AND l.province_id = %(province)s
  AND l.cancelled_at IS NULL AND l.batch_id IS NOT NULL
GROUP BY side.kind, o.code, o.name, r.name ORDER BY side.kind, o.code
"""
SIDES = {"manufacturer": "生产企业", "distributor": "配送企业"}


def tables_of(
    kind: str, *, first: date, last: date, province_id: int, city_id: int | None
) -> list[Table]:
    """[{title, note, columns, rows}] of one report; every cell is a text as it is printed."""
    marks: dict[str, Any] = {
        "first": first, "since": day_start(first), "until": day_start(last + timedelta(days=1)), "last": last,
        "province": province_id, "city": city_id, "months": months_of(first, last),
    }  # fmt: skip
    match kind:
        case ReportKind.HALF_YEAR:
            return _half_year(marks)
        case ReportKind.QUARTER:
            return [_cities(marks), _rates(marks), _short(marks)]
        case ReportKind.THREE_RATES:
            return [_rates(marks)]
        case ReportKind.REVIEWS:
            return reviews_tables(marks)
        case ReportKind.CONDUCT:
            return conduct_tables(marks)
    return _traders(marks)


def _half_year(marks: dict[str, Any]) -> list[Table]:
    categories = dict(Complaint.Category.choices)
    complaints = [
        [str(categories.get(name, "未分类")), *counts(rest)]
        for name, *rest in read(COMPLAINTS, marks)
    ]
    actions = [[KINDS[name].label, *counts(rest)] for name, *rest in read(ACTIONS, marks)]
    warnings = [
        [RULES_BY_CODE[name].label if name in RULES_BY_CODE else name, *counts(rest)]
        for name, *rest in read(WARNINGS, marks)
    ]
    counties = [[name, *counts(rest)] for name, *rest in read(BY_COUNTY, marks)]
    return [
        table("问题直报处置情况（按类别）", ("类别", "提出", "已回复", "已解决", "已撤回", "未解决"),
               with_sum(complaints)),
        table("问题直报处置情况（按县区）", ("县（市、区）", "提出", "已解决", "未解决"), with_sum(counties)),
        table("监管措施", ("措施", "作出", "已答复", "整改到位", "整改不到位", "逾期未答复"),
               with_sum(actions)),
        table("监测预警", ("事项", "发出", "核实办结", "指标恢复", "在办"), with_sum(warnings)),
    ]  # fmt: skip


def _rates(marks: dict[str, Any]) -> Table:
    rows = [
        [
            SIDES[kind], name, code, f"{sent:,}", share(answered, asked), share(on_time, due),
            share(received, sent),
        ]
        for kind, name, code, sent, answered, asked, on_time, due, received in read(RATES, marks)
    ]  # fmt: skip
    return table(
        "企业三率", ("类别", "企业", "代码", "发送订单行", "响应率", "及时率", "交易完成率"), rows,
        TRADED_NOTE,
    )  # fmt: skip


def _cities(marks: dict[str, Any]) -> Table:
    rows = [
        [name, f"{lines:,}", f"{amount or 0:,.2f}", f"{confirmed:,}", f"{rejected:,}",
         share(received, lines)]
        for name, lines, amount, confirmed, rejected, received in read(BY_CITY, marks)
    ]  # fmt: skip
    return table(
        "各地区采购配送执行情况",
        ("地区", "发送订单行", "订购金额（元）", "已确认", "已拒绝", "交易完成率"), rows,
    )  # fmt: skip


def _short(marks: dict[str, Any]) -> Table:
    rows = [
        [code, name, group or "", f"{lines:,}", f"{rejected:,}", f"{absent:,}",
         share(absent, lines)]
        for code, name, group, lines, rejected, absent in read(SHORT, marks)
    ]  # fmt: skip
    return table(
        "短缺风险研判",
        ("国家医保编码", "产品", "品种", "到期订单行", "已拒绝", "没有发货", "未发货占比"), rows,
        "期间到期的订单行不少于 10 行、其中没有发货的不低于一成的中选批次产品，占比高的在前，至多 200 个",
    )  # fmt: skip


def _traders(marks: dict[str, Any]) -> list[Table]:
    found: dict[str, list[list[str]]] = {"1": [], "2": [], "3": []}
    for kind, code, name, region, products, lines in read(TRADERS, marks):
        found[kind].append([code, name, region, f"{products:,}", f"{lines:,}"])
    heads = ("代码", "名称", "所在地", "中选产品数", "订单行")
    return [
        table(title, heads, found[kind])
        for kind, title in (("1", "生产企业"), ("2", "流通企业"), ("3", "使用单位"))
    ]
