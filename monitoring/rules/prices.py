"""Prices that break what the province set, or rise too fast (赣2024 十; S0-二(六))."""

from monitoring.rules.enterprise_places import ENTERPRISE_PLACES
from monitoring.rules.rule import Rule

ORDERED_DAYS = 30
"""Orders of so many days back, the day itself included, are held against the maximum."""

ABNORMAL_PRICE = Rule(
    code="abnormal_price",
    label="价格异常",
    indicator="",
    parameter="shortage_price_multiple",
    unit="multiple",
    meaning="非中选产品挂网价或近 30 日采购价高于最高挂网价；短缺、易短缺药品挂网价超过十二个月前的规定倍数。价格回落后自动恢复",
    answered_by="生产企业；医保局关注",
    # The maximum binds in every policy; the multiple is a value of the province's policy.
    always=True,
    sql=f"""
        WITH {ENTERPRISE_PLACES}, maximum AS (
            SELECT p.id AS product_id, coalesce(own.price, of_group.price * p.base_units_per_pack)
                       AS price, coalesce(own.clause, of_group.clause) AS clause
            FROM catalog_product p CROSS JOIN rule_day d
            LEFT JOIN catalog_maximumprice own
              ON own.product_id = p.id AND own.valid_from <= d.day
             AND (own.valid_to IS NULL OR own.valid_to > d.day)
            LEFT JOIN catalog_maximumprice of_group
              ON of_group.group_id = p.group_id AND of_group.valid_from <= d.day
             AND (of_group.valid_to IS NULL OR of_group.valid_to > d.day)
            WHERE own.id IS NOT NULL OR of_group.id IS NOT NULL
        ), selected AS (
            SELECT DISTINCT s.product_id
            FROM rule_day d JOIN catalog_selection s ON s.role = 'selected' AND s.withdrawn_at IS NULL
             AND (s.valid_from IS NULL OR s.valid_from <= d.day)
             AND (s.valid_to IS NULL OR s.valid_to >= d.day)
            JOIN catalog_batch b
              ON b.id = s.batch_id AND b.effective_on <= d.day AND b.ends_on >= d.day
        ), maker AS MATERIALIZED (
            SELECT DISTINCT p.manufacturer_id
            FROM maximum m JOIN catalog_product p ON p.id = m.product_id
        ), ordered AS (
            -- Bought without a batch: as not selected. By Shanghai days. Of the makers of limited
            -- products only, by their index: lines have no index by product.
            SELECT b.product_id, b.price
            FROM maker k CROSS JOIN rule_day d CROSS JOIN LATERAL (
                SELECT l.product_id, max(l.unit_price) AS price
                FROM procurement_orderline l
                WHERE l.manufacturer_id = k.manufacturer_id AND l.batch_id IS NULL
                  AND l.ordered_at >= (d.day - {ORDERED_DAYS - 1})::timestamp AT TIME ZONE 'Asia/Shanghai'
                  AND l.ordered_at < (d.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
                GROUP BY l.product_id
            ) b
        ), short AS (
            SELECT DISTINCT p.id AS product_id
            FROM rule_day d
            JOIN catalog_shortageentry e
              ON e.valid_from <= d.day AND (e.valid_to IS NULL OR e.valid_to > d.day)
            JOIN catalog_product p ON p.id = e.product_id OR p.group_id = e.group_id
            WHERE p.category = 'drug'
            UNION
            SELECT id FROM catalog_product WHERE category = 'drug' AND 'shortage' = ANY(tags)
        ), found AS (
            SELECT m.product_id, p.listed_price AS price, m.price AS base, 1::numeric AS allowed,
                   m.clause
            FROM maximum m
            JOIN catalog_product p ON p.id = m.product_id
            JOIN catalog_listing l ON l.product_id = p.id AND l.state = 'listed'
            WHERE p.listed_price > m.price
              AND NOT EXISTS (SELECT FROM selected s WHERE s.product_id = m.product_id)
            UNION ALL
            SELECT m.product_id, o.price, m.price, 1, m.clause
            FROM maximum m JOIN ordered o ON o.product_id = m.product_id
            WHERE o.price > m.price
              AND NOT EXISTS (SELECT FROM selected s WHERE s.product_id = m.product_id)
            UNION ALL
            SELECT h.product_id, h.price, b.price, v.value, v.clause
            FROM rule_day d
            JOIN short ON true
            JOIN catalog_listedprice h
              ON h.product_id = short.product_id AND h.valid_from <= d.day
             AND (h.valid_to IS NULL OR h.valid_to > d.day)
            JOIN catalog_listedprice b
              ON b.product_id = h.product_id AND b.valid_from <= d.day - interval '12 months'
             AND (b.valid_to IS NULL OR b.valid_to > d.day - interval '12 months')
            JOIN catalog_product p ON p.id = h.product_id
            LEFT JOIN home ON true
            JOIN place ON place.organisation_id = p.manufacturer_id
            JOIN rule_value v
              ON v.key = 'shortage_price_multiple' AND v.batch_code = '' AND v.in_force
             AND v.province_id = coalesce(place.province_id, home.province_id)
            WHERE b.price > 0 AND h.price > v.value * b.price
        )
        SELECT DISTINCT ON (p.id)
               'orange' AS severity, 'manufacturer' AS subject_type, m.code AS subject_code,
               '' AS batch_code, NULL::smallint AS year_no, '' AS group_code,
               p.code AS product_code, NULL::bigint AS institution_id, m.id AS enterprise_id,
               place.county_id, place.city_id, NULL::bigint AS pool_id,
               coalesce(place.province_id, home.province_id) AS province_id,
               f.price / f.base AS measured, f.allowed AS threshold, f.clause::text AS clause
        FROM found f
        JOIN catalog_product p ON p.id = f.product_id
        JOIN organisations_organisation m ON m.id = p.manufacturer_id
        JOIN place ON place.organisation_id = m.id
        LEFT JOIN home ON true
        WHERE coalesce(place.province_id, home.province_id) IS NOT NULL
        ORDER BY p.id, f.price / f.base / f.allowed DESC, f.allowed DESC, f.clause
    """,
)
