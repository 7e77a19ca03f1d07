"""Where an enterprise's warnings belong: its own place, else the platform's province."""

ENTERPRISE_PLACES = """
        place AS (
            SELECT o.id AS organisation_id,
                   CASE WHEN r.level = 'county' THEN r.id END AS county_id,
                   CASE r.level WHEN 'city' THEN r.id WHEN 'county' THEN r.parent_id END AS city_id,
                   CASE r.level WHEN 'province' THEN r.id WHEN 'city' THEN r.parent_id
                        WHEN 'county' THEN c.parent_id END AS province_id
            FROM organisations_organisation o
            LEFT JOIN organisations_region r ON r.id = o.region_id
            LEFT JOIN organisations_region c ON c.id = r.parent_id
            WHERE o.kind = 'enterprise'
        ), home AS (
            -- Of an enterprise without a place in a province of the platform: its first bureau's.
            SELECT b.region_id AS province_id
            FROM organisations_organisation b
            JOIN organisations_region r ON r.id = b.region_id AND r.level = 'province'
            WHERE b.kind = 'bureau' AND b.is_active
            ORDER BY r.code LIMIT 1
        )
"""
"""The common table expressions `place` and `home`."""
