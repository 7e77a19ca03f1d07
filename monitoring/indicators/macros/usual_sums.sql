x.unit_id, x.product_id, sum(x.quantity) AS total,
       bit_count(bit_or(1 << x.month_no)::bit(16)) AS months
