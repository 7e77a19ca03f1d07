SELECT a.unit_id, a.batch_id, a.year_no, a.manufacturer_id, a.distributor_id,
       FALSE AS in_month, TRUE AS in_ytd,
       a.signed::int AS numerator,
       1 AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       'agreement' AS source, a.id AS source_id, NULL::bigint AS line_id,
       NULL::timestamptz AS ordered_at, NULL::timestamptz AS at,
       a.agreed_qty AS quantity, NULL::numeric AS amount
FROM ind_agreement a
