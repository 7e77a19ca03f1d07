"""File a complaint: to manufacturer, distributor and bureau at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from catalog.models import Product
from catalog.operations.quality_holds import place_hold
from catalog.queries.quality import nearest_authority
from complaints.models import Complaint, ComplaintCase
from complaints.operations.telling import OBJECT_TYPE, ask_bureau, pass_on, sides, tell
from complaints.operations.thread import add_message
from complaints.queries.cases import deadline, first_level, may_file
from complaints.queries.suppliers import distributor_for, line_of
from complaints.rules import (
    LEVEL_DAYS,
    PRE_PRICE_LOWER,
    QUALITY,
    REPLY_DAYS,
    fits_filer,
    price_is_lower,
)
from complaints.states import CLAUSE, PRICE_CLAUSE
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import OrderLine


@dataclass(frozen=True)
class NewComplaint:
    """What is typed. An institution names a product or one of its order lines; an enterprise one
    of the order lines that it supplies, which names the institution. prior_price: yuan a package.
    """

    category: str
    content: str
    product: Product | None = None
    order_no: str = ""
    line_no: int | None = None
    lot_no: str = ""
    prior_price: Decimal | None = None
    hold_use: bool = False
    uploads: Sequence[UploadedFile] = field(default=())


@operation
def file_complaint(*, new: NewComplaint, by: User, scope: Scope, at: datetime) -> Complaint:
    """The sides get it at once, with the clock of the reply; the bureau is told.

    Quality goes to the drug regulator and the health commission too, and hold_use holds the
    product back in the institution; 集采前价格更低 begins with the city's bureau.
    Raises NotYours, MissingInput by field, TransitionRefused where the product is held already.
    """
    allowed = may_file(scope)
    if not allowed:
        raise NotYours.of(allowed)
    by_enterprise = scope.kind == "enterprise"
    _check(new, by_enterprise)
    line = _line(new, scope)
    if by_enterprise and line is None:
        raise MissingInput("order_no", "请填写涉及的订单号和行号：由订单确定是哪家医疗机构", CLAUSE)
    if line is None and new.product is None:
        raise MissingInput("product", "请填写产品的国家医保编码，或涉及的订单号和行号", CLAUSE)
    if line is not None and new.product is not None and line.product_id != new.product.pk:
        raise MissingInput("product", "这一订单行不是这个产品：请核对，或把产品留空", CLAUSE)
    product = line.product if line is not None else new.product
    assert product is not None
    _check_price(new, product)
    complaint = _stamped(product, new, line, scope, at)
    case = _begun(new, complaint, by, at)
    record(
        by=by, at=at, action="complaint.file", object_type=OBJECT_TYPE, object_key=case.pk,
        object_label=complaint.complaint_no, clause=CLAUSE,
        detail={"category": new.category, "order_no": case.order_no, "line_no": case.line_no,
                "product": complaint.product.code if complaint.product else ""},
    )  # fmt: skip
    add_message(case=case, kind="file", text=new.content, uploads=new.uploads, by=by, at=at)
    pass_on(complaint=complaint, case=case, at=at)
    _tell_all(complaint, case, by, at)
    if new.hold_use and complaint.product is not None:
        place_hold(
            product=complaint.product, lot_no=new.lot_no, basis=complaint.complaint_no, by=by,
            scope=scope, at=at, reason=f"{complaint.get_category_display()}：{new.content}"[:500],
        )  # fmt: skip
    return complaint


def _check(new: NewComplaint, by_enterprise: bool) -> None:
    for name, said in (
        ("category", fits_filer(new.category, by_enterprise=by_enterprise)),
        ("prior_price", price_is_lower(new.category, prior=new.prior_price is not None)),
    ):
        if not said:
            raise MissingInput(name, said.reason, said.clause)
    if new.prior_price is not None and new.prior_price <= 0:
        raise MissingInput("prior_price", "集采前价格要大于 0", PRICE_CLAUSE)
    if not new.content.strip():
        raise MissingInput("content", "请填写发生了什么、影响和要求", CLAUSE)
    if new.hold_use and new.category != QUALITY:
        raise MissingInput("hold_use", "暂停使用只用于质量或不良反应", PRICE_CLAUSE)


def _check_price(new: NewComplaint, product: Product) -> None:
    """A price of before is lower than the one of now, or there is nothing to report."""
    now = product.listed_price
    if new.prior_price is not None and now is not None and new.prior_price >= now:
        raise MissingInput(
            "prior_price",
            f"集采前价格要低于现行价 {now.normalize():f} 元/包装，请核对",
            PRICE_CLAUSE,
        )


def _line(new: NewComplaint, scope: Scope) -> OrderLine | None:
    if not new.order_no.strip():
        if new.line_no is not None:
            raise MissingInput("order_no", "填了行号，请同时填写订单号", CLAUSE)
        return None
    if new.line_no is None:
        raise MissingInput("line_no", "请填写订单的行号", CLAUSE)
    found = line_of(scope, new.order_no.strip(), new.line_no)
    if found is None:
        raise MissingInput("order_no", "本单位没有这个订单号和行号，请到“订单”核对", CLAUSE)
    return found


def _stamped(
    product: Product, new: NewComplaint, line: OrderLine | None, scope: Scope, at: datetime
) -> Complaint:
    """The facts with the parties: of the line, or of the institution and the product's suppliers."""
    stamps: dict[str, Any]
    if line is not None:
        names = ("institution", "manufacturer", "distributor", "county", "city", "province", "pool")
        stamps = {f"{name}_id": getattr(line, f"{name}_id") for name in names}
    else:
        stamps = {
            "institution_id": scope.organisation_id, "county_id": scope.county_id,
            "city_id": scope.city_id, "province_id": scope.province_id, "pool_id": scope.pool_id,
            "manufacturer_id": product.manufacturer_id,
            "distributor_id": distributor_for(scope, product, shanghai_day(at)),
        }  # fmt: skip
    return Complaint.objects.create(
        complaint_no=f"TS{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
        filed_by="enterprise" if scope.kind == "enterprise" else "institution",
        product=product, category=new.category, filed_at=at, **stamps,
    )  # fmt: skip


