"""Tell those concerned of a day's new and severer warnings of one rule."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.urls import reverse

from core.operations import operation
from inbox.models import Notice
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import open_staged_tasks
from monitoring.operations.open_warnings import OPENED
from monitoring.operations.tell_of_warnings import stage_tasks
from monitoring.queries.warning_parties import ANSWERERS, bureaus_of_regions
from monitoring.rules import Rule

SHOWN_NAMES = 20
NEW_OR_WORSE = f"(SELECT id FROM {OPENED} UNION SELECT id FROM worse_warning)"


@operation
def tell_of_the_day(rule: Rule, *, on: date, at: datetime) -> None:
    """A task for whoever answers a new one; a notice a day per answering party and bureau."""
    with connection.cursor() as cursor:
        stage_tasks(cursor)
        cursor.execute(
            f"SELECT a.organisation_id, count(*), bool_or(w.severity = 'red') FROM ({ANSWERERS}) a"
            " JOIN monitoring_warning w ON w.id = a.warning_id"
            f" WHERE a.warning_id IN {NEW_OR_WORSE} GROUP BY 1 ORDER BY 1"
        )
        answering: list[tuple[int, int, bool]] = cursor.fetchall()
        cursor.execute(f"""
            SELECT r.region_id, count(*) FROM monitoring_warning w
            CROSS JOIN LATERAL (VALUES (w.county_id), (w.city_id), (w.province_id)) r(region_id)
            WHERE w.id IN {NEW_OR_WORSE} AND r.region_id IS NOT NULL GROUP BY 1
        """)
        in_region: dict[int, int] = dict(cursor.fetchall())
    open_staged_tasks(at=at)
    if rule.tells_buyers:
        _tell_buyers(rule, on=on, at=at)
    told = [(party, f"{count} 条，请签收并说明", red) for party, count, red in answering]
    told += [
        (bureau, f"辖区 {in_region[region]} 条", False)
        for bureau, region in bureaus_of_regions(in_region)
    ]
    notify(
        notices=[
            NewNotice(
                organisation_id=organisation_id,
                key=f"{rule.code}:{on.isoformat()}:{organisation_id}",
                title=f"{on:%Y-%m-%d} 新发出或升级“{rule.label}”预警：{words}",
                url=f"{reverse('warning-list')}?rule={rule.code}&stage=open",
                category=Notice.Category.WARNING,
                is_urgent=is_urgent,
            )
            for organisation_id, words, is_urgent in told
        ],
        at=at,
    )


def _tell_buyers(rule: Rule, *, on: date, at: datetime) -> None:
    """Institutions that ordered the products in the last 12 months: one notice a day each."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT l.institution_id, array_agg(DISTINCT p.name ORDER BY p.name)
            FROM monitoring_warning w
            JOIN catalog_product p ON p.code = w.product_code
            JOIN procurement_orderline l
              ON l.manufacturer_id = w.enterprise_id AND l.product_id = p.id
             AND l.ordered_at >= %s::timestamptz - interval '12 months'
             AND l.ordered_at <= %s AND l.cancelled_at IS NULL
            WHERE w.id IN {NEW_OR_WORSE} GROUP BY 1 ORDER BY 1
            """,
            [at, at],
        )
        buyers: list[tuple[int, list[str]]] = cursor.fetchall()
    notify(
        notices=[
            NewNotice(
                organisation_id=institution_id,
                key=f"{rule.code}:buyers:{on.isoformat()}:{institution_id}",
                title=f"{len(names)} 个在购产品的{rule.label}或已到期，到期之日起暂停采购",
                body="、".join(names[:SHOWN_NAMES]) + ("等" if len(names) > SHOWN_NAMES else ""),
                url=f"{reverse('registration-papers')}?expiry=notice",
                category=Notice.Category.WARNING,
            )
            for institution_id, names in buyers
        ],
        at=at,
    )
