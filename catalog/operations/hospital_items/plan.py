"""What a set of rows would change in a hospital's list; the dry run and the write use the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from catalog.models import HospitalItem, ItemMapping, Listing, Product
from catalog.operations.hospital_items.rows import (
    ItemRow,
    RawRow,
    RowProblem,
    product_code_of,
    read_rows,
)
from catalog.queries.not_found import explain_code
from catalog.rules.code_segments import form_problem
from organisations.models import Organisation
from organisations.queries.scope import Scope

MOST_EXPLAINED = 20
"""Unknown codes whose segments are looked up; the form is judged for all."""
FACTS = ("name", "specification", "unit", "manufacturer_name", "is_stopped")

OUTCOMES = {
    "created": "新增",
    "changed": "变更",
    "unchanged": "无变化",
}
MAPPINGS = {"set": "建立对照", "replaced": "改变对照", "ended": "解除对照", "": ""}


@dataclass(frozen=True)
class PlannedRow:
    """One row beside what stands: `outcome` of OUTCOMES, `mapping` of MAPPINGS."""

    row: ItemRow
    item: HospitalItem | None
    standing_mapping: ItemMapping | None
    product: Product | None
    starts_on: date
    outcome: str
    mapping: str


@dataclass(frozen=True)
class Plan:
    """Rows that can be written, and the problems of those that cannot."""

    rows: list[PlannedRow]
    problems: list[RowProblem]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each outcome and each change of mapping."""
        keys = [*OUTCOMES, *(key for key in MAPPINGS if key)]
        said = [row.outcome for row in self.rows] + [
            row.mapping for row in self.rows if row.mapping
        ]
        return {key: said.count(key) for key in keys}

    @property
    def print(self) -> str:
        """By which the preview recognises that what stands has not moved since."""
        told = [
            f"{each.row}|{each.outcome}|{each.mapping}|{each.starts_on}"
            f"|{each.item.row_version if each.item else 0}"
            f"|{each.standing_mapping.pk if each.standing_mapping else 0}"
            for each in self.rows
        ]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def plan_rows(
    *,
    institution: Organisation,
    raws: Sequence[tuple[int, RawRow]],
    scope: Scope,
    today: date,
    lock: bool = False,
) -> Plan:
    """Check the rows and compare them with the list; six queries for any number of good rows."""
    rows, problems = read_rows(raws, today)
    items = _items(institution, [row.his_code for row in rows], lock)
    mappings = _mappings(list(items.values()))
    ended = _ended(list(items.values()))
    codes = {code for _, raw in raws if (code := product_code_of(raw))}
    products = {product.code: product for product in Product.objects.filter(code__in=codes)}
    withdrawn = set(
        Listing.objects.filter(
            product__in=products.values(), state=Listing.State.WITHDRAWN
        ).values_list("product_id", flat=True)
    )
    problems += _unknown_products(scope, raws, products, problems)
    planned = []
    for row in rows:
        if row.product_code and row.product_code not in products:
            continue
        item = items.get(row.his_code)
        standing = mappings.get(item.pk) if item else None
        each = _compared(row, item, standing, products.get(row.product_code), today)
        wrong = _mapping_problems(each, withdrawn, ended, today)
        problems += wrong
        if not wrong:
            planned.append(each)
    return Plan(planned, sorted(problems, key=lambda problem: problem.place))


def _unknown_products(
    scope: Scope,
    raws: Sequence[tuple[int, RawRow]],
    products: Mapping[str, Product],
    found: Sequence[RowProblem],
) -> list[RowProblem]:
    """Codes that no product has, of every row, whatever else is wrong with it."""
    said = {each.place for each in found if each.column == "product_code"}
    problems: list[RowProblem] = []
    for place, raw in raws:
        code = product_code_of(raw)
        if code and code not in products and place not in said:
            words = _unknown(scope, code, len(problems) < MOST_EXPLAINED)
            remedy = "按产品检索的结果填写，或留空待以后对照"
            problems.append(RowProblem(place, "product_code", code[:80], words, remedy))
    return problems


def _items(institution: Organisation, codes: Sequence[str], lock: bool) -> dict[str, HospitalItem]:
    rows = HospitalItem.objects.filter(institution=institution, his_code__in=codes)
    if lock:
        rows = rows.order_by("pk").select_for_update(of=("self",))
    return {item.his_code: item for item in rows}


def _mappings(items: Sequence[HospitalItem]) -> dict[int, ItemMapping]:
    rows = ItemMapping.objects.filter(item__in=items, valid_to__isnull=True)
    return {mapping.item_id: mapping for mapping in rows}


def _ended(items: Sequence[HospitalItem]) -> dict[int, date]:
    """The last day's end of the mappings that are over, by item."""
    rows = ItemMapping.objects.filter(item__in=items, valid_to__isnull=False)
    return dict(
        rows.order_by()
        .values("item_id")
        .annotate(last=Max("valid_to"))
        .values_list("item_id", "last")
    )


def _unknown(scope: Scope, code: str, look: bool) -> str:
    said = explain_code(scope, code) if look else [form_problem(code)]
    return "；".join(["目录中没有这个编码", *(each for each in said if each)])


def _compared(
    row: ItemRow,
    item: HospitalItem | None,
    standing: ItemMapping | None,
    product: Product | None,
    today: date,
) -> PlannedRow:
    mapping = ""
    if standing is None and product is not None:
        mapping = "set"
    elif standing is not None and product is None:
        mapping = "ended"
    elif standing is not None and product is not None and not _same(row, standing, product):
        mapping = "replaced"
    facts = item is None or any(getattr(item, name) != getattr(row, name) for name in FACTS)
    outcome = "created" if item is None else "changed" if facts or mapping else "unchanged"
    return PlannedRow(row, item, standing, product, row.valid_from or today, outcome, mapping)


def _same(row: ItemRow, standing: ItemMapping, product: Product) -> bool:
    """The same product at the same conversion: a day given again moves nothing."""
    return standing.product_id == product.pk and standing.units_per_pack == row.units_per_pack


def _mapping_problems(
    each: PlannedRow, withdrawn: set[int], ended: dict[int, date], today: date
) -> list[RowProblem]:
    if not each.mapping:
        return []
    found = [_day_problem(each, ended, today)]
    if each.product is not None and each.product.pk in withdrawn:
        row = each.row
        found.append(
            RowProblem(
                row.place, "product_code", row.product_code, "产品已撤网，不能新建对照",
                "对照到同品种的在网产品",
            )
        )  # fmt: skip
    return [problem for problem in found if problem is not None]


def _day_problem(each: PlannedRow, ended: dict[int, date], today: date) -> RowProblem | None:
    """The day would change what was mapped before."""
    row, standing = each.row, each.standing_mapping
    before = ended.get(each.item.pk) if each.item else None
    if standing is None and before is not None and each.starts_on < before:
        return RowProblem(
            row.place, "valid_from", f"{each.starts_on}",
            f"该院内编码在 {before} 之前有过别的对照，按原对照保留", f"填 {before} 或以后",
        )  # fmt: skip
    if standing is None:
        return None
    earliest = max(standing.valid_from, today)
    if each.starts_on < earliest:
        return RowProblem(
            row.place, "valid_from", f"{each.starts_on}",
            f"该院内编码自 {standing.valid_from} 起已对照到 {standing.product_code}，"
            f"改变对照最早从 {earliest} 起：此前的采购和上报按原对照保留",
            f"填 {earliest} 或以后",
        )  # fmt: skip
    return None
