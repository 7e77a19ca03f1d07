"""Register e-invoices of deliveries, and the red ones that take them back; rows never change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.urls import reverse

from core.audit.record import NewEvent, record_many
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused, Verdict
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import Delivery, Invoice, InvoiceItem
from procurement.operations.line_progress import lock_lines
from procurement.operations.receipts import COPIED
from procurement.queries.invoices import (
    deliveries_of_note,
    left_to_invoice,
    left_to_take_back,
    may_register_invoice,
)
from procurement.rules.invoice import (
    CLAUSE,
    amount_of,
    goods_fit,
    issued_fits,
    number_fits,
    packs_fit,
    sums_fit,
    tax_no_fits,
)

STAMPS = ("institution_id", "distributor_id", "county_id", "city_id", "province_id", "pool_id")


@dataclass(frozen=True)
class InvoiceDraft:
    """What the paper says. `packs` by 配送号; empty means all that is left of the 配送单."""

    note_no: str
    invoice_no: str
    issued_on: date
    buyer_tax_no: str
    net: Decimal
    tax: Decimal
    total: Decimal
    packs: Mapping[str, Decimal] = field(default_factory=dict)
    first_no: str = ""
    first_on: date | None = None
    first_seller_tax_no: str = ""


@operation
def register_invoices(
    *, drafts: Sequence[InvoiceDraft], by: User, scope: Scope, at: datetime
) -> list[Invoice]:
    """Blue invoices of own deliveries, all or none. What is invoiced of a delivery is never more
    than what was delivered and not refused, and the total is that of the goods.

    Raises NotYours, MissingInput naming the field, TransitionRefused where a number exists.
    """
    allowed = may_register_invoice(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if not drafts:
        raise MissingInput("rows", "没有要登记的发票", CLAUSE)
    with transaction.atomic():
        made = [_register(draft, by, scope, at) for draft in drafts]
    _tell(made, at)
    return made


@operation
def register_red(
    *,
    origin: Invoice,
    invoice_no: str,
    issued_on: date,
    net: Decimal,
    tax: Decimal,
    total: Decimal,
    reason: str,
    packs: Mapping[str, Decimal] | None = None,
    by: User,
    scope: Scope,
    at: datetime,
) -> Invoice:
    """A red invoice that takes back packs of `origin` (by 配送号; empty: all that is left of it).

    Amounts are negative, as on the paper. Raises NotYours, MissingInput, TransitionRefused.
    """
    allowed = may_register_invoice(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if origin.distributor_id != scope.organisation_id:
        raise NotYours("只能冲红本企业的发票", CLAUSE)
    if not reason.strip():
        raise MissingInput("reason", "请填写红字原因，如退货、开票有误", CLAUSE)
    with transaction.atomic():
        blue = Invoice.objects.get(pk=origin.pk)
        if blue.kind != Invoice.Kind.BLUE:
            raise TransitionRefused("红字发票不能再冲红，请选择它对应的蓝字发票", CLAUSE)
        lines = list(blue.items.values_list("line_id", "ordered_at"))
        lock_lines(keys=lines)
        _need("invoice_no", number_fits(invoice_no))
        _need("total", sums_fit(net=net, tax=tax, total=total, red=True))
        _need("issued_on", issued_fits(issued_on=issued_on, first_on=blue.issued_on,
                                       today=shanghai_day(at)))  # fmt: skip
        rows = list(blue.items.order_by("pk"))
        left = left_to_take_back(blue)
        chosen = _chosen(
            [(row.delivery_no, row.delivery_id) for row in rows], left, packs or {}, blue.invoice_no
        )
        made = Invoice(
            **{name: getattr(blue, name) for name in STAMPS}, invoice_no=invoice_no, kind="red",
            origin=blue, reason=reason.strip(), issued_on=issued_on, net=net, tax=tax, total=total,
            seller_tax_no=blue.seller_tax_no, buyer_tax_no=blue.buyer_tax_no, registered_at=at,
            registered_by_id=by.audit_id, registered_by_name=by.audit_name,
        )  # fmt: skip
        items = [
            _item(
                made, row, row.delivery_no, row.note_no, row.delivery_id, -chosen[row.delivery_id]
            )
            for row in rows
            if row.delivery_id in chosen
        ]
        _write(made, items, by, at)
    _tell([made], at)
    return made


def head_fault(draft: InvoiceDraft, at: datetime) -> MissingInput | None:
    """What `register_invoices` would refuse of the paper itself, whatever its goods are."""
    try:
        _check_head(draft, at)
    except MissingInput as fault:
        return fault
    return None


def _register(draft: InvoiceDraft, by: User, scope: Scope, at: datetime) -> Invoice:
    _check_head(draft, at)
    found = deliveries_of_note(scope, draft.note_no)
    if not found:
        raise MissingInput(
            "note_no", f"没有本企业的配送单 {draft.note_no[:40]}，请核对单号", CLAUSE
        )
    if len({row.institution_id for row in found}) > 1:
        raise MissingInput("note_no", "这个单号下有多家医疗机构的配送，请分开登记", CLAUSE)
    # Behind the lines' locks: nobody invoices, refuses or takes back the same packs meanwhile.
    lock_lines(keys=[(row.line_id, row.ordered_at) for row in found])
    chosen = _chosen(
        [(row.delivery_no, row.pk) for row in found], left_to_invoice(found), draft.packs,
        draft.note_no,
    )  # fmt: skip
    first = found[0]
    made = Invoice(
        **{name: getattr(first, name) for name in STAMPS}, invoice_no=draft.invoice_no,
        kind="blue", issued_on=draft.issued_on, seller_tax_no=by.organisation.code,
        buyer_tax_no=draft.buyer_tax_no, net=draft.net, tax=draft.tax, total=draft.total,
        first_no=draft.first_no, first_on=draft.first_on,
        first_seller_tax_no=draft.first_seller_tax_no, registered_at=at,
        registered_by_id=by.audit_id, registered_by_name=by.audit_name,
    )  # fmt: skip
    items = [
        _item(made, row, row.delivery_no, row.note_no, row.pk, chosen[row.pk])
        for row in found
        if row.pk in chosen
    ]
    _write(made, items, by, at)
    Delivery.objects.filter(
        pk__in=list(chosen), invoice_no="",
        recorded_at__gte=min(row.recorded_at for row in found),
        recorded_at__lte=max(row.recorded_at for row in found),
    ).update(invoice_no=made.invoice_no)  # fmt: skip
    return made


def _check_head(draft: InvoiceDraft, at: datetime) -> None:
    _need("invoice_no", number_fits(draft.invoice_no))
    _need("buyer_tax_no", tax_no_fits(draft.buyer_tax_no, "购买方纳税人识别号"))
    _need("total", sums_fit(net=draft.net, tax=draft.tax, total=draft.total, red=False))
    _need("issued_on", issued_fits(issued_on=draft.issued_on, first_on=draft.first_on,
                                   today=shanghai_day(at)))  # fmt: skip
    first = (draft.first_no, draft.first_on, draft.first_seller_tax_no)
    if any(first) and not all(first):
        raise MissingInput(
            "first_no", "第一票的发票号码、开票日期和销售方识别号要么都填，要么都不填", CLAUSE
        )
    if draft.first_no:
        _need("first_no", number_fits(draft.first_no))
        _need("first_seller_tax_no",
              tax_no_fits(draft.first_seller_tax_no, "第一票销售方纳税人识别号"))  # fmt: skip
        if draft.first_no == draft.invoice_no:
            raise MissingInput("first_no", "第一票与本票的号码相同，请照票面填写", CLAUSE)


def _chosen(
    rows: Sequence[tuple[str, int]], left: Mapping[int, Decimal], packs: Mapping[str, Decimal],
    of: str,
) -> dict[int, Decimal]:  # fmt: skip
    """Packs by delivery: those that were asked for, else all that is left.

    Loaded deliveries may share a number within a note: such a number names none of them.
    """
    labels = {pk: name for name, pk in rows}
    by_number: dict[str, list[int]] = {}
    for name, pk in rows:
        by_number.setdefault(name, []).append(pk)
    for name in packs:
        known = by_number.get(name, [])
        if not known:
            raise MissingInput("packs", f"{of} 中没有配送号 {name[:40]}，请核对", CLAUSE)
        if len(known) > 1:
            raise MissingInput(
                "packs", f"{of} 中有 {len(known)} 行配送号都是 {name[:40]}，请按整单开票", CLAUSE
            )
    asked = {by_number[name][0]: value for name, value in packs.items()} or {
        pk: value for pk, value in left.items() if value > 0
    }
    if not asked:
        raise MissingInput("note_no", f"{of} 的数量都已开票、拒收或冲红，没有剩余", CLAUSE)
    for pk, value in asked.items():
        _need("packs", packs_fit(label=labels[pk], packs=value, left=left[pk]))
    return asked


def _item(
    invoice: Invoice, row: Delivery | InvoiceItem, delivery_no: str, note_no: str, delivery_id: int,
    packs: Decimal,
) -> InvoiceItem:  # fmt: skip
    return InvoiceItem(
        **{name: getattr(row, name) for name in COPIED}, delivery_id=delivery_id,
        delivery_no=delivery_no, note_no=note_no, packs=packs,
        amount=amount_of(packs, row.unit_price),
    )  # fmt: skip


def _write(made: Invoice, items: Sequence[InvoiceItem], by: User, at: datetime) -> None:
    goods = sum((item.amount for item in items), Decimal(0))
    _need("total", goods_fit(total=made.total, goods=goods, rows=len(items)))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "invoice_no" not in str(error):
            raise
        raise TransitionRefused(
            f"发票号码 {made.invoice_no} 已经登记过，一张发票只能登记一次", CLAUSE
        ) from error
    for item in items:
        item.invoice = made
    InvoiceItem.objects.bulk_create(items)
    record_many(
        [
            NewEvent(
                action="invoice.red" if made.kind == "red" else "invoice.register",
                object_type="invoice", object_key=str(made.pk), object_label=made.invoice_no,
                clause=CLAUSE, reason=made.reason,
                detail={"total": f"{made.total:f}", "rows": len(items),
                        **({"origin": made.origin.invoice_no} if made.origin else {})},
            )
        ],
        by=by, at=at,
    )  # fmt: skip


def _need(name: str, verdict: Verdict) -> None:
    if not verdict:
        raise MissingInput(name, verdict.reason, verdict.clause)


def _tell(made: Sequence[Invoice], at: datetime) -> None:
    notify(
        notices=[
            NewNotice(
                row.institution_id, f"invoice-{row.invoice_no}",
                f"{row.get_kind_display()}发票 {row.invoice_no}：{row.total:,.2f} 元", row.reason,
                reverse("invoice", args=[row.invoice_no]),
            )
            for row in made
        ],
        at=at,
    )  # fmt: skip
