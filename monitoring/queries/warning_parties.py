"""Which organisations answer a warning, and which bureaus verify the answer."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q

from monitoring.models import Warning
from organisations.models import Organisation

# The subject itself; for a pool, its agencies.
ANSWERERS = """
    SELECT id AS warning_id, COALESCE(institution_id, enterprise_id) AS organisation_id
    FROM monitoring_warning WHERE institution_id IS NOT NULL OR enterprise_id IS NOT NULL
    UNION ALL
    SELECT w.id, a.id
    FROM monitoring_warning w
    JOIN organisations_organisation a
      ON a.pool_id = w.pool_id AND a.kind = 'agency' AND a.is_active
    WHERE w.institution_id IS NULL AND w.enterprise_id IS NULL
"""


def answerers(warnings: Iterable[Warning]) -> dict[int, list[int]]:
    """Warning id → ids of the organisations that have to answer it; one query in all."""
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({ANSWERERS}) a WHERE warning_id = ANY(%s::bigint[]) ORDER BY 1, 2",
            [[warning.pk for warning in warnings]],
        )
        for warning_id, organisation_id in cursor.fetchall():
            found.setdefault(warning_id, []).append(organisation_id)
    return found


def first_bureaus(warning: Warning) -> list[int]:
    """The bureau nearest to the subject: of its county, else its city, else the province."""
    for region_id in (warning.county_id, warning.city_id, warning.province_id):
        if region_id is None:
            continue
        ids = list(
            Organisation.objects.filter(
                Q(kind="bureau"), Q(region_id=region_id), Q(is_active=True)
            ).values_list("pk", flat=True)
        )
        if ids:
            return ids
    return []


def bureaus_of_regions(region_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(bureau, region) for every active bureau of these regions, in the order of their codes."""
    bureaus = Organisation.objects.filter(
        kind="bureau", region_id__in=list(region_ids), is_active=True
    ).order_by("code")
    return [(bureau.pk, bureau.region_id or 0) for bureau in bureaus]
