"""Write heads, frozen texts and lines of many agreements in one pass of set-based SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from catalog.models import AgreementYear
from contracts.queries.agreements import ITEMS, TEXT
from contracts.rules.agreement import sign_by
from core.audit.record import Actor

STAGE = """
DROP TABLE IF EXISTS staged_text, staged_head, staged_item;
CREATE TEMP TABLE staged_text (
    agreement_no text NOT NULL, version smallint NOT NULL, institution_id bigint NOT NULL,
    manufacturer_id bigint NOT NULL, distributor_id bigint NOT NULL, product_id bigint NOT NULL,
    agreed_qty numeric(18, 4) NOT NULL, price numeric(18, 4) NOT NULL, supersedes_id bigint,
    change_reason text NOT NULL, explanation text NOT NULL
) ON COMMIT DROP;
"""

# What was just filled has no statistics: without ANALYZE a join of 90,000 rows goes row by row.
HEADS = """
ANALYZE staged_text;
CREATE TEMP TABLE staged_head ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('contracts_agreement', 'id')) AS id, k.*,
       CASE r.level WHEN 'county' THEN r.id END AS county_id,
       CASE r.level WHEN 'city' THEN r.id
                    WHEN 'county' THEN CASE u.level WHEN 'city' THEN u.id END END AS city_id,
       CASE r.level WHEN 'province' THEN r.id WHEN 'city' THEN u.id
                    ELSE CASE u.level WHEN 'province' THEN u.id ELSE u.parent_id END
       END AS province_id,
       i.pool_id
FROM (SELECT agreement_no AS given_no, version, institution_id, manufacturer_id, distributor_id,
             supersedes_id, max(change_reason) AS change_reason, max(explanation) AS explanation
      FROM staged_text
      GROUP BY 1, 2, 3, 4, 5, 6
      ORDER BY 3, 4, 5) k
JOIN organisations_organisation i ON i.id = k.institution_id
JOIN organisations_region r ON r.id = i.region_id
LEFT JOIN organisations_region u ON u.id = r.parent_id;
ALTER TABLE staged_head ADD COLUMN agreement_no text;
UPDATE staged_head SET agreement_no = CASE
    WHEN given_no <> '' THEN given_no
    ELSE concat('XY', (SELECT code FROM catalog_batch WHERE id = %(batch)s), '-', %(year)s, '-', id)
END;
CREATE TEMP TABLE staged_item ON COMMIT DROP AS
SELECT s.id AS head, p.id AS product_id, t.agreed_qty, t.price,
       row_number() OVER (PARTITION BY s.id ORDER BY p.code)::int AS line_no
FROM staged_head s
JOIN staged_text t ON t.agreement_no = s.given_no AND t.version = s.version
    AND t.institution_id = s.institution_id AND t.manufacturer_id = s.manufacturer_id
    AND t.distributor_id = s.distributor_id
JOIN catalog_product p ON p.id = t.product_id;
ANALYZE staged_head, staged_item;
"""

AGREEMENTS = f"""
WITH texts AS (
    SELECT x.head, {ITEMS.format(x="x")} AS items
    FROM staged_item x JOIN catalog_product p ON p.id = x.product_id
    GROUP BY x.head
)
INSERT INTO contracts_agreement
    (id, agreement_no, version, batch_id, year_no, starts_on, ends_on, sign_by, basis,
     supersedes_id, change_reason, explanation, text_digest, refusal_reason, refused_party,
     ending_reason, made_at, made_by_id, made_by_name, state, state_at, state_by_id,
     state_by_name, row_version, institution_id, manufacturer_id, distributor_id, county_id,
     city_id, province_id, pool_id, institution_signed_at, manufacturer_signed_at,
     distributor_signed_at)
SELECT h.id, h.agreement_no, h.version, b.id, h.year_no, h.starts_on, h.ends_on, %(sign_by)s,
       %(basis)s, h.supersedes_id, h.change_reason, h.explanation,
       {TEXT.format(h="h", items="x.items")}, '', '', '', %(at)s, %(by_id)s, %(by_name)s,
       CASE WHEN %(signed)s THEN 'in_force' ELSE 'unsigned' END,
       coalesce(greatest(l.institution, l.manufacturer, l.distributor), %(at)s),
       %(by_id)s, %(by_name)s, 1, h.institution_id, h.manufacturer_id, h.distributor_id,
       h.county_id, h.city_id, h.province_id, h.pool_id, l.institution, l.manufacturer,
       l.distributor
