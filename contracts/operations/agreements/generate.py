"""Make the agreements of a batch year in bulk from agreed quantities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from catalog.models import AgreementYear, Batch, Product
from catalog.queries.overrides import overrides_of
from contracts.models import Agreement, AgreementLine
from contracts.operations.agreements.asking import ask_to_sign
from contracts.operations.agreements.writing import TextRow, number_of, stage, write_staged
from contracts.rules.agreement import CLAUSE, OFFICERS, renewal_is_explained
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused, Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from policy.queries.read import resolve, values_on


@dataclass(frozen=True)
class AgreedRow:
    """One agreed quantity (base units); ids. Without a distributor the relation in force gives it."""

    institution: int
    product: int
    agreed_qty: Decimal
    price: Decimal
    distributor: int | None = None
    explanation: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A row that made no agreement, by its place in the rows given, and why."""

    index: int
    reason: str


@dataclass(frozen=True)
class Generated:
    made: int
    lines: int
    left_out: list[LeftOut] = field(default_factory=list)


Tell = Callable[[int, int, str], None]


def say_nothing(done: int, total: int, stage: str) -> None:
    """For who does not wait."""


def may_generate(scope: Scope) -> Verdict:
    """The province's bureau makes agreements for all; a job of it has that right too."""
    if not scope.is_province_bureau:
        return Verdict(False, "协议由省级医保局统一生成", CLAUSE)
    if not scope.has_role(*OFFICERS):
        return Verdict(False, "生成协议需要经办、审核或负责人角色", CLAUSE)
    return Verdict(True)


