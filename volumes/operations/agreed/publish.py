"""Published quantities from a workbook: read, checked by cell, written whole; they win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from catalog.models import AgreementYear, Product
from catalog.operations.table_upload import CellProblem, TableRefused
from core.audit.record import record
from core.numbers.plain import typed_number
from core.operations import operation
from core.transitions import NotYours, TransitionRefused
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from volumes.models import AgreedRound
from volumes.operations.agreed.rounds import OBJECT_TYPE
from volumes.queries.agreed import offers_of, opens_rounds
from volumes.queries.places import PLACES
from volumes.states.agreed import CLAUSE

HEADINGS = ("医疗机构代码", "国家医保编码", "公布约定量")
REMEDIES = (
    "填平台的医疗机构代码；医共体填牵头机构",
    "填本批次在该机构供应地区中选的产品编码",
    "填该品种计量单位的数量，不是包装数；0 表示没有，最多四位小数",
)
MOST_ROWS = 200_000
MOST_QTY = Decimal(10) ** 14

WRITE = """
INSERT INTO volumes_agreedquantity AS q
    (round_id, institution_id, county_id, city_id, province_id, pool_id, group_id, reported_qty,
     enterprises, ratio, computed_qty, published_qty, agreed_qty, unplaced_qty, basis)
SELECT %(round)s, n.institution_id, r.county_id, r.city_id, r.province_id, o.pool_id, p.group_id,
       0, 0, 0, 0, sum(n.quantity), sum(n.quantity), 0, 'published'
FROM staged_published n
JOIN catalog_product p ON p.id = n.product_id
JOIN organisations_organisation o ON o.id = n.institution_id
JOIN ({places}) r ON r.region_id = o.region_id
GROUP BY n.institution_id, r.county_id, r.city_id, r.province_id, o.pool_id, p.group_id
ON CONFLICT (round_id, institution_id, group_id) DO UPDATE SET
    published_qty = excluded.published_qty, agreed_qty = excluded.agreed_qty, unplaced_qty = 0,
    basis = 'published'
"""
WRITE_SHARES = """
INSERT INTO volumes_agreedshare AS s
    (quantity_id, institution_id, county_id, city_id, province_id, pool_id, product_id,
     manufacturer_id, computed_qty, published_qty, agreed_qty, price)
SELECT q.id, q.institution_id, q.county_id, q.city_id, q.province_id, q.pool_id, p.id,
       p.manufacturer_id, 0, n.quantity, n.quantity, n.price
FROM staged_published n
JOIN catalog_product p ON p.id = n.product_id
JOIN volumes_agreedquantity q
  ON q.round_id = %(round)s AND q.institution_id = n.institution_id AND q.group_id = p.group_id
ON CONFLICT (quantity_id, product_id) DO UPDATE SET
    published_qty = excluded.published_qty, agreed_qty = excluded.agreed_qty
"""
# Of a group that was published now, what was computed or published before for other products ends.
ZERO_OTHERS = """
UPDATE volumes_agreedshare s
SET agreed_qty = 0, published_qty = CASE WHEN s.published_qty IS NULL THEN NULL ELSE 0 END
FROM volumes_agreedquantity q
WHERE q.id = s.quantity_id AND q.round_id = %(round)s
  AND (q.institution_id, q.group_id) IN (
      SELECT n.institution_id, p.group_id FROM staged_published n
      JOIN catalog_product p ON p.id = n.product_id)
  AND NOT EXISTS (SELECT FROM staged_published n
                  WHERE n.institution_id = q.institution_id AND n.product_id = s.product_id)