FROM (SELECT s.*, %(year)s::smallint AS year_no, %(starts)s::date AS starts_on,
             %(ends)s::date AS ends_on FROM staged_head s) h
JOIN texts x ON x.head = h.id
JOIN catalog_batch b ON b.id = %(batch)s
JOIN organisations_organisation i ON i.id = h.institution_id
JOIN organisations_organisation m ON m.id = h.manufacturer_id
JOIN organisations_organisation d ON d.id = h.distributor_id
CROSS JOIN LATERAL (
    SELECT max(x.institution_signed_at) AS institution,
           max(x.manufacturer_signed_at) AS manufacturer,
           max(x.distributor_signed_at) AS distributor
    FROM contracts_agreementline x
    WHERE %(signed)s AND x.agreement_no = h.agreement_no
) l;
"""

# A statement of its own: its foreign keys and its trigger see the heads.
ITEM_ROWS = """
INSERT INTO contracts_agreementitem (agreement_id, line_no, product_id, agreed_qty, price)
SELECT head, line_no, product_id, agreed_qty, price FROM staged_item ORDER BY head, line_no;
"""

LINES = """
INSERT INTO contracts_agreementline
    (agreement_id, agreement_no, batch_id, year_no, product_id, agreed_qty, price, manufacturer_id,
     distributor_id, institution_id, county_id, city_id, province_id, pool_id)
SELECT s.id, s.agreement_no, %(batch)s, %(year)s, x.product_id, x.agreed_qty, x.price,
       s.manufacturer_id, s.distributor_id, s.institution_id, s.county_id, s.city_id,
       s.province_id, s.pool_id
FROM staged_head s
JOIN staged_item x ON x.head = s.id
"""

ADOPT = """
UPDATE contracts_agreementline l SET agreement_id = s.id
FROM staged_head s
WHERE l.agreement_no = s.agreement_no AND l.agreement_id IS NULL
"""


@dataclass(frozen=True)
class TextRow:
    """One product of one version; ids. `agreement_no` empty: a new number is given."""

    institution: int
    manufacturer: int
    distributor: int
    product: int
    agreed_qty: Decimal
    price: Decimal
    agreement_no: str = ""
    version: int = 1
    supersedes: int | None = None
    change_reason: str = ""
    explanation: str = ""


def stage(rows: Iterable[TextRow]) -> None:
    """Put the texts into the temporary table that `write_staged` reads."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        execute_values(
            cursor.cursor,
            "INSERT INTO staged_text VALUES %s",
            [
                (
                    row.agreement_no, row.version, row.institution, row.manufacturer,
                    row.distributor, row.product, row.agreed_qty, row.price, row.supersedes,
                    row.change_reason, row.explanation,
                )
                for row in rows
            ],
            page_size=5_000,
        )  # fmt: skip


def write_staged(
    *, year: AgreementYear, basis: str, lines: str, by: Actor, at: datetime, signed: bool = False
) -> list[int]:
    """Write what was staged; gives the ids of the heads. `lines`: "new", "adopt" or "" (later).

    `signed`: all lines of these numbers bear three times, so their heads are in force. A constant number of statements, whatever the number of agreements.
    """
    values: dict[str, Any] = {
        "batch": year.batch_id, "year": year.year_no, "starts": year.starts_on,
        "ends": year.ends_on, "sign_by": sign_by(year.starts_on), "basis": basis, "at": at,
        "by_id": by.audit_id, "by_name": by.audit_name, "signed": signed,
    }  # fmt: skip
    with connection.cursor() as cursor:
        # The history's trigger catches an error in every row, and every caught error walks through
        # all deferred checks of the transaction: left deferred, 90,000 lines take hours.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(HEADS, values)
        cursor.execute(AGREEMENTS, values)
        cursor.execute(ITEM_ROWS)
        if lines:
            cursor.execute({"new": LINES, "adopt": ADOPT}[lines], values)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT id FROM staged_head ORDER BY id")
        return [int(row[0]) for row in cursor.fetchall()]


def number_of(ids: Sequence[int]) -> str:
    """How the trail names many agreements at once."""
    return f"{len(ids):,} 份协议"
