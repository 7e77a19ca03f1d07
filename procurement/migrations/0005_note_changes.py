"""Orders, answers, deliveries, receipts and returns note their changes per statement (ADR 0008).

The object of every change is the order: whoever sees a line sees its order, and a delivery of thirty
lines is one change. The order's manufacturers get rows of their own, since none of them may learn
of another's lines. A loading of a dataset (`zhaocai.bulk_load`) writes nothing here; it tells of
itself once.
"""

from django.db import migrations

SILENT = "IF current_setting('zhaocai.bulk_load', true) = 'on' THEN RETURN NULL; END IF;"

FORWARDS = f"""
-- Tell of these orders; `makers` pairs each with a manufacturer that is told apart, or null.
CREATE FUNCTION procurement_tell(kinds text[], orders bigint[], makers bigint[])
RETURNS void LANGUAGE sql AS $body$
    WITH told AS (
        SELECT DISTINCT t.kind, t.order_id, t.maker
        FROM unnest(kinds, orders, makers) AS t (kind, order_id, maker)
    )
    INSERT INTO inbox_change (kind, object_type, object_key, url, at, roles, to_all, institution_id,
                              manufacturer_id, distributor_id, pool_id, county_id, city_id,
                              province_id)
    SELECT t.kind, 'order', o.order_no, '', now(), '{{}}'::varchar[], false, o.institution_id, NULL::bigint,
           o.distributor_id, o.pool_id, o.county_id, o.city_id, o.province_id
    FROM (SELECT DISTINCT kind, order_id FROM told) t JOIN procurement_order o ON o.id = t.order_id
    UNION ALL
    SELECT t.kind, 'order', o.order_no, '', now(), '{{}}'::varchar[], false, NULL::bigint, t.maker,
           NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint
    FROM told t JOIN procurement_order o ON o.id = t.order_id
    WHERE t.maker IS NOT NULL AND t.maker IS DISTINCT FROM o.distributor_id;
$body$;

CREATE FUNCTION procurement_note_orders_sent() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {SILENT}
    PERFORM procurement_tell(
        array_agg('order.sent'::text), array_agg(order_id), array_agg(manufacturer_id))
    FROM added;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_sent AFTER INSERT ON procurement_orderline
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION procurement_note_orders_sent();

CREATE FUNCTION procurement_note_orders_answered() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {SILENT}
    PERFORM procurement_tell(array_agg(kind), array_agg(order_id), array_agg(manufacturer_id))
    FROM (
        SELECT CASE WHEN a.cancelled_at IS DISTINCT FROM b.cancelled_at
                    THEN 'order.cancelled' ELSE 'order.answered' END AS kind,
               a.order_id, a.manufacturer_id
        FROM after_it a JOIN before_it b ON b.id = a.id AND b.ordered_at = a.ordered_at
        WHERE (a.response, a.responded_at, a.reject_reason, a.cancelled_at)
              IS DISTINCT FROM (b.response, b.responded_at, b.reject_reason, b.cancelled_at)
    ) moved;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_answered AFTER UPDATE ON procurement_orderline
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION procurement_note_orders_answered();

-- The kind is the trigger's argument. Lines are found by their whole key: one partition each.
CREATE FUNCTION procurement_note_rows_added() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {SILENT}
    PERFORM procurement_tell(
        array_agg(TG_ARGV[0]), array_agg(l.order_id), array_agg(n.manufacturer_id))
    FROM added n JOIN procurement_orderline l ON l.id = n.line_id AND l.ordered_at = n.ordered_at;
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_recorded AFTER INSERT ON procurement_delivery
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION procurement_note_rows_added('delivery.recorded');
CREATE TRIGGER tell_recorded AFTER INSERT ON procurement_receipt
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION procurement_note_rows_added('receipt.recorded');
CREATE TRIGGER tell_recorded AFTER INSERT ON procurement_return
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION procurement_note_rows_added('return.recorded');

CREATE FUNCTION procurement_note_deliveries_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {SILENT}
    PERFORM procurement_tell(
        array_agg('delivery.updated'::text), array_agg(l.order_id), array_agg(a.manufacturer_id))
    FROM after_it a
    JOIN before_it b ON b.id = a.id AND b.recorded_at = a.recorded_at
    JOIN procurement_orderline l ON l.id = a.line_id AND l.ordered_at = a.ordered_at
    WHERE (a.packs, a.shipped_at, a.delivered_at, a.lot_no, a.expires_on, a.note_no, a.invoice_no)
          IS DISTINCT FROM
          (b.packs, b.shipped_at, b.delivered_at, b.lot_no, b.expires_on, b.note_no, b.invoice_no);
    RETURN NULL;
END $body$;
CREATE TRIGGER tell_changed AFTER UPDATE ON procurement_delivery
    REFERENCING OLD TABLE AS before_it NEW TABLE AS after_it
    FOR EACH STATEMENT EXECUTE FUNCTION procurement_note_deliveries_changed();
"""

BACKWARDS = """
DROP FUNCTION procurement_note_deliveries_changed() CASCADE;
DROP FUNCTION procurement_note_rows_added() CASCADE;
DROP FUNCTION procurement_note_orders_answered() CASCADE;
DROP FUNCTION procurement_note_orders_sent() CASCADE;
DROP FUNCTION procurement_tell(text[], bigint[], bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("procurement", "0004_recalls"), ("inbox", "0008_note_offices")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
