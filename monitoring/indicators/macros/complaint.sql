-- Complaints of institutions with their two deadlines, each the last day on which it is kept.
SELECT k.id, k.unit_id, k.manufacturer_id, k.distributor_id, k.reply_due_on,
       (k.replied_at AT TIME ZONE 'Asia/Shanghai')::date AS replied_on,
       (k.resolved_at AT TIME ZONE 'Asia/Shanghai')::date AS resolved_on,
       (k.withdrawn_at AT TIME ZONE 'Asia/Shanghai')::date AS withdrawn_on,
       CASE WHEN k.replied_at IS NOT NULL THEN LEAST(k.promised_on, latest.due_on)
            ELSE latest.due_on END AS resolve_due_on
FROM (
    SELECT c.id, u.unit_id, u.province_id, c.manufacturer_id, c.distributor_id, c.promised_on,
           CASE WHEN c.replied_at < %(cut)s THEN c.replied_at END AS replied_at,
           CASE WHEN c.resolved_at < %(cut)s THEN c.resolved_at END AS resolved_at,
           CASE WHEN c.withdrawn_at < %(cut)s THEN c.withdrawn_at END AS withdrawn_at,
           reply.due_on AS reply_due_on
    FROM complaints_complaint c
    JOIN ind_unit u ON u.institution_id = c.institution_id
    LEFT JOIN ind_deadline reply
           ON reply.province_id = u.province_id AND reply.kind = 'reply'
          AND reply.day = (c.filed_at AT TIME ZONE 'Asia/Shanghai')::date
    WHERE c.filed_by = 'institution' AND {rows:c}
      AND c.filed_at >= %(complaint_from)s AND c.filed_at < %(cut)s
) k
LEFT JOIN ind_deadline latest
       ON latest.province_id = k.province_id AND latest.kind = 'promise'
      AND latest.day = LEAST(k.reply_due_on, (k.replied_at AT TIME ZONE 'Asia/Shanghai')::date)