"""


@dataclass(frozen=True)
class PublishedRow:
    """One row of the file that could be read; ids, base units."""

    line: int
    institution_id: int
    product_id: int
    quantity: Decimal
    price: Decimal


def read_published(row: AgreedRound, sheet: Sequence[Sequence[str]]) -> list[PublishedRow]:
    """Every row, or TableRefused with every mistake by row and column. Writes nothing."""
    body = _body(sheet)
    units = dict(
        Organisation.objects.filter(
            kind="institution", code__in={cells[0] for _, cells in body},
            region__in=_region_ids(row.province_id),
        ).values_list("code", "pk")
    )  # fmt: skip
    goods = dict(
        Product.objects.filter(code__in={cells[1] for _, cells in body}).values_list("code", "pk")
    )
    year = AgreementYear.objects.get(batch_id=row.batch_id, year_no=row.year_no)
    offered = {(each.region_id, each.product_id): each for each in offers_of(row.batch, year)}
    regions = _regions_of(list(units.values()))
    problems: list[CellProblem] = []
    found: list[PublishedRow] = []
    seen: dict[tuple[str, str], int] = {}
    for no, (institution, product, quantity) in body:
        said: list[tuple[int, str, str]] = []
        unit, good = units.get(institution), goods.get(product)
        if unit is None:
            said.append((0, institution, "本省没有这个医疗机构代码"))
        if good is None:
            said.append((1, product, "平台没有这个产品编码"))
        offer = None
        if unit is not None and good is not None:
            offer = next(
                (offered[r, good] for r in regions.get(unit, ()) if (r, good) in offered), None
            )
            if offer is None:
                said.append((1, product, "在该机构的供应地区不是本批次的中选产品"))
        amount = _amount(quantity)
        if isinstance(amount, str):
            said.append((2, quantity, amount))
        if (institution, product) in seen:
            said.append((0, institution, f"与第 {seen[institution, product]} 行重复"))
        seen.setdefault((institution, product), no)
        problems += [CellProblem(no, HEADINGS[c], v, m, REMEDIES[c]) for c, v, m in said]
        if not said and isinstance(amount, Decimal) and offer and unit and good:
            found.append(PublishedRow(no, unit, good, amount, offer.price))
    if problems:
        raise TableRefused(problems, sheet)
    return found


@operation
def take_published(
    *, row: AgreedRound, rows: Sequence[PublishedRow], by: User, scope: Scope, at: datetime
) -> int:
    """Write every row; of a group that is in the file, what was there before for others ends.

    Raises NotYours, TransitionRefused for a confirmed round.
    """
    if not opens_rounds(scope) or not _own(scope, row):
        raise NotYours("公布约定量由发起的省级医保局导入", CLAUSE)
    held = AgreedRound.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.state == AgreedRound.State.CONFIRMED:
        raise TransitionRefused("约定采购量已经确认，不能再导入", CLAUSE)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged_published")
        cursor.execute(
            "CREATE TEMP TABLE staged_published ON COMMIT DROP AS SELECT * FROM unnest("
            "%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])"
            " AS n(institution_id, product_id, quantity, price)",
            [
                [each.institution_id for each in rows], [each.product_id for each in rows],
                [each.quantity for each in rows], [each.price for each in rows],
            ],
        )  # fmt: skip
        cursor.execute(WRITE.format(places=PLACES), {"round": held.pk})
        cursor.execute(WRITE_SHARES, {"round": held.pk})
        cursor.execute(ZERO_OTHERS, {"round": held.pk})
    record(
        by=by, at=at, action="agreed_round.publish", object_type=OBJECT_TYPE, object_key=held.pk,
        object_label=str(held), clause=CLAUSE, detail={"rows": len(rows)},
    )  # fmt: skip
    return len(rows)


def _own(scope: Scope, row: AgreedRound) -> bool:
    return row.organisation_id == scope.organisation_id


def _body(sheet: Sequence[Sequence[str]]) -> list[tuple[int, tuple[str, str, str]]]:
    head = [word.strip() for word in (sheet[0] if sheet else [])][: len(HEADINGS)]
    if head != list(HEADINGS):
        wanted = "、".join(HEADINGS)
        raise TableRefused(
            [CellProblem(1, "表头", "、".join(filter(None, head))[:80],
                         f"表头应依次为：{wanted}", "下载模板，按模板的表头填写")],
            sheet,
        )  # fmt: skip
    body = []
    for no, cells in enumerate(sheet[1:], start=2):
        three = [str(cell).strip() for cell in cells[:3]] + [""] * 3
        if any(three[:3]):
            body.append((no, (three[0], three[1], three[2])))
    if not body:
        raise TableRefused(
            [CellProblem(0, "", "", "没有数据行", "从第 2 行起每行填一家机构的一个产品")]
        )
    if len(body) > MOST_ROWS:
        raise TableRefused(
            [
                CellProblem(
                    0, "", "", f"有 {len(body):,} 行，一次最多 {MOST_ROWS:,} 行", "分成几个文件上传"
                )
            ]
        )
    return body


def _amount(text: str) -> Decimal | str:
    """The quantity, or what is wrong with it."""
    if not text:
        return "没有填写"
    value = typed_number(text)
    if value is None:
        return "不是数字，请只写数量，不带单位"
    if value < 0:
        return "不能为负"
    if value >= MOST_QTY:
        return "数字过大"
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4:
        return "最多四位小数"
    return value


def _region_ids(province: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT region_id FROM ({PLACES}) p WHERE province_id = %s", [province])
        return [pk for (pk,) in cursor.fetchall()]


def _regions_of(units: Sequence[int]) -> dict[int, list[int]]:
    """Institution → its city and province, the nearer first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT o.id, p.city_id, p.province_id FROM organisations_organisation o"
            f" JOIN ({PLACES}) p ON p.region_id = o.region_id WHERE o.id = ANY (%s)",
            [list(units)],
        )
        return {pk: [r for r in (city, province) if r] for pk, city, province in cursor.fetchall()}
