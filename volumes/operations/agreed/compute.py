"""Compute a round: every confirmed figure × ratio, allotted by formulas/agreed.py, written set-based.

One pass over the units in steps of UNITS: a fixed number of statements per step, whatever the number
of groups. What was published stays and wins. Run again it gives the same rows.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection
from django.db.backends.utils import CursorWrapper

from catalog.models import AgreementYear
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import TransitionRefused
from volumes.formulas.agreed import Candidate, agreed_quantity, allot, ratio_of
from volumes.models import AgreedRound
from volumes.queries.agreed import Offer, enterprises_by_group, offers_of
from volumes.rules.unbound import bound_to_products
from volumes.states.agreed import CLAUSE, PROVINCE, ROUND_MACHINE, AgreedBasis

UNITS = 100

LINES = """
SELECT v.institution_id, o.level, v.county_id, v.city_id, v.province_id, v.pool_id, v.group_id,
       v.reported_qty, v.id
FROM volumes_volumereportline v
JOIN organisations_organisation o ON o.id = v.institution_id
WHERE v.batch_id = %(batch)s AND v.year_no = %(year)s AND v.province_id = %(province)s
  AND v.status = 'approved' AND v.institution_id = ANY (%(units)s)
ORDER BY v.institution_id, v.group_id
"""
SPLITS = """
SELECT s.line_id, s.manufacturer_id, s.quantity FROM volumes_reportlinesplit s
JOIN volumes_volumereportline v ON v.id = s.line_id
WHERE v.batch_id = %(batch)s AND v.year_no = %(year)s AND v.institution_id = ANY (%(units)s)
"""
CHOICES = """
SELECT institution_id, group_id, product_id, share FROM volumes_allotmentchoice
WHERE round_id = %(round)s AND institution_id = ANY (%(units)s)
"""
STAGE = """
CREATE TEMP TABLE staged_quantity (
    institution_id bigint, county_id bigint, city_id bigint, province_id bigint, pool_id bigint,
    group_id bigint, reported_qty numeric, enterprises int, ratio numeric, computed_qty numeric,
    unplaced_qty numeric, basis text
) ON COMMIT DROP;
CREATE TEMP TABLE staged_share (
    institution_id bigint, group_id bigint, product_id bigint, manufacturer_id bigint,
    computed_qty numeric, price numeric
) ON COMMIT DROP
"""
# What is no longer reported, and was never published, goes; so do its parts.
FORGET_SHARES = """
DELETE FROM volumes_agreedshare s USING volumes_agreedquantity q
WHERE q.id = s.quantity_id AND q.round_id = %(round)s AND s.published_qty IS NULL
"""
FORGET = """
DELETE FROM volumes_agreedquantity q
WHERE q.round_id = %(round)s AND q.published_qty IS NULL
  AND NOT EXISTS (SELECT FROM staged_quantity n
                  WHERE n.institution_id = q.institution_id AND n.group_id = q.group_id)
"""
UPSERT = """
INSERT INTO volumes_agreedquantity AS q
    (round_id, institution_id, county_id, city_id, province_id, pool_id, group_id, reported_qty,
     enterprises, ratio, computed_qty, published_qty, agreed_qty, unplaced_qty, basis)
SELECT %(round)s, institution_id, county_id, city_id, province_id, pool_id, group_id, reported_qty,
       enterprises, ratio, computed_qty, NULL, computed_qty, unplaced_qty, basis
FROM staged_quantity
ON CONFLICT (round_id, institution_id, group_id) DO UPDATE SET
    reported_qty = excluded.reported_qty, enterprises = excluded.enterprises,
    ratio = excluded.ratio, computed_qty = excluded.computed_qty,
    agreed_qty = COALESCE(q.published_qty, excluded.computed_qty),
    unplaced_qty = CASE WHEN q.published_qty IS NULL THEN excluded.unplaced_qty ELSE 0 END,
    basis = CASE WHEN q.published_qty IS NULL THEN excluded.basis ELSE 'published' END
"""
# Where something of a group was published, its published parts are all that holds.
UPSERT_SHARES = """
INSERT INTO volumes_agreedshare AS s
    (quantity_id, institution_id, county_id, city_id, province_id, pool_id, product_id,
     manufacturer_id, computed_qty, published_qty, agreed_qty, price)
SELECT q.id, q.institution_id, q.county_id, q.city_id, q.province_id, q.pool_id, n.product_id,
       n.manufacturer_id, n.computed_qty, NULL,
       CASE WHEN q.published_qty IS NULL THEN n.computed_qty ELSE 0 END, n.price
FROM staged_share n
JOIN volumes_agreedquantity q
  ON q.round_id = %(round)s AND q.institution_id = n.institution_id AND q.group_id = n.group_id
ON CONFLICT (quantity_id, product_id) DO UPDATE SET
    computed_qty = excluded.computed_qty, price = excluded.price,
    agreed_qty = COALESCE(s.published_qty, excluded.agreed_qty)
