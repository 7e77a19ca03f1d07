"""One recall of the demonstration: the manufacturer's, of a lot that the demo hospital received."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from catalog.models import Product
from core.operations import operation
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import Delivery, Recall
from procurement.operations.recalls import open_recall


@operation
def create_demo_recall(*, at: datetime) -> Recall | None:
    """As the manufacturer would; None where it was made before or nothing was delivered."""
    people = {
        user.username: user
        for user in User.objects.select_related("organisation__region").filter(
            username__in=("manufacturer", "hospital")
        )
    }
    maker, hospital = people.get("manufacturer"), people.get("hospital")
    if maker is None or hospital is None or Recall.objects.exists():
        return None
    own = Delivery.objects.filter(manufacturer=maker.organisation_id).exclude(lot_no="")
    theirs = own.filter(institution=hospital.organisation_id).values_list("product", "lot_no")
    lots = own.filter(lot_no__in={lot_no for _, lot_no in theirs})
    spread = lots.values("product", "lot_no").annotate(holders=Count("institution", distinct=True))
    known = set(theirs)
    lot = next(
        (
            row
            for row in spread.order_by("-holders", "product", "-lot_no")
            if (row["product"], row["lot_no"]) in known
        ),
        None,
    )
    if lot is None:
        return None
    return open_recall(
        product=Product.objects.get(pk=lot["product"]), lots=[lot["lot_no"]], level="2",
        reason="持续稳定性考察中，该批号有关物质接近限度，企业决定主动召回。",
        instruction="立即停止使用并封存，三个工作日内报告封存、退回和已使用的数量，由配送企业上门取回。",
        by=maker, scope=scope_of(maker, timezone.localdate(at)), at=at,
    )  # fmt: skip
