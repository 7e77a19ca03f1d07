"""What the database itself keeps of relations and of the text of agreements."""

from django.db import migrations

LIMIT = """
CREATE FUNCTION contracts_relation_limit() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    most_at_once integer;
BEGIN
    IF NEW.most = 0 OR NEW.state NOT IN ('pointed', 'accepted', 'ended', 'replaced')
       OR NEW.valid_until = NEW.valid_from THEN
        RETURN NEW;
    END IF;
    -- What held already and now holds on no more days than before was counted when it began.
    IF TG_OP = 'UPDATE' AND OLD.state IN ('pointed', 'accepted', 'ended', 'replaced')
       AND (OLD.product_id, OLD.pool_id, OLD.distributor_id)
           = (NEW.product_id, NEW.pool_id, NEW.distributor_id)
       AND daterange(NEW.valid_from, NEW.valid_until, '[)')
           <@ daterange(OLD.valid_from, OLD.valid_until, '[)') THEN
        RETURN NEW;
    END IF;
    -- Whoever else writes relations of this product and pool waits until this one is decided.
    PERFORM pg_advisory_xact_lock(
        hashtextextended(format('relation:%s:%s', NEW.product_id, NEW.pool_id), 0));
    WITH held AS (
        SELECT r.distributor_id, r.valid_from,
               LEAST(
                   coalesce(r.valid_until, 'infinity'::date),
                   -- One whose replacement waits is counted until the replacement's first day.
                   CASE WHEN r.id = NEW.replaces_id THEN NEW.valid_from
                        ELSE coalesce((SELECT min(n.valid_from) FROM contracts_deliveryrelation n
                                       WHERE n.replaces_id = r.id AND n.state = 'pointed'),
                                      'infinity'::date) END
               ) AS until
        FROM contracts_deliveryrelation r
        WHERE r.product_id = NEW.product_id AND r.pool_id = NEW.pool_id AND r.id <> NEW.id
          AND r.distributor_id <> NEW.distributor_id
          AND r.state IN ('pointed', 'accepted', 'ended', 'replaced')
    ), points AS (
        SELECT NEW.valid_from AS day
        UNION
        SELECT h.valid_from FROM held h
        WHERE h.valid_from > NEW.valid_from
          AND h.valid_from < coalesce(NEW.valid_until, 'infinity'::date)
    )
    SELECT max(others) INTO most_at_once
    FROM (SELECT count(DISTINCT h.distributor_id) AS others
          FROM points p JOIN held h ON h.valid_from <= p.day AND h.until > p.day
          GROUP BY p.day) counted;
    IF coalesce(most_at_once, 0) + 1 > NEW.most THEN
        RAISE EXCEPTION 'more than % distributors of product % in pool %',
            NEW.most, NEW.product_id, NEW.pool_id
            USING ERRCODE = '23P01', CONSTRAINT = 'relation_limit';
    END IF;
    RETURN NEW;
END
$body$;
CREATE TRIGGER relation_limit
BEFORE INSERT OR UPDATE OF state, valid_from, valid_until, product_id, pool_id, distributor_id
ON contracts_deliveryrelation
FOR EACH ROW EXECUTE FUNCTION contracts_relation_limit();
"""
FROZEN = """
CREATE FUNCTION contracts_frozen_items() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN contracts_agreementsignature s
               ON s.agreement_id = n.agreement_id) THEN
        RAISE EXCEPTION 'the text of a signed agreement does not change'
            USING ERRCODE = '23514', CONSTRAINT = 'agreement_items_frozen';
    END IF;
    RETURN NULL;
END
$body$;
CREATE TRIGGER agreement_items_frozen AFTER INSERT ON contracts_agreementitem
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION contracts_frozen_items();
CREATE FUNCTION contracts_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END
$body$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON contracts_agreementitem
FOR EACH STATEMENT EXECUTE FUNCTION contracts_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON contracts_agreementsignature
FOR EACH STATEMENT EXECUTE FUNCTION contracts_append_only();
"""
DROP = """
DROP TRIGGER append_only ON contracts_agreementsignature;
DROP TRIGGER append_only ON contracts_agreementitem;
DROP TRIGGER agreement_items_frozen ON contracts_agreementitem;
DROP TRIGGER relation_limit ON contracts_deliveryrelation;
DROP FUNCTION contracts_append_only();
DROP FUNCTION contracts_frozen_items();
DROP FUNCTION contracts_relation_limit();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_agreements_and_relations")]

    operations = [migrations.RunSQL(LIMIT + FROZEN, DROP)]
