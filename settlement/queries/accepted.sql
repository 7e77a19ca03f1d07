-- Yuan accepted less yuan sent back of a batch's selected products in a pool, by institution, over
-- half-open days. A product counts where it is selected on the day; who was paid for it and by whom
-- does not matter here.
WITH moved AS (
    SELECT r.institution_id, r.product_id, r.batch_id, r.county_id, r.city_id, r.province_id,
           r.received_at AS at, r.accepted_packs * r.unit_price AS amount
    FROM procurement_receipt r
    WHERE r.pool_id = %(pool)s AND r.received_at >= %(from_at)s AND r.received_at < %(to_at)s
    UNION ALL
    SELECT t.institution_id, t.product_id, t.batch_id, t.county_id, t.city_id, t.province_id,
           t.returned_at, -t.packs * t.unit_price
    FROM procurement_return t
    WHERE t.pool_id = %(pool)s AND t.returned_at >= %(from_at)s AND t.returned_at < %(to_at)s
)
SELECT m.institution_id, sum(m.amount)
FROM moved m
JOIN LATERAL (
    SELECT s.batch_id FROM catalog_selection s JOIN catalog_batch b ON b.id = s.batch_id
    WHERE s.product_id = m.product_id AND s.role = 'selected' AND s.withdrawn_at IS NULL
      AND (m.batch_id IS NULL OR s.batch_id = m.batch_id)
      AND s.region_id IN (m.county_id, m.city_id, m.province_id)
      AND (m.at AT TIME ZONE 'Asia/Shanghai')::date
          BETWEEN COALESCE(s.valid_from, b.effective_on) AND COALESCE(s.valid_to, b.ends_on)
    ORDER BY s.batch_id LIMIT 1
) s ON s.batch_id = %(batch)s
GROUP BY m.institution_id
