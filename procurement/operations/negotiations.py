"""议价: offers of both sides, each kept; what was accepted is the price of ordering in its days."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.urls import reverse

from catalog.models import ListedPrice, Product
from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from procurement.models import Negotiation, NegotiationOffer
from procurement.queries.negotiations import (
    OFFICERS,
    may_negotiate,
    negotiation_standings,
    side_of,
)
from procurement.queries.order_prices import supplies
from procurement.states.negotiation import (
    CLAUSE,
    INSTITUTION,
    MANUFACTURER,
    NEGOTIATION_MACHINE,
)

OBJECT_TYPE = NEGOTIATION_MACHINE.name
PRICE_CLAUSE = "赣医保字〔2024〕22号 十"


@operation
def open_negotiation(
    *,
    institution: Organisation,
    product: Product,
    price: Decimal,
    valid_from: date,
    valid_to: date,
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
) -> Negotiation:
    """The institution, or the product's manufacturer, opens with an offer; the other side answers.

    price: yuan per pack, at most today's listed price. Raises NotYours, MissingInput for a selected
    product, a price over the listed one or days out of order, TransitionRefused where one is open.
    """
    allowed = may_negotiate(scope)
    own = {scope.organisation_id, *scope.predecessor_ids}
    hospital = scope.kind == "institution" and institution.pk in scope.institution_ids
    maker = scope.is_manufacturer and product.manufacturer_id in own
    if not allowed:
        raise NotYours.of(allowed)
    if not (hospital or maker):
        raise NotYours("只能为本机构，或为本企业的产品发起议价", CLAUSE)
    if supplies(institution, [product.pk], at)[product.pk].is_selected:
        raise MissingInput(
            "product_code", f"{product}在{institution.name}是中选（备选）产品，执行中选价，不议价",
            PRICE_CLAUSE,
        )  # fmt: skip
    listed = _offered(product, price, valid_from, valid_to, at)
    side = INSTITUTION if hospital else MANUFACTURER
    stamps: dict[str, Any] = stamps_of(institution)
    try:
        with transaction.atomic():
            row = Negotiation.objects.create(
                **stamps, negotiation_no=f"YI{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
                product=product, manufacturer_id=product.manufacturer_id, listed_price=listed,
                opened_at=at, last_side=side, price=price, valid_from=valid_from,
                valid_to=valid_to, state_at=at, state_by_id=by.audit_id,
                state_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            f"{institution.name}与该产品的生产企业已有进行中的议价：请在原件中报价", CLAUSE
        ) from error
    _keep(row, side, words, by, at)
    _tell(row, by, at, "发起议价")
    return row


@operation
def offer_price(
    *,
    negotiation: Negotiation,
    price: Decimal,
    valid_from: date,
    valid_to: date,
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Negotiation:
    """Another offer of either side; it stands in place of the one before, which is kept."""
    row = _locked(negotiation)
    side = side_of(scope, row)
    if not side:
        raise NotYours("报价由议价的医疗机构或生产企业的经办、审核人员或负责人提出", CLAUSE)
    if row.state != Negotiation.State.OPEN:
        raise TransitionRefused(
            f"议价 {row} 的状态为“{row.get_state_display()}”，不能再报价；需要调整的请另行发起",
            CLAUSE,
        )
    if seen_version is not None and seen_version != row.row_version:
        raise StaleVersion(f"议价 {row} 已有新的报价，请刷新看到最新内容后再报")
    _offered(row.product, price, valid_from, valid_to, at)
    row.last_side, row.price, row.valid_from, row.valid_to = side, price, valid_from, valid_to
    row.row_version += 1
    row.save(update_fields=["last_side", "price", "valid_from", "valid_to", "row_version"])
    _keep(row, side, words, by, at)
    _tell(row, by, at, "报价")
    return row


@operation
def step_negotiation(
    *,
    negotiation: Negotiation,
    verb: str,
    by: User,
    scope: Scope,
    at: datetime,
    words: str = "",
    seen_version: int | None = None,
) -> Negotiation:
    """`accept` the other side's offer, or `end` (with a reason) what is open or agreed.

    The version that was read is the offer that is accepted: another one since then is StaleVersion.
    """
    held = _locked(negotiation)
    may = NEGOTIATION_MACHINE.verdict(
        NEGOTIATION_MACHINE.named(verb), held, negotiation_standings(scope, held)
    )
    if verb == "accept" and may and seen_version in (None, held.row_version):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"negotiation {held.institution_id} {held.product_id}"],
            )
        _offered(held.product, held.price, held.valid_from, held.valid_to, at)
        other = (
            Negotiation.objects.filter(
                institution=held.institution_id, product=held.product_id,
                state=Negotiation.State.AGREED, valid_from__lte=held.valid_to,
                valid_to__gte=held.valid_from,
            )
            .exclude(pk=held.pk)
            .first()
        )  # fmt: skip
        if other is not None:
            raise TransitionRefused(
                f"与已达成的议价 {other}（{other.valid_from:%Y-%m-%d} 至 {other.valid_to:%Y-%m-%d}）"
                "的执行日期重叠：请先终止原件，或改报日期",
                CLAUSE,
            )
    row: Negotiation
    row, _ = NEGOTIATION_MACHINE.perform(
        verb=verb, obj=held, by=by, at=at, seen_version=seen_version,
        inputs={"end_reason": words.strip()} if verb == "end" else {},
        standings=lambda each: negotiation_standings(scope, each),
    )  # fmt: skip
    _tell(row, by, at, "接受报价" if verb == "accept" else "终止议价")
    return row


def _offered(
    product: Product, price: Decimal, valid_from: date, valid_to: date, at: datetime
) -> Decimal:
    """Today's listed price, where the offer keeps to it; raises MissingInput by field."""
    on = shanghai_day(at)
    listed: Decimal | None = (
        ListedPrice.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on), product=product, valid_from__lte=on
        )
        .values_list("price", flat=True)
        .first()
    )
    if listed is None:
        raise MissingInput("product_code", f"{product}当日没有挂网价，不能议价", PRICE_CLAUSE)
    if price <= 0:
        raise MissingInput("price", "报价应大于 0", PRICE_CLAUSE)
    if price > listed:
        raise MissingInput(
            "price", f"报价不得高于挂网价 {listed.normalize():f} 元/包装", PRICE_CLAUSE
        )
    if valid_to < valid_from:
        raise MissingInput("valid_to", "截止日不能早于起始日", CLAUSE)
    if valid_to < on:
        raise MissingInput("valid_to", "执行日期已经过去，请改报", CLAUSE)
    return listed


