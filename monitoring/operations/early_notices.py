"""The look ahead: limits that are kept today and will be broken by the year's end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.urls import reverse

from core.audit.record import Actor, record
from core.operations import operation
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from monitoring.models import ComputedMonth, EarlyNotice
from monitoring.operations.warning_inputs.tables import RULE_VALUE, fill_rule_values
from monitoring.queries.warning_parties import bureaus_of_regions

# Agreement years that run on behind the month's last day; `pace` are the month's days inside them.
YEAR = """
CREATE TEMP TABLE early_year ON COMMIT DROP AS
SELECT b.code AS batch_code, y.year_no, y.ends_on,
       (%(last_day)s::date - y.starts_on + 1)::numeric AS elapsed,
       (y.ends_on - y.starts_on + 1)::numeric AS total,
       (%(last_day)s::date - greatest(y.starts_on, %(month)s::date) + 1)::numeric AS pace,
       (y.ends_on - %(last_day)s::date)::numeric AS rest
FROM catalog_agreementyear y JOIN catalog_batch b ON b.id = y.batch_id
WHERE y.starts_on <= %(last_day)s AND y.ends_on > %(last_day)s
"""

KEYS = "subject_code, batch_code, year_no, group_code, product_code"
PARTIES = "institution_id, enterprise_id, county_id, city_id, pool_id, province_id"
VALUE = """
    SELECT v.* FROM "rollup"."indicator_value" v
    WHERE v.month = %(month)s AND v.indicator = '{indicator}' AND v."window" = '{window}'
      AND v.subject_type = 'institution' AND v.denominator > 0 AND v.institution_id IS NOT NULL
"""

# A share at the year's end: what is there, and the month's daily quantities over the days left.
# Multiplied out, so that nothing is divided before it is compared.
SHARE = """
INSERT INTO monitoring_earlynotice
    (month, rule, {keys}, measured, projected, threshold, clause, pace_days, rest_days, ends_on,
     {parties})
SELECT %(month)s, '{rule}', {c_keys}, round(c.numerator / c.denominator, 8),
       round((c.numerator * y.pace + m.numerator * y.rest)
             / (c.denominator * y.pace + m.denominator * y.rest), 8),
       p.value, left(p.clause, 200), y.pace, y.rest, y.ends_on, {c_parties}
FROM ({ytd}) c
JOIN ({month}) m ON m.subject_code = c.subject_code AND m.batch_code = c.batch_code
 AND m.year_no = c.year_no AND m.group_code = c.group_code AND m.product_code = c.product_code
JOIN early_year y ON y.batch_code = c.batch_code AND y.year_no = c.year_no
JOIN rule_value p ON p.key = '{parameter}' AND p.batch_code = c.batch_code AND p.in_force
WHERE c.assessed {more} AND c.numerator {kept} p.value * c.denominator
  AND c.numerator * y.pace + m.numerator * y.rest
      {broken} p.value * (c.denominator * y.pace + m.denominator * y.rest)
"""

# As the rule itself: only where the unit has an agreed quantity of the product.
AGREED = """
AND EXISTS (
    SELECT FROM "rollup"."indicator_value" a
    WHERE a.month = %(month)s AND a.indicator = 'completion_rate' AND a.denominator > 0
      AND a.subject_code = c.subject_code AND a.batch_code = c.batch_code
      AND a.year_no = c.year_no AND a.product_code = c.product_code
)
"""

COMPLETION = """
INSERT INTO monitoring_earlynotice
    (month, rule, {keys}, measured, projected, threshold, clause, pace_days, rest_days, ends_on,
     {parties})
SELECT %(month)s, 'overrun', {c_keys}, round(c.numerator / c.denominator, 8),
       round(c.numerator * y.total / (c.denominator * y.elapsed), 8),
       p.value, left(p.clause, 200), y.elapsed, y.rest, y.ends_on, {c_parties}
