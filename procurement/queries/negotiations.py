"""Whose 议价 one sees, who may act on it, and which price was agreed for a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from core.database.prepared import PreparedValues
from core.transitions import ALLOWED, Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import Negotiation, NegotiationOffer
from procurement.queries.ordering import orderer
from procurement.states.negotiation import ANSWERS, CLAUSE, INSTITUTION, MANUFACTURER

OFFICERS = ("clerk", "reviewer", "leader")


def visible_negotiations(scope: Scope) -> QuerySet[Negotiation]:
    """The two parties, and the authorities over the institution."""
    return within(scope, Negotiation.objects.all(), party_rows(scope))


def offers_of(row: Negotiation) -> list[NegotiationOffer]:
    """All offers of both sides, the first first; the caller has found the row in his sight."""
    return list(row.offers.order_by("offer_no"))


def may_negotiate(scope: Scope) -> Verdict:
    """Either side opens: an institution for a product, a manufacturer for one of its own."""
    if not scope.is_business or not (scope.kind == "institution" or scope.is_manufacturer):
        return Verdict(False, "议价由医疗机构或产品的生产企业发起", CLAUSE)
    if not scope.has_role(*OFFICERS):
        return Verdict(False, "议价由本单位的经办、审核人员或负责人办理", CLAUSE)
    return ALLOWED


def partner(scope: Scope, code: str) -> Organisation | None:
    """Whom one negotiates for: an institution itself or a member, a manufacturer with any."""
    if scope.kind == "institution":
        return orderer(scope, code)
    rows = Organisation.objects.filter(code=code, kind="institution", is_active=True)
    return rows.select_related("region__parent__parent").first()


def side_of(scope: Scope, row: Negotiation) -> str:
    """'institution', 'manufacturer' or '' for those who only look on."""
    if not scope.is_business or not scope.has_role(*OFFICERS):
        return ""
    if scope.kind == "institution" and row.institution_id in scope.institution_ids:
        return INSTITUTION
    own = {scope.organisation_id, *scope.predecessor_ids}
    return MANUFACTURER if scope.is_manufacturer and row.manufacturer_id in own else ""


def negotiation_standings(scope: Scope, row: Negotiation) -> frozenset[str]:
    side = side_of(scope, row)
    if not side:
        return frozenset()
    return frozenset({side} if side == row.last_side else {side, ANSWERS})


def negotiated_prices(
    institution: Organisation, products: Collection[int], on: date
) -> dict[int, Decimal]:
    """Yuan per pack by product id, agreed and in force on that day; one query."""
    return dict(_AGREED.rows(institution.pk, list(products), on))


def _agreed(
    institution_id: int, products: list[int], on: date
) -> QuerySet[Negotiation, tuple[int, Decimal]]:
    return Negotiation.objects.filter(
        institution_id=institution_id, product__among=products, state=Negotiation.State.AGREED,
        valid_from__lte=on, valid_to__gte=on,
    ).order_by("state_at", "pk").values_list("product_id", "price")  # fmt: skip


_AGREED = PreparedValues(_agreed, -1, [-2], date.min)