def _locked(row: Negotiation) -> Negotiation:
    rows = Negotiation.objects.select_for_update(of=("self",))
    return rows.select_related("product", "institution", "manufacturer").get(pk=row.pk)


def _keep(row: Negotiation, side: str, words: str, by: User, at: datetime) -> None:
    NegotiationOffer.objects.create(
        negotiation=row, offer_no=row.offers.count() + 1, side=side, price=row.price,
        valid_from=row.valid_from, valid_to=row.valid_to, words=words.strip()[:500],
        offered_at=at, offered_by_id=by.audit_id, offered_by_name=by.audit_name,
    )  # fmt: skip
    record(
        by=by, at=at, action="negotiation.offer", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=str(row), clause=CLAUSE, reason=words.strip()[:500],
        detail={"side": side, "price": f"{row.price:f}", "from": f"{row.valid_from}",
                "to": f"{row.valid_to}"},
    )  # fmt: skip


def _tell(row: Negotiation, by: User, at: datetime, what: str) -> None:
    """The other side: a task while it has to answer, a notice of the end."""
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.negotiation_no], at=at)
    url = reverse("negotiation", args=[row.negotiation_no])
    other = row.manufacturer_id if by.organisation_id != row.manufacturer_id else row.institution_id
    assert other is not None
    title = f"{what}：{row.product}，{row.price.normalize():f} 元/包装"
    if row.state == Negotiation.State.OPEN:
        task = NewTask(
            organisation_id=other, act="answer_negotiation", title=f"答复{title}",
            object_type=OBJECT_TYPE, object_key=row.negotiation_no, url=url, roles=OFFICERS,
        )  # fmt: skip
        open_tasks(tasks=[task], at=at)
        return
    key = f"negotiation-{row.negotiation_no}-{row.row_version}"
    notify(notices=[NewNotice(other, key, title, row.end_reason, url)], at=at)
