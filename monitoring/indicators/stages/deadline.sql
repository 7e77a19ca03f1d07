-- The last day of N working days after each day of this month's reach, by province and kind.
-- A deadline beyond the published calendar is missing: it is after this month.
SELECT v.province_id, v.kind, day0.date AS day, due.date AS due_on
FROM (
    SELECT province_id, k.kind, k.workdays
    FROM ind_province_value
    CROSS JOIN LATERAL (
        VALUES ('reply', reply_workdays), ('promise', promise_workdays),
               ('receipt', receipt_workdays)
    ) AS k(kind, workdays)
) v
JOIN core_calendarday day0 ON day0.date BETWEEN %(calendar_from)s AND %(last_day)s
JOIN core_calendarday due
  ON due.is_workday AND due.workday_no = day0.workday_no + v.workdays
WHERE v.workdays > 0
UNION ALL
SELECT province_id, k.kind, day0.date, day0.date
FROM ind_province_value
CROSS JOIN LATERAL (
    VALUES ('reply', reply_workdays), ('promise', promise_workdays), ('receipt', receipt_workdays)
) AS k(kind, workdays)
JOIN core_calendarday day0 ON day0.date BETWEEN %(calendar_from)s AND %(last_day)s
WHERE k.workdays = 0
