"""What agreements say of ordering: search and ordering ask through catalog.queries.orderable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import QuerySet

from catalog.models import Product, Selection
from catalog.queries.in_force import holds_on
from catalog.queries.orderable import Obstacle, add_provider, supply_regions
from contracts.models import AgreementLine, DeliveryRelation
from contracts.queries.delivering import by_batch, running_lines, signed_by
from contracts.queries.relations import delivers, pointed_here
from contracts.rules.relation import CLAUSE as RELATION_CLAUSE
from contracts.rules.relation import stage_words
from core.database.prepared import PreparedValues
from organisations.models import Organisation

CLAUSE = "赣2024 二"
NO_RELATION = "no_relation"
PARTIES = (
    ("institution_signed_at", "医疗机构"),
    ("manufacturer_signed_at", "生产企业"),
    ("distributor_signed_at", "配送企业"),
)


def contract_obstacles(
    institution: Organisation, ids: Collection[int], on: date
) -> dict[int, list[Obstacle]]:
    """Nobody delivers it here that day, or it is selected and no agreement of this year is in force.

    The first blocks, for no order can be sent; it is what `delivering` gives to ordering. The
    second does not: the agreed quantity is what is missing. Four queries for any number.
    """
    lines = running_lines(institution, ids, on)
    found: dict[int, list[Obstacle]] = defaultdict(list)
    for pk, said in _not_delivered(institution, ids, lines, on).items():
        found[pk].append(said)
    for pk, missing in _not_agreed(institution, ids, lines, on).items():
        found[pk].append(_obstacle(missing))
    return dict(found)


def _not_agreed(
    institution: Organisation, ids: Collection[int], lines: Iterable[AgreementLine], on: date
) -> dict[int, set[str] | None]:
    """Selected for the institution's region: who has not signed, None where there is no line."""
    selected = set(_SELECTED.values(list(ids), list(supply_regions(institution)), on))
    waiting: dict[int, set[str]] = {}
    effective: set[int] = set()
    for line in lines:
        missing = _missing(line, on)
        if missing:
            waiting.setdefault(line.product_id, set()).update(missing)
        else:
            effective.add(line.product_id)
    return {pk: waiting.get(pk) for pk in selected - effective}


def _selected(
    products: list[int], regions: list[int], on: date
) -> QuerySet[Selection, int]:  # fmt: skip
    rows = Selection.objects.filter(
        holds_on(on), product__among=products, region__among=regions, role=Selection.Role.SELECTED
    )
    return rows.values_list("product_id", flat=True)


_SELECTED = PreparedValues(_selected, [-1], [-2], date.min)


def _missing(line: AgreementLine, on: date) -> set[str]:
    """The head of an agreement that waits knows who has signed already; a loaded line itself."""
    by_line = {label for column, label in PARTIES if not signed_by(getattr(line, column), on)}
    if not by_line or line.agreement is None:
        return by_line
    head = line.agreement
    by_head = {label for column, label in PARTIES if not signed_by(getattr(head, column), on)}
    return by_line & by_head or by_line


def _obstacle(missing: set[str] | None) -> Obstacle:
    if missing is None:
        return Obstacle(
            "no_agreement",
            "本地区中选，但本机构本采购年度没有这个产品的三方协议：没有约定量和约定的配送企业",
            CLAUSE, "主管医保局（报量与协议）；配送关系问生产企业", blocks=False,
        )  # fmt: skip
    who = "、".join(label for _, label in PARTIES if label in missing)
    return Obstacle(
        "agreement_unsigned", f"三方协议尚未生效：待{who}签订", CLAUSE, f"待签的{who}", blocks=False
    )


def _not_delivered(
    institution: Organisation, ids: Collection[int], lines: Iterable[AgreementLine], on: date
) -> dict[int, Obstacle]:
    """Where the agreement names its distributor, relations that deliver no more are only told."""
    agreed = {product for product, _ in by_batch(institution, lines, on)}
    pointed = pointed_here(institution, ids)
    lacking = [pk for pk in ids if not any(delivers(row, on) for row in pointed.get(pk, []))]
    found = {pk: _lapsed(pointed[pk][-1], on) for pk in lacking if pk in agreed and pk in pointed}
    nobody = [pk for pk in lacking if pk not in agreed]
    for pk, maker in _MAKERS.rows(nobody):
        found[pk] = _nobody(maker, pointed.get(pk, []), on)
    return found


def _makers(products: list[int]) -> QuerySet[Product, tuple[int, str]]:
    return Product.objects.filter(pk__among=products).values_list("pk", "manufacturer__name")


_MAKERS = PreparedValues(_makers, [-1])


def _lapsed(last: DeliveryRelation, on: date) -> Obstacle:
    return Obstacle(
        NO_RELATION, f"本地区没有生效的配送关系：{_stage(last, on)}", RELATION_CLAUSE,
        "生产企业（点选配送企业）", blocks=False,
    )  # fmt: skip


def _nobody(maker: str, pointed: list[DeliveryRelation], on: date) -> Obstacle:
    why = _stage(pointed[-1], on) if pointed else "生产企业尚未在本地区点选配送企业"
    return Obstacle(
        NO_RELATION,
        f"没有配送企业，不能下单：没有生效的三方协议，本地区也没有生效的配送关系：{why}",
        RELATION_CLAUSE,
        f"{maker}（点选配送企业）",
    )


def _stage(last: DeliveryRelation, on: date) -> str:
    return last.distributor.name + stage_words(last.state, last.valid_from, last.valid_until, on)


add_provider(contract_obstacles)
