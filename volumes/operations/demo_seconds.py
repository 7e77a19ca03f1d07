"""Second products of the demonstration: one standby, one other with its reason, as people register."""

from __future__ import annotations

from datetime import datetime

from catalog.models import Group, Selection
from catalog.queries.in_force import holds_on
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import scope_of
from volumes.models import SecondProductChoice
from volumes.operations.second_products import choose_second
from volumes.queries.second_products import group_products

CLERKS = ("hospital", "consortium")
EACH = 2
WORDS = "备供企业上季度两次未能按期供货，临时选用本产品；恢复供货后改回，中选产品仍优先使用"


@operation
def create_demo_seconds(*, at: datetime) -> int:
    """Up to two of each unit, standby ones first; made once. Gives how many."""
    if SecondProductChoice.objects.exists():
        return 0
    return sum(_register(name, at) for name in CLERKS)


def _register(username: str, at: datetime) -> int:
    user = (
        User.objects.select_related("organisation__region__parent__parent")
        .filter(username=username)
        .first()
    )
    if user is None:
        return 0
    day, made = shanghai_day(at), 0
    selected = Selection.objects.filter(holds_on(day), role=Selection.Role.SELECTED)
    groups = Group.objects.filter(pk__in=selected.values("product__group")).order_by("code")
    with_standby = Selection.objects.filter(holds_on(day), role=Selection.Role.STANDBY)
    first = set(with_standby.values_list("product__group_id", flat=True))
    for group in sorted(groups, key=lambda each: (each.pk not in first, each.code)):
        products = group_products(group, user.organisation, day)
        if not any(each.role == "selected" for each in products):
            continue
        beside = [each for each in products if each.role != "selected"]
        offered = any(each.role == "standby" for each in beside)
        # The first takes the standby product, the next one another with its reason.
        chosen = beside[0] if not made else next((e for e in beside if e.role == "other"), None)
        if not beside or chosen is None:
            continue
        due = offered and chosen.role == "other"
        choose_second(
            group=group, product_code=chosen.code, reason_code="supply" if due else "",
            explanation=WORDS if due else "", by=user, scope=scope_of(user, day), at=at,
            seen_version=0,
        )  # fmt: skip
        made += 1
        if made == EACH:
            break
    return made
