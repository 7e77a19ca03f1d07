"""An institution takes in a second product of a group: standby products first (S2-2.5)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from catalog.models import Group
from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from volumes.models import SecondProductChoice
from volumes.models.second_product import SecondBasis, SecondReason
from volumes.queries.second_products import GroupProduct, group_products, standing_choice
from volumes.queries.standings import ACTING_ROLES

OBJECT_TYPE = "second_product"
CLAUSE = "赣2024 二"
LOCK_SPACE = 7_310_033
NONE = "none"
"""Given as the product's code: the institution no longer uses a second one."""
NOT_YOURS = "第二规由医疗机构的经办、审核或负责人登记"


@operation
def choose_second(
    *,
    group: Group,
    product_code: str,
    reason_code: str = "",
    explanation: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SecondProductChoice:
    """Write down which product beside the selected one the own institution takes in, or none.

    Where the supply region has standby products and another one is chosen, reason and explanation
    are due. `seen_version` is the number of the decision that the form showed, 0 for none. Raises
    NotYours, StaleVersion, MissingInput naming the field.
    """
    if scope.kind != "institution" or not scope.has_role(*ACTING_ROLES):
        raise NotYours(NOT_YOURS, CLAUSE)
    institution = Organisation.objects.select_related("region__parent__parent").get(
        pk=scope.organisation_id
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))",
            [LOCK_SPACE, f"{institution.pk}/{group.pk}"],
        )
    standing = standing_choice(institution.pk, group.pk)
    if seen_version is not None and seen_version != (standing.pk if standing else 0):
        raise StaleVersion("这个品种的第二规刚刚由他人登记，请刷新核对后再登记", CLAUSE)
    products = group_products(group, institution, shanghai_day(at))
    if not any(each.role == "selected" for each in products):
        raise MissingInput(
            "group_code", "这个品种在本地区目前没有中选产品，不需要登记第二规", CLAUSE
        )
    chosen = _chosen(product_code, products, standing)
    offered = [each for each in products if each.role == "standby"]
    basis = SecondBasis(chosen.role) if chosen else SecondBasis.NONE
    words = " ".join(explanation.split())
    if basis == SecondBasis.OTHER and offered:
        _due(reason_code, words, offered)
    row = SecondProductChoice.objects.create(
        **stamps_of(institution), group=group, product_id=chosen.pk if chosen else None,
        basis=basis, offered=[each.code for each in offered],
        reason_code=reason_code if basis == SecondBasis.OTHER else "", explanation=words,
        chosen_at=at, chosen_by_id=by.audit_id, chosen_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="second_product.choose", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=f"{institution.name} {group.name}", clause=CLAUSE, reason=words,
        detail={"group": group.code, "product": chosen.code if chosen else "", "basis": basis,
                "offered": row.offered, "reason_code": row.reason_code},
    )  # fmt: skip
    return row


def _chosen(
    code: str, products: list[GroupProduct], standing: SecondProductChoice | None
) -> GroupProduct | None:
    if code == NONE:
        if standing is None or standing.basis == SecondBasis.NONE:
            raise MissingInput("product_code", "本单位没有登记过这个品种的第二规", CLAUSE)
        return None
    chosen = next((each for each in products if each.code == code), None)
    if chosen is None:
        raise MissingInput("product_code", "请从这个品种的产品中选择", CLAUSE)
    if chosen.role == "selected":
        raise MissingInput(
            "product_code", f"“{chosen.name}”是中选产品，按协议采购，不占第二规，不需要登记", CLAUSE
        )
    if standing is not None and standing.product_id == chosen.pk:
        raise MissingInput("product_code", "已登记为这个产品，没有变化", CLAUSE)
    return chosen


def _due(reason_code: str, words: str, offered: list[GroupProduct]) -> None:
    named = "、".join(each.name for each in offered[:3])
    if reason_code not in SecondReason.values:
        raise MissingInput(
            "reason_code",
            f"本地区有备供产品（{named}），应优先选用；选用其他产品的，请选择原因", CLAUSE,
        )  # fmt: skip
    if not words:
        raise MissingInput("explanation", "选用备供以外的产品，请写明具体情况", CLAUSE)
    if len(words) > 500:
        raise MissingInput("explanation", "说明不超过 500 字", CLAUSE)