def _begun(new: NewComplaint, complaint: Complaint, by: User, at: datetime) -> ComplaintCase:
    due = deadline(complaint, REPLY_DAYS, at)
    gathered = new.category == PRE_PRICE_LOWER
    level = first_level(complaint, "city" if gathered else "county")
    return ComplaintCase.objects.create(
        complaint=complaint, filer_id=by.organisation_id, content=new.content.strip(),
        order_no=new.order_no.strip(), line_no=new.line_no, lot_no=new.lot_no.strip(),
        prior_price=new.prior_price,
        selected_price=complaint.product.listed_price if gathered and complaint.product else None,
        level=level, level_since=at, due_on=due.day, due_provisional=due.provisional,
        # The city passes such reports on by its own day, whatever the enterprise says.
        bureau_due_on=deadline(complaint, LEVEL_DAYS, at).day if gathered else None,
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip


def _tell_all(complaint: Complaint, case: ComplaintCase, by: User, at: datetime) -> None:
    told = sides(complaint, case) - {by.organisation_id}
    if complaint.category == QUALITY:
        institution = complaint.institution
        for kind in ("regulator", "health_commission"):
            office = nearest_authority(kind, institution.region)
            if office is not None:
                told.add(office.pk)
    urgent = complaint.category == QUALITY
    tell(
        complaint=complaint, to=told, key="file", title=f"{by.organisation.name}提出诉求",
        body=case.content, at=at, urgent=urgent,
    )  # fmt: skip
    if case.bureau_due_on is not None:
        ask_bureau(complaint=complaint, case=case, words="梳理上报集采前价格", at=at)
