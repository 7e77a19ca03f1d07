"""Doubts about mappings: what of product, list or hospital no longer fits, found set-based.

Called after every write to a list, for products that changed (`review_products`), and daily for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef
from django.urls import reverse

from catalog.models import HospitalItem
from catalog.rules.hospital_item import KEEPERS
from core.operations import operation
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation

TASK_TYPE = "hospital_catalogue"
ACT = "check_hospital_items"
AT_ONCE = 25

PLAIN = (
    "regexp_replace(translate(lower(normalize({0}, NFKC)), '×*·', 'xx.'), '[\\s,;，；]', '', 'g')"
)
"""A specification for comparison: widths, signs of 'times' and blanks do not count."""

FOUND = f"""
CREATE TEMP TABLE reviewed ON COMMIT DROP AS
WITH own AS MATERIALIZED (
    SELECT m.id, m.item_id, h.institution_id, h.name, h.standing, m.doubts AS before, m.confirmed,
           p.code <> m.product_code AS code_changed,
           NOT EXISTS (SELECT FROM catalog_listing l
                       WHERE l.product_id = p.id AND l.state <> 'withdrawn') AS withdrawn,
           (p.specification, p.base_units_per_pack)
               IS DISTINCT FROM (m.product_specification, m.product_base_units) AS product_changed,
           h.specification <> '' AND p.specification <> ''
               AND position({PLAIN.format("p.specification")} IN {PLAIN.format("h.specification")}) = 0
               AND position({PLAIN.format("h.specification")} IN {PLAIN.format("p.specification")}) = 0
               AS specification,
           min(m.units_per_pack) OVER one <> max(m.units_per_pack) OVER one AS factor,
           h.name <> p.name AS other_name
    FROM catalog_itemmapping m
    JOIN catalog_hospitalitem h ON h.id = m.item_id
    JOIN catalog_product p ON p.id = m.product_id
    WHERE m.valid_to IS NULL AND NOT h.is_stopped AND {{where}}
    WINDOW one AS (PARTITION BY h.institution_id, m.product_id)
), namesakes AS (
    SELECT DISTINCT q.name FROM catalog_product q JOIN own ON own.name = q.name AND own.other_name
)
SELECT own.id, own.item_id, own.institution_id, own.standing, own.before,
       ARRAY(SELECT said FROM unnest(ARRAY[
           CASE WHEN code_changed THEN 'code_changed' END,
           CASE WHEN withdrawn THEN 'withdrawn' END,
           CASE WHEN product_changed THEN 'product_changed' END,
           CASE WHEN specification THEN 'specification' END,
           CASE WHEN factor THEN 'factor' END,
           CASE WHEN other_name AND namesakes.name IS NOT NULL THEN 'similar' END
       ]) AS said WHERE said IS NOT NULL AND NOT said = ANY (own.confirmed))::varchar[] AS now
FROM own LEFT JOIN namesakes ON namesakes.name = own.name
"""

TELL_MAPPINGS = """
UPDATE catalog_itemmapping m SET doubts = r.now
FROM reviewed r WHERE m.id = r.id AND m.doubts IS DISTINCT FROM r.now
"""

TELL_ITEMS = """
UPDATE catalog_hospitalitem h
SET standing = CASE WHEN r.now = '{}' THEN 'mapped' ELSE 'doubtful' END
FROM reviewed r
WHERE h.id = r.item_id
  AND h.standing <> CASE WHEN r.now = '{}' THEN 'mapped' ELSE 'doubtful' END
"""


@operation
def review_products(*, product_ids: Sequence[int], at: datetime) -> int:
    """For whoever changes a product's code, specification, conversion or listing: which mappings of
    all hospitals became doubtful. Returns how many hospitals were told."""
    return review_doubts(product_ids=product_ids, at=at)


@operation
def review_doubts(
    *,
    at: datetime,
    institution_ids: Sequence[int] | None = None,
    product_ids: Sequence[int] | None = None,
) -> int:
    """Review the open mappings of these hospitals, to these products, or both at once.

    Four statements whatever their number; the hospitals' 待办 opens with the first doubtful item and
    is finished with the last. Returns how many hospitals have doubtful items among those reviewed.
    """
    where, values = ["true"], []
    if institution_ids is not None:
        where.append("h.institution_id = ANY (%s)")
        values.append(list(institution_ids))
    if product_ids is not None:
        where.append("m.product_id = ANY (%s)")
        values.append(list(product_ids))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS reviewed")
        cursor.execute(FOUND.replace("{where}", " AND ".join(where)), values)
        cursor.execute(TELL_MAPPINGS)
        cursor.execute(TELL_ITEMS)
        cursor.execute("SELECT DISTINCT institution_id FROM reviewed WHERE now <> before")
        moved = {row[0] for row in cursor.fetchall()} | set(institution_ids or ())
        cursor.execute(
            "SELECT institution_id, count(*) FROM catalog_hospitalitem"
            " WHERE institution_id = ANY (%s) AND standing = 'doubtful' GROUP BY 1",
            [sorted(moved)],
        )
        doubtful = dict(cursor.fetchall())
    _tell(sorted(moved), doubtful, at)
    return len(doubtful)


@operation
def review_everywhere(*, at: datetime, progress: Callable[[int, int, str], None]) -> int:
    """All hospitals that have a list, some at a time; returns how many have doubtful items."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.INSTITUTION)
    listed = HospitalItem.objects.filter(institution=OuterRef("pk"))
    ids = list(rows.filter(Exists(listed)).order_by("pk").values_list("pk", flat=True))
    doubtful = 0
    for start in range(0, len(ids), AT_ONCE):
        progress(start, len(ids), "核对院内目录")
        doubtful += review_doubts(institution_ids=ids[start : start + AT_ONCE], at=at)
    return doubtful


def _tell(institution_ids: Sequence[int], doubtful: dict[int, int], at: datetime) -> None:
    if not institution_ids:
        return
    rows = Organisation.objects.filter(pk__in=institution_ids)
    codes = dict(rows.values_list("pk", "code"))
    url = f"{reverse('hospital-item-list')}?standing=doubtful"
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=pk, act=ACT,
                title="院内目录有对照存疑：产品变更、撤网或换算不一致，请核对",
                object_type=TASK_TYPE, object_key=codes[pk], url=url, roles=KEEPERS,
            )
            for pk in institution_ids
            if pk in doubtful and pk in codes
        ],
        at=at,
    )  # fmt: skip
    clear = [codes[pk] for pk in institution_ids if pk not in doubtful and pk in codes]
    if clear:
        finish_tasks(object_type=TASK_TYPE, object_keys=clear, at=at)
