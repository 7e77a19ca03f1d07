-- Complaints of institutions with their two deadlines, each the last day on which it is kept.
SELECT k.id, k.unit_id, k.manufacturer_id, k.distributor_id, k.resolved_at, k.replied_at,
       k.reply_due_on,
       CASE WHEN k.replied_at IS NOT NULL THEN LEAST(k.promised_on, k.latest_on)
            ELSE k.latest_on END AS resolve_due_on
FROM (
    SELECT b.*,
           CASE WHEN b.promise_workdays = 0 THEN b.counted_from ELSE (
               SELECT due.date FROM core_calendarday due, core_calendarday day0
               WHERE day0.date = b.counted_from AND due.is_workday
                 AND due.workday_no = day0.workday_no + b.promise_workdays
           ) END AS latest_on
    FROM (
        SELECT a.*,
               LEAST(a.reply_due_on,
                     (a.replied_at AT TIME ZONE 'Asia/Shanghai')::date) AS counted_from
        FROM (
            SELECT c.id, u.unit_id, c.manufacturer_id, c.distributor_id,
                   c.promised_on, v.promise_workdays,
                   CASE WHEN c.replied_at < %(cut)s THEN c.replied_at END AS replied_at,
                   CASE WHEN c.resolved_at < %(cut)s THEN c.resolved_at END AS resolved_at,
                   CASE WHEN v.reply_workdays = 0 THEN day0.date ELSE (
                       SELECT due.date FROM core_calendarday due
                       WHERE due.is_workday
                         AND due.workday_no = day0.workday_no + v.reply_workdays
                   ) END AS reply_due_on
            FROM complaints_complaint c
            JOIN ind_unit u ON u.institution_id = c.institution_id
            JOIN ind_province_value v ON v.province_id = u.province_id
            JOIN core_calendarday day0
              ON day0.date = (c.filed_at AT TIME ZONE 'Asia/Shanghai')::date
            WHERE c.filed_by = 'institution' AND {rows:c}
              AND c.filed_at >= %(complaint_from)s AND c.filed_at < %(cut)s
        ) a
    ) b
) k