FROM ({ytd}) c
JOIN early_year y ON y.batch_code = c.batch_code AND y.year_no = c.year_no
JOIN rule_value p ON p.key = 'overrun_multiple' AND p.batch_code = c.batch_code AND p.in_force
WHERE c.assessed AND c.numerator <= p.value * c.denominator
  AND c.numerator * y.total > p.value * c.denominator * y.elapsed
"""


@operation
def look_ahead(*, month: date, by: Actor, at: datetime) -> int:
    """Make the month's early notices anew from its computed figures; gives how many there are.

    Each institution and bureau is told once of a month, with its number. Nothing has to be
    answered: the warning comes only when the limit is broken.
    """
    last_day = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    values = {"month": month, "last_day": last_day}
    words = {
        "keys": KEYS, "parties": PARTIES, "c_keys": _of_c(KEYS), "c_parties": _of_c(PARTIES),
    }  # fmt: skip
    with connection.cursor() as cursor:
        # In turns with the warnings' jobs, which use the same temporary tables' names.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('raise_warnings'))")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.early_year, pg_temp.rule_value")
        cursor.execute(YEAR, values)
        cursor.execute(RULE_VALUE)
        fill_rule_values(cursor, last_day)
        EarlyNotice.objects.filter(month=month).delete()
        for rule, parameter, kept, broken, more in (
            ("non_selected_share", "non_selected_share_max", "<=", ">", ""),
            ("fulfilment_rate", "fulfilment_rate_min", ">=", "<", AGREED),
        ):
            cursor.execute(
                SHARE.format(
                    rule=rule, parameter=parameter, kept=kept, broken=broken, more=more,
                    ytd=VALUE.format(indicator=rule, window="ytd"),
                    month=VALUE.format(indicator=rule, window="month"), **words,
                ),
                values,
            )  # fmt: skip
        cursor.execute(
            COMPLETION.format(ytd=VALUE.format(indicator="completion_rate", window="ytd"), **words),
            values,
        )
        cursor.execute(
            "SELECT institution_id, count(*) FROM monitoring_earlynotice WHERE month = %s"
            " GROUP BY 1 ORDER BY 1",
            [month],
        )
        units: list[tuple[int, int]] = cursor.fetchall()
        cursor.execute(
            "SELECT r.region_id, count(*) FROM monitoring_earlynotice w"
            " CROSS JOIN LATERAL (VALUES (w.county_id), (w.city_id), (w.province_id)) r(region_id)"
            " WHERE w.month = %s AND r.region_id IS NOT NULL GROUP BY 1",
            [month],
        )
        regions: dict[int, int] = dict(cursor.fetchall())
    told = [(pk, f"有 {count} 项") for pk, count in units]
    told += [(pk, f"辖区有 {regions[region]} 项") for pk, region in bureaus_of_regions(regions)]
    notify(
        notices=[
            NewNotice(
                pk, f"early-{month:%Y-%m}-{pk}",
                f"早期提示：按 {month:%Y-%m} 的进度，{words}到年度末将超限",
                "不需要答复；现在调整采购和供应可以避免预警", f"{reverse('early-notices')}?month={month:%Y-%m}",
                category=Notice.Category.WARNING,
            )
            for pk, words in told
        ],
        at=at,
    )  # fmt: skip
    total = sum(count for _, count in units)
    record(
        by=by, at=at, action="early_notice.look_ahead", object_type="month",
        object_key=f"{month:%Y-%m}", object_label=f"{month:%Y-%m}", detail={"found": total},
    )  # fmt: skip
    return total


@operation
def look_ahead_of_newest(*, by: Actor, at: datetime) -> int:
    """Of the newest month that was computed; nothing where there is none yet."""
    newest = ComputedMonth.objects.order_by("-month").first()
    return look_ahead(month=newest.month, by=by, at=at) if newest else 0


def _of_c(columns: str) -> str:
    return ", ".join(f"c.{column}" for column in columns.split(", "))
