"""Regions as the tasks need them: who stands where, and which bureau reviews at a level."""

from __future__ import annotations

from organisations.models import Organisation
from volumes.models import VolumeReport

PLACES = """
SELECT r.id AS region_id,
       CASE r.level WHEN 'county' THEN r.id END AS county_id,
       CASE r.level WHEN 'county' THEN r.parent_id WHEN 'city' THEN r.id END AS city_id,
       CASE r.level WHEN 'county' THEN p.parent_id WHEN 'city' THEN r.parent_id ELSE r.id END
           AS province_id
FROM organisations_region r LEFT JOIN organisations_region p ON p.id = r.parent_id
"""
"""Every region with its county, city and province."""


def office_of(report: VolumeReport, level: str) -> Organisation | None:
    """The bureau that reviews this report at the level; None where there is none."""
    region_id = getattr(report, f"{level}_id") if level else None
    if region_id is None:
        return None
    return (
        Organisation.objects.filter(kind="bureau", region_id=region_id, is_active=True)
        .order_by("pk")
        .first()
    )
