"""红黄标: the province's multiples, and the marks computed from them in sets (S0-二(六)a)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from catalog.models import Group, PriceMultiple, Product, ReferenceProduct
from catalog.operations.maximum_prices import require_officer
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from organisations.queries.scope import Scope

MAX_MULTIPLE = Decimal("1000")


@operation
def set_price_multiple(
    *,
    name: str,
    reference: str,
    yellow: Decimal | None,
    red: Decimal | None,
    valid_from: date,
    clause: str,
    by: Actor,
    scope: Scope,
    at: datetime,
    category: str = "",
    quality: str = PriceMultiple.Quality.ANY,
) -> PriceMultiple:
    """A line of the table from `valid_from` on; the marks follow with the next computation.

    Raises NotYours, or MissingInput naming the field.
    """
    require_officer(scope)
    if not name.strip():
        raise MissingInput("name", "请填写名称，例如“化学药，最低挂网价”")
    if reference not in PriceMultiple.Reference.values:
        raise MissingInput("reference", "请选择参照价")
    if quality not in PriceMultiple.Quality.values:
        raise MissingInput("quality", "请选择适用质量层次")
    if category not in ("", "drug", "consumable"):
        raise MissingInput("category", "类别为药品、耗材或不限")
    if yellow is None and red is None:
        raise MissingInput("yellow", "黄标倍数和红标倍数至少填一项")
    for field, multiple in (("yellow", yellow), ("red", red)):
        if multiple is not None and not (multiple.is_finite() and 0 < multiple <= MAX_MULTIPLE):
            raise MissingInput(field, "倍数应大于 0，不超过 1000")
        if multiple is not None and multiple != multiple.quantize(Decimal("0.0001")):
            raise MissingInput(field, "倍数最多四位小数")
    if yellow is not None and red is not None and red <= yellow:
        raise MissingInput("red", "红标倍数应大于黄标倍数")
    if valid_from < timezone.localdate(at):
        raise MissingInput("valid_from", "起始日不能早于今天")
    if not clause.strip():
        raise MissingInput("clause", "请填写依据的条款或文件", "S0-二(六)a")
    row = PriceMultiple.objects.create(
        name=name.strip(), reference=reference, category=category, quality=quality, yellow=yellow,
        red=red, valid_from=valid_from, clause=clause.strip(), set_at=at,
        set_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="price_multiple.set", object_type="price_multiple", object_key=row.pk,
        object_label=row.name, clause=row.clause,
        detail={"reference": reference, "yellow": str(yellow), "red": str(red),
                "category": category, "quality": quality, "valid_from": f"{valid_from}"},
    )  # fmt: skip
    return row


@operation
def end_price_multiple(
    *, row: PriceMultiple, by: Actor, scope: Scope, at: datetime
) -> PriceMultiple:
    """The line ends with today, which it does not count; marks that it gave end with it."""
    require_officer(scope)
    held = PriceMultiple.objects.select_for_update().get(pk=row.pk)
    today = timezone.localdate(at)
    if held.valid_to is not None and held.valid_to <= today:
        raise TransitionRefused("这一条已经结束")
    held.valid_to = max(today, held.valid_from)
    held.save(update_fields=["valid_to"])
    record(
        by=by, at=at, action="price_multiple.end", object_type="price_multiple",
        object_key=held.pk, object_label=held.name, clause=held.clause,
        detail={"valid_to": f"{held.valid_to}"},
    )  # fmt: skip
    return held


@operation
def set_reference_product(
    *, group: Group, product: Product, clause: str, by: Actor, scope: Scope, at: datetime
) -> ReferenceProduct:
    """Name the group's 参比制剂; another one takes its place."""
    require_officer(scope)
    if product.group_id != group.pk:
        raise MissingInput("product", "参比制剂应是本品种的产品")
    if not clause.strip():
        raise MissingInput("clause", "请填写依据，例如参比制剂目录的批次")
    row, _ = ReferenceProduct.objects.update_or_create(
        group=group,
        defaults={"product": product, "clause": clause.strip(), "set_at": at,
                  "set_by_name": by.audit_name},
    )  # fmt: skip
    record(
        by=by, at=at, action="reference_product.set", object_type="group", object_key=group.code,
        object_label=str(group), clause=row.clause, detail={"product": product.code},
    )  # fmt: skip
    return row