@operation
def generate_agreements(
    *, batch: Batch, year_no: int, rows: Sequence[AgreedRow], by: Actor, scope: Scope, at: datetime,
    basis: str = Agreement.Basis.GENERATED, tell: Tell = say_nothing,
) -> Generated:  # fmt: skip
    """One agreement per institution, manufacturer and distributor, with a line per product.

    Rows that cannot make a line (no distributor in force, not this province's, agreed already)
    are left out and told why; the others are written together. Each party gets one 待办. `tell` is
    told how far it is: rows checked, written, parties asked.
    Raises NotYours, MissingInput, TransitionRefused.
    """
    allowed = may_generate(scope)
    if not allowed:
        raise NotYours.of(allowed)
    year = year_of(batch, year_no)
    if not rows:
        raise MissingInput("rows", "没有约定采购量，无法生成协议", CLAUSE)
    tell(0, len(rows), "核对约定采购量")
    texts, left = _texts(year, rows, scope)
    if not texts:
        return Generated(0, 0, left)
    tell(len(rows) // 3, len(rows), f"写入 {len(texts):,} 行协议")
    stage(texts)
    try:
        with transaction.atomic():
            made = write_staged(year=year, basis=basis, lines="new", by=by, at=at)
    except IntegrityError as error:
        raise TransitionRefused(
            "另有人正在为同一批次年度生成协议，没有写入：请稍后核对列表再试", CLAUSE
        ) from error
    tell(len(rows) * 2 // 3, len(rows), f"{number_of(made)}，通知各方签署")
    tell_made(batch, year_no, made, len(texts), by, at)
    tell(len(rows), len(rows), f"{number_of(made)}")
    return Generated(len(made), len(texts), left)


def year_of(batch: Batch, year_no: int) -> AgreementYear:
    """The batch's agreement year. Raises MissingInput."""
    year = (
        AgreementYear.objects.select_related("batch").filter(batch=batch, year_no=year_no).first()
    )
    if year is None:
        raise MissingInput("year_no", f"{batch.name}没有第 {year_no} 采购年度", CLAUSE)
    return year


def _texts(
    year: AgreementYear, rows: Sequence[AgreedRow], scope: Scope
) -> tuple[list[TextRow], list[LeftOut]]:
    known = _Known(year, rows, scope)
    texts: list[TextRow] = []
    left: list[LeftOut] = []
    places: dict[tuple[int, int], int] = {}
    for index, row in enumerate(rows):
        why = known.fault(row)
        distributor = known.distributor(row)
        pair = (row.institution, row.product)
        if not why and pair in places:
            why = "同一机构、同一产品出现多次，请合并"
        if why or distributor is None:
            left.append(LeftOut(index, why))
            continue
        places[pair] = index
        maker = known.makers[row.product]
        texts.append(
            TextRow(
                row.institution,
                maker,
                distributor,
                row.product,
                row.agreed_qty,
                row.price,
                explanation=row.explanation,
            )
        )
    taken = made_already(year, {parties_of(text) for text in texts})
    why = "三方已有本年度协议，增减产品或数量请在原协议上办理变更"
    left += [
        LeftOut(places[text.institution, text.product], why)
        for text in texts
        if parties_of(text) in taken
    ]
    kept = [text for text in texts if parties_of(text) not in taken]
    return kept, sorted(left, key=lambda each: each.index)


class _Known:
    """What the rows of one generation are checked against, read in five queries."""

    def __init__(self, year: AgreementYear, rows: Sequence[AgreedRow], scope: Scope) -> None:
        products = Product.objects.filter(pk__in={row.product for row in rows})
        self.makers = dict(products.values_list("pk", "manufacturer_id"))
        self.groups = dict(products.values_list("pk", "group_id"))
        self.here = _institutions_here(scope, {row.institution for row in rows})
        self.carriers = _carriers(year, rows)
        self.agreed = _agreed_already(year, rows)
        self.last = last_year(year, {row.institution for row in rows})
        self.least = least_ratio(year) if self.last else None
        self.asked: dict[tuple[int, int | None, int | None], Decimal] = {}
        for row in rows:
            key = self._key(row)
            self.asked[key] = self.asked.get(key, Decimal(0)) + row.agreed_qty

    def distributor(self, row: AgreedRow) -> int | None:
        found = self.carriers.get((row.institution, row.product), [])
        return row.distributor or (found[0] if len(found) == 1 else None)

    def fault(self, row: AgreedRow) -> str:
        """Why the row by itself makes no line; empty where it does."""
        if row.institution not in self.here:
            return "不是本省在用的医疗机构"
        if row.product not in self.makers:
            return "没有这个产品"
        if row.agreed_qty <= 0 or row.price <= 0:
            return "约定采购量和价格应大于 0"
        if (row.institution, row.product) in self.agreed:
            return "本年度已有这个产品的协议，数量变化请办理变更"
        if self.distributor(row) is None:
            return self._no_carrier(row)
        key = self._key(row)
        return renewal_is_explained(
            quantity=self.asked[key],
            last=self.last.get(key),
            least=self.least,
            explanation=row.explanation,
        ).reason

    def _key(self, row: AgreedRow) -> tuple[int, int | None, int | None]:
        """What a renewal is compared by: institution, enterprise, and what is counted together."""
        return row.institution, self.makers.get(row.product), self.groups.get(row.product)

    def _no_carrier(self, row: AgreedRow) -> str:
        if self.carriers.get((row.institution, row.product)):
            return "有多家配送企业，请在“配送企业”一列指定一家"
        return "年度开始日没有生效的配送关系，请生产企业先点选配送企业"


def last_year(
    year: AgreementYear, institutions: set[int]
) -> dict[tuple[int, int | None, int | None], Decimal]:
    """Agreed quantity of the year before by institution, manufacturer and group; empty in year 1."""
    if year.year_no == 1:
        return {}
    rows: Any = (
        AgreementLine.objects.filter(
            batch_id=year.batch_id,
            year_no=year.year_no - 1,
            institution_id__in=institutions,
            institution_signed_at__isnull=False,
            manufacturer_signed_at__isnull=False,
            distributor_signed_at__isnull=False,
        )
        .order_by()
        .values_list("institution_id", "manufacturer_id", "product__group_id")
        .annotate(total=Sum("agreed_qty"))
    )
    return {(hospital, maker, group): total for hospital, maker, group, total in rows}


def least_ratio(year: AgreementYear) -> Decimal | None:
    """renewal_min_ratio of the batch on the year's first day; None where it is not in force."""
    policy = year.batch.policy.code
    values = resolve(values_on(policy, year.starts_on), overrides_of(year.batch_id, year.starts_on))
    value = values["renewal_min_ratio"]
    return value.number if value.in_force else None


def parties_of(row: TextRow) -> tuple[int, int, int]:
    return row.institution, row.manufacturer, row.distributor


def made_already(
    year: AgreementYear, wanted: set[tuple[int, int, int]]
) -> set[tuple[int, int, int]]:
    rows = Agreement.objects.filter(
        batch_id=year.batch_id, year_no=year.year_no, version=1,
        institution_id__in={each[0] for each in wanted},
    ).values_list("institution_id", "manufacturer_id", "distributor_id")  # fmt: skip
    return wanted & set(rows)


def _institutions_here(scope: Scope, ids: set[int]) -> set[int]:
    rows = Organisation.objects.filter(
        pk__in=ids, kind=Organisation.Kind.INSTITUTION, is_active=True
    )
    with_province: Any = rows.values_list(
        "pk", "region_id", "region__parent_id", "region__parent__parent_id"
    )
    return {pk for pk, *chain in with_province if scope.province_id in chain}


CARRIERS = """
SELECT w.institution_id, w.product_id, array_agg(DISTINCT r.distributor_id ORDER BY r.distributor_id)
FROM (SELECT unnest(%s::bigint[]) AS institution_id, unnest(%s::bigint[]) AS product_id) w
JOIN organisations_organisation i ON i.id = w.institution_id
JOIN contracts_deliveryrelation r ON r.product_id = w.product_id AND r.pool_id = i.pool_id
    AND (r.county_id IS NULL OR r.county_id = i.region_id)
WHERE r.state IN ('accepted', 'ended', 'replaced') AND r.valid_from <= %s
  AND (r.valid_until IS NULL OR r.valid_until > %s)
GROUP BY 1, 2
"""


def _carriers(year: AgreementYear, rows: Sequence[AgreedRow]) -> dict[tuple[int, int], list[int]]:
    """Distributors in force on the year's first day, by institution and product; one query."""
    bare = [row for row in rows if row.distributor is None]
    if not bare:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            CARRIERS,
            [
                [row.institution for row in bare], [row.product for row in bare],
                year.starts_on, year.starts_on,
            ],
        )  # fmt: skip
        return {(a, b): list(found) for a, b, found in cursor.fetchall()}


def _agreed_already(year: AgreementYear, rows: Sequence[AgreedRow]) -> set[tuple[int, int]]:
    lines = AgreementLine.objects.filter(
        batch_id=year.batch_id, year_no=year.year_no, ended_at__isnull=True,
        institution_id__in={row.institution for row in rows},
    )  # fmt: skip
    return set(lines.values_list("institution_id", "product_id"))


def tell_made(
    batch: Batch, year_no: int, made: list[int], lines: int, by: Actor, at: datetime
) -> None:
    record(
        by=by, at=at, action="agreement.generate", object_type="batch", object_key=batch.code,
        object_label=f"{batch.name} 第{year_no}年度 {number_of(made)}", clause=CLAUSE,
        detail={"agreements": len(made), "lines": lines, "first": made[:1], "last": made[-1:]},
    )  # fmt: skip
    ask_to_sign(batch_id=batch.pk, year_no=year_no, at=at)


def check_rows(*, year: AgreementYear, rows: Sequence[AgreedRow], scope: Scope) -> list[LeftOut]:
    """What `generate_agreements` would leave out, for a dry run."""
    return _texts(year, rows, scope)[1]
