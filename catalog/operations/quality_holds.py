"""Hold a product back from use, and let it be used again (S2-13.4)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from catalog.models import Product, QualityHold
from catalog.queries.holds import hold_standings
from catalog.queries.product_users import institutions_using
from catalog.queries.quality import may_hold
from catalog.rules.quality import REPORT_CLAUSE
from catalog.states.quality import HOLD_MACHINE
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

OBJECT_TYPE = HOLD_MACHINE.name


@operation
def place_hold(
    *,
    product: Product,
    lot_no: str,
    reason: str,
    basis: str = "",
    by: User,
    scope: Scope,
    at: datetime,
) -> QualityHold:
    """An institution for itself, a regulator or the province's bureau for its whole region.

    From now on the product's page says so, and one of all lots may not be ordered. The
    manufacturer is told; of a region's hold so are its institutions that use the product. Raises NotYours, MissingInput, TransitionRefused for a second one.
    """
    allowed = may_hold(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if not reason.strip():
        raise MissingInput("reason", "请填写暂停使用的原因", REPORT_CLAUSE)
    own = scope.kind == "institution"
    where: dict[str, Any] = {
        "institution_id": scope.organisation_id if own else None,
        "area_id": None if own else scope.region_id,
        "county_id": scope.county_id, "city_id": scope.city_id, "province_id": scope.province_id,
    }  # fmt: skip
    try:
        with transaction.atomic():
            hold = QualityHold.objects.create(
                hold_no=f"ZT{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
                product=product, manufacturer_id=product.manufacturer_id, lot_no=lot_no.strip(),
                placed_by_id=scope.organisation_id, reason=reason.strip(), basis=basis.strip(),
                placed_at=at, placed_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
                state_by_name=by.audit_name, **where,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            "本单位已经暂停使用该产品的这个批号（或全部批号）：不需要重复办理", REPORT_CLAUSE
        ) from error
    record(
        by=by, at=at, action="quality_hold.place", object_type=OBJECT_TYPE, object_key=hold.pk,
        object_label=_label(hold), reason=hold.reason, clause=hold.basis or REPORT_CLAUSE,
        detail={"product": product.code, "lot_no": hold.lot_no, "for_all": not own},
    )  # fmt: skip
    _tell(hold, f"暂停使用：{_label(hold)}", hold.reason, at, urgent=not own)
    _tell_users(hold, f"请暂停使用：{_label(hold)}", hold.reason, at, urgent=True)
    return hold


@operation
def lift_hold(
    *,
    hold: QualityHold,
    lift_reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> QualityHold:
    """Whoever placed it ends it, with the reason. Raises as the machine does."""
    row: QualityHold
    row, _ = HOLD_MACHINE.perform(
        verb="lift", obj=hold, by=by, at=at, inputs={"lift_reason": lift_reason.strip()},
        seen_version=seen_version, standings=lambda held: hold_standings(scope, held),
    )  # fmt: skip
    _tell(row, f"解除暂停使用：{_label(row)}", row.lift_reason, at, urgent=False)
    _tell_users(row, f"可以恢复使用：{_label(row)}", row.lift_reason, at, urgent=False)
    return row


def _tell(hold: QualityHold, title: str, body: str, at: datetime, *, urgent: bool) -> None:
    notice = NewNotice(
        hold.manufacturer_id, f"hold-{hold.hold_no}-{hold.row_version}", title, body,
        reverse("quality-hold", args=[hold.hold_no]), is_urgent=urgent,
    )  # fmt: skip
    notify(notices=[notice], at=at)


def _tell_users(hold: QualityHold, title: str, body: str, at: datetime, *, urgent: bool) -> None:
    """Of a hold for a region: its institutions that bought the product or are bound by an agreement."""
    if hold.area_id is None:
        return
    here = Organisation.objects.filter(
        Q(region=hold.area_id)
        | Q(region__parent=hold.area_id)
        | Q(region__parent__parent=hold.area_id),
        pk__in=institutions_using(hold.product, shanghai_day(at)),
    )
    url = reverse("quality-hold", args=[hold.hold_no])
    notices = [
        NewNotice(
            pk, f"hold-{hold.hold_no}-{hold.row_version}-{pk}", title, body, url, is_urgent=urgent
        )
        for pk in here.order_by("pk").values_list("pk", flat=True)
    ]
    notify(notices=notices, at=at)


def _label(hold: QualityHold) -> str:
    lot = f" 批号 {hold.lot_no}" if hold.lot_no else ""
    return f"{hold.product}{lot}（{hold.hold_no}）"
