-- What subjects without a batch are computed with: the province's own policy at the cut.
SELECT * FROM unnest(
    %(province_ids)s::bigint[], %(reply_workdays)s::numeric[], %(promise_workdays)s::numeric[],
    %(receipt_workdays)s::numeric[], %(abnormal_multiple)s::numeric[]
) AS v(province_id, reply_workdays, promise_workdays, receipt_workdays, abnormal_multiple)