# Prices are compared per base unit without dividing: listed × reference's units over multiple ×
# reference's price × own units, so that a price of exactly the multiple is not over it.
_WANTED = """
CREATE TEMP TABLE wanted_mark ON COMMIT DROP AS
WITH open_product AS (
    SELECT p.id, p.group_id, p.category, p.listed_price AS price, p.base_units_per_pack AS units,
           'equal_quality' = ANY(p.tags) AS passed
    FROM catalog_product p JOIN catalog_listing l ON l.product_id = p.id
    WHERE p.group_id IS NOT NULL AND p.listed_price > 0 AND l.state <> 'withdrawn'
), running AS (
    SELECT DISTINCT ON (p.group_id, s.product_id) p.group_id, s.product_id, s.price,
           p.base_units_per_pack AS units
    FROM catalog_selection s
    JOIN catalog_batch b ON b.id = s.batch_id
    JOIN catalog_product p ON p.id = s.product_id
    WHERE s.role = 'selected' AND s.withdrawn_at IS NULL AND b.effective_on <= %(day)s AND b.ends_on >= %(day)s
      AND (s.valid_from IS NULL OR s.valid_from <= %(day)s)
      AND (s.valid_to IS NULL OR s.valid_to >= %(day)s)
    ORDER BY p.group_id, s.product_id, s.price DESC
), reference AS (
    SELECT 'own_selected' AS kind, group_id, product_id AS own_id, product_id, price, units
    FROM running
    UNION ALL
    (SELECT DISTINCT ON (group_id) 'highest_selected', group_id, NULL::bigint, product_id, price,
            units
     FROM running ORDER BY group_id, price / units DESC, product_id)
    UNION ALL
    (SELECT DISTINCT ON (group_id) 'lowest_listed', group_id, NULL::bigint, id, price, units
     FROM open_product ORDER BY group_id, price / units, id)
    UNION ALL
    SELECT 'reference_product', r.group_id, NULL::bigint, p.id, p.listed_price,
           p.base_units_per_pack
    FROM catalog_referenceproduct r JOIN catalog_product p ON p.id = r.product_id
    WHERE p.listed_price > 0
), judged AS (
    SELECT o.id AS product_id, m.id AS multiple_id, o.price / o.units AS unit_price,
           r.price / r.units AS reference_price, r.product_id AS reference_product_id,
           o.price * r.units / (r.price * o.units) AS ratio,
           CASE WHEN o.price * r.units > m.red * r.price * o.units THEN 'red'
                WHEN o.price * r.units > m.yellow * r.price * o.units THEN 'yellow' END AS level,
           m.red, m.yellow
    FROM catalog_pricemultiple m
    JOIN open_product o ON (m.category = '' OR m.category = o.category)
     AND (m.quality = 'any' OR (m.quality = 'passed') = o.passed)
    JOIN reference r ON r.kind = m.reference AND r.group_id = o.group_id
     AND (r.own_id IS NULL OR r.own_id = o.id)
    WHERE m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to > %(day)s)
)
SELECT DISTINCT ON (product_id) product_id, multiple_id, level, round(unit_price, 8) AS unit_price,
       round(reference_price, 8) AS reference_price, reference_product_id,
       round(ratio, 8) AS ratio, CASE level WHEN 'red' THEN red ELSE yellow END AS threshold
FROM judged WHERE level IS NOT NULL
ORDER BY product_id, level, ratio DESC, multiple_id
"""

_SAME = """
UPDATE catalog_pricemark k
SET unit_price = w.unit_price, reference_price = w.reference_price, ratio = w.ratio,
    reference_product_id = w.reference_product_id, threshold = w.threshold,
    multiple_id = w.multiple_id, computed_at = %(at)s
FROM wanted_mark w
WHERE k.product_id = w.product_id AND k.until IS NULL AND k.level = w.level
"""

_END = """
UPDATE catalog_pricemark k SET until = greatest(%(day)s::date, k.since)
WHERE k.until IS NULL AND NOT EXISTS (
    SELECT FROM wanted_mark w WHERE w.product_id = k.product_id AND w.level = k.level)
"""

_BEGIN = """
INSERT INTO catalog_pricemark (product_id, level, multiple_id, unit_price, reference_price,
    reference_product_id, ratio, threshold, since, computed_at)
SELECT product_id, level, multiple_id, unit_price, reference_price, reference_product_id, ratio,
       threshold, %(day)s, %(at)s
FROM wanted_mark w
WHERE NOT EXISTS (
    SELECT FROM catalog_pricemark k WHERE k.product_id = w.product_id AND k.until IS NULL)
ORDER BY product_id
"""


@operation
def compute_marks(*, by: Actor, at: datetime) -> dict[str, int]:
    """Bring every mark up to today's prices and multiples; how many began, ended and stayed.

    Of several lines that mark a product the worst holds. A product's mark keeps its first day
    while its level stays, and its figures are the newest.
    """
    given = {"day": timezone.localdate(at), "at": at}
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog_price_marks'))")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.wanted_mark")
        cursor.execute(_WANTED, given)
        for word, statement in (("stayed", _SAME), ("ended", _END), ("began", _BEGIN)):
            cursor.execute(statement, given)
            counts[word] = cursor.rowcount
    if counts["began"] or counts["ended"]:
        record(
            by=by, at=at, action="price_mark.compute", object_type="price_mark",
            object_key=f"{given['day']}", detail=counts,
        )  # fmt: skip
    return counts
