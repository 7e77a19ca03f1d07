-- Days of delivery whose receipt deadline falls in the month, by province.
SELECT v.province_id, day0.date AS delivered_on, due.date AS due_on
FROM ind_province_value v
CROSS JOIN core_calendarday due
JOIN core_calendarday day0
  ON CASE WHEN v.receipt_workdays = 0 THEN day0.date = due.date
          ELSE due.is_workday AND due.workday_no = day0.workday_no + v.receipt_workdays END
WHERE due.date BETWEEN %(month_first)s AND %(last_day)s
  AND day0.date BETWEEN %(calendar_from)s AND %(last_day)s