"""


class Listener(Protocol):
    """Whoever wants to know how far it is."""

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None: ...


@dataclass(frozen=True)
class Computed:
    units: int
    quantities: int
    shares: int


@operation
def compute_round(*, row: AgreedRound, by: Actor, at: datetime, listener: Listener) -> Computed:
    """All or nothing; raises TransitionRefused for a round that is confirmed by now."""
    held = (
        AgreedRound.objects.select_for_update(of=("self",)).select_related("batch").get(pk=row.pk)
    )
    if held.state == AgreedRound.State.CONFIRMED:
        raise TransitionRefused("约定采购量已经确认，不能再测算", CLAUSE)
    year = AgreementYear.objects.get(batch_id=held.batch_id, year_no=held.year_no)
    offers = offers_of(held.batch, year)
    ratios = tuple(Decimal(part) for part in held.ratios.split("/"))
    numbers = enterprises_by_group(offers)
    supply = _by_region(offers)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged_quantity, pg_temp.staged_share")
        cursor.execute(STAGE)
        units = _units(cursor, held)
        quantities = shares = 0
        for done in range(0, len(units), UNITS):
            step = units[done : done + UNITS]
            listener.progress(done, len(units), "测算约定采购量")
            made = _step(cursor, held, step, supply, numbers, ratios)
            quantities, shares = quantities + made[0], shares + made[1]
        listener.progress(len(units), len(units), "写入")
        cursor.execute("ANALYZE staged_quantity; ANALYZE staged_share")
        for sql in (FORGET_SHARES, FORGET, UPSERT, UPSERT_SHARES):
            cursor.execute(sql, {"round": held.pk})
    held.computed_at = at
    held.save(update_fields=["computed_at"])
    ROUND_MACHINE.perform(
        verb="compute", obj=held, by=by, at=at, standings=lambda each: frozenset({PROVINCE})
    )
    record(
        by=by, at=at, action="agreed_round.computed", object_type=ROUND_MACHINE.name,
        object_key=held.pk, object_label=str(held), clause=CLAUSE,
        detail={"units": len(units), "quantities": quantities, "shares": shares},
    )  # fmt: skip
    return Computed(len(units), quantities, shares)


Supply = Mapping[int | None, Mapping[int, Mapping[int, Offer]]]


def _by_region(offers: Sequence[Offer]) -> Supply:
    """Region → group → product → offer."""
    found: dict[int | None, dict[int, dict[int, Offer]]] = defaultdict(lambda: defaultdict(dict))
    for each in offers:
        found[each.region_id][each.group_id][each.product_id] = each
    return found


def _units(cursor: CursorWrapper, held: AgreedRound) -> list[int]:
    cursor.execute(
        """
        SELECT DISTINCT institution_id FROM volumes_volumereportline
        WHERE batch_id = %s AND year_no = %s AND province_id = %s AND status = 'approved'
        ORDER BY 1
        """,
        [held.batch_id, held.year_no, held.province_id],
    )
    return [unit for (unit,) in cursor.fetchall()]


def _step(
    cursor: CursorWrapper,
    held: AgreedRound,
    units: Sequence[int],
    supply: Supply,
    numbers: Mapping[int, int],
    ratios: Sequence[Decimal],
) -> tuple[int, int]:
    given = {
        "batch": held.batch_id, "year": held.year_no, "province": held.province_id,
        "units": list(units), "round": held.pk,
    }  # fmt: skip
    splits: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for line, maker, quantity in _rows(cursor, SPLITS, given):
        splits[line][maker] = quantity
    choices: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for unit, group, product, share in _rows(cursor, CHOICES, given):
        choices[unit, group][product] = share
    quantities: list[tuple[Any, ...]] = []
    shares: list[tuple[Any, ...]] = []
    for unit, level, county, city, province, pool, group, reported, line in _rows(
        cursor, LINES, given
    ):
        here = {**supply[province].get(group, {}), **supply[city].get(group, {})}
        stamps = (unit, county, city, province, pool, group, reported)
        number = numbers.get(group, 0)
        if not here or not number:
            quantities.append((*stamps, number, 0, 0, 0, AgreedBasis.NONE))
            continue
        ratio = ratio_of(ratios, number)
        agreed = agreed_quantity(reported, ratio)
        if not bound_to_products(level, held.unbound_levels, held.unbound_clause):
            quantities.append((*stamps, number, ratio, agreed, 0, AgreedBasis.UNBOUND))
            continue
        basis, weights = _weights(here, choices.get((unit, group), {}), splits.get(line, {}))
        parts = allot(
            agreed,
            [Candidate(each.code, each.pack, weights[pk]) for pk, each in here.items()],
        )
        quantities.append((*stamps, number, ratio, agreed, parts.unplaced, basis))
        by_code = {each.code: each for each in here.values()}
        for part in parts.parts:
            offer = by_code[part.code]
            shares.append(
                (unit, group, offer.product_id, offer.manufacturer_id, part.quantity, offer.price)
            )
    _copy(cursor, "staged_quantity", quantities)
    _copy(cursor, "staged_share", shares)
    return len(quantities), len(shares)


def _weights(
    here: Mapping[int, Offer], chosen: Mapping[int, int], split: Mapping[int, Decimal]
) -> tuple[AgreedBasis, dict[int, Decimal]]:
    """The institution's shares, else what it reported by 厂牌, else equal parts.

    A choice of products that are not supplied here any more counts no longer; a 厂牌's quantity is
    shared equally by its products.
    """
    own = {pk: Decimal(share) for pk, share in chosen.items() if pk in here}
    if own:
        return AgreedBasis.CHOICE, {pk: own.get(pk, Decimal(0)) for pk in here}
    makers: dict[int, int] = defaultdict(int)
    for each in here.values():
        makers[each.manufacturer_id] += 1
    by_maker = {
        pk: split.get(each.manufacturer_id, Decimal(0)) / makers[each.manufacturer_id]
        for pk, each in here.items()
    }
    if any(by_maker.values()):
        return AgreedBasis.SPLIT, by_maker
    return AgreedBasis.EQUAL, dict.fromkeys(here, Decimal(1))


def _rows(cursor: CursorWrapper, sql: str, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    cursor.execute(sql, given)
    return iter(cursor.fetchall())


def _copy(cursor: CursorWrapper, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Into a temporary table by COPY; empty cells are NULL."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    cursor.copy_expert(f"COPY {table} FROM STDIN WITH (FORMAT csv)", text)
